"""Security groups, load balancers, subnets and flow logs."""

from __future__ import annotations

from collections.abc import Iterator

from policy.addresses import is_internet
from policy.inputs import absent, get, items, one_of, text
from policy.model import Resource, Stack, resource_control, stack_control
from policy.security_groups import DEFAULT_GROUP, GROUP, INGRESS_RULE, OLD_RULE, RULES, WITH_RULES, rules_of

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
SUBNET = "aws:ec2/subnet:Subnet"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"

WEB_PORTS = (80, 443)
ADMIN_PORTS = {22: "SSH", 3389: "RDP", 5500: "Oracle Enterprise Manager"}


@resource_control(
    *WITH_RULES, severity="critical", fix="name the peer: a security group, a prefix list or a narrow CIDR block"
)
def no_open_ingress(resource: Resource) -> Iterator[str]:
    """Only ports 80 and 443 of a load balancer are open to the internet."""
    for rule in rules_of(resource):
        for cidr in rule.cidrs:
            if rule.ingress and is_internet(cidr) and not rule.is_only(*WEB_PORTS):
                yield f"{cidr} may connect to {rule.ports}"


@stack_control(severity="critical", fix="admit the load balancer's security group instead of the internet")
def open_web_ports_only_on_application_load_balancers(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """A security group with an open port 80 or 443 belongs to an application load balancer."""
    for rule in stack.of_type(INGRESS_RULE, OLD_RULE):
        if not any(one.ingress and any(map(is_internet, one.cidrs)) for one in rules_of(rule)):
            continue
        groups = [group for group in stack.of_type(GROUP) if group.urn in rule.dependencies]
        users = [user for group in groups for user in stack.users_of(group, LOAD_BALANCER)]
        if not any(one_of(user.get("loadBalancerType"), "application", None) for user in users):
            yield rule, "the rule is open to the internet and its group has no application load balancer"


@resource_control(PREFIX_LIST, PREFIX_LIST_ENTRY, severity="critical", fix="list the peer's own prefixes")
def prefix_lists_are_narrow(resource: Resource) -> Iterator[str]:
    """A prefix list does not contain the internet, because rules admit the whole list."""
    for entry in items(resource.get("entries")) if resource.type == PREFIX_LIST else (resource.inputs,):
        if is_internet(get(entry, "cidr")):
            yield f"the list contains {get(entry, 'cidr')}"


@resource_control(*RULES, GROUP, severity="low", fix="describe in `description` who connects and why")
def security_group_rules_are_described(resource: Resource) -> Iterator[str]:
    """Each security group and each of its rules has a description."""
    if resource.type == GROUP and resource.get("description") in (None, "", "Managed by Pulumi"):
        yield "the group has no description"
    if any(absent(rule.description) for rule in rules_of(resource)):
        yield "a rule has no description"


@resource_control(GROUP, severity="medium", fix="use aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule")
def security_group_rules_are_resources(resource: Resource) -> Iterator[str]:
    """A security group has no inline rules: they would conflict with rules that are resources."""
    for direction in ("ingress", "egress"):
        if items(resource.get(direction)):
            yield f"the group has inline {direction} rules"


@resource_control(*WITH_RULES, severity="critical", fix="remove the rule; use Session Manager")
def no_admin_ports(resource: Resource) -> Iterator[str]:
    """No rule opens SSH, RDP or Oracle Enterprise Manager."""
    for rule in rules_of(resource):
        for port, service in ADMIN_PORTS.items():
            if rule.ingress and rule.covers(port):
                yield f"a rule opens port {port} ({service})"


@resource_control(*WITH_RULES, severity="medium", fix="name the protocol and the port that the group's members need")
def no_unrestricted_egress(resource: Resource) -> Iterator[str]:
    """Outbound traffic to the internet is limited to a protocol and a port."""
    for rule in rules_of(resource):
        if not rule.ingress and rule.all_ports and any(map(is_internet, rule.cidrs)):
            yield "a rule allows all outbound traffic"


@resource_control(DEFAULT_GROUP, fix="declare aws.ec2.DefaultSecurityGroup without rules")
def default_security_group_is_empty(resource: Resource) -> Iterator[str]:
    """The default security group, which resources without a group get, allows nothing."""
    for direction in ("ingress", "egress"):
        if items(resource.get(direction)):
            yield f"the default group has {direction} rules"


@stack_control(fix="add an aws.ec2.DefaultSecurityGroup without rules for the VPC")
def default_security_group_is_declared(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Each VPC's default security group is declared, because AWS creates it with rules."""
    for vpc in stack.of_type(VPC):
        if not any(stack.users_of(vpc, DEFAULT_GROUP)):
            yield vpc, "the VPC keeps AWS's default group, which lets its members connect to each other"


@stack_control(fix='add an aws.ec2.FlowLog for the VPC with traffic_type="ALL"')
def flow_logs_exist(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Each VPC has a flow log of all traffic."""
    for vpc in stack.of_type(VPC):
        logs = [log for log in stack.users_of(vpc, FLOW_LOG) if one_of(log.get("trafficType"), "ALL")]
        if not logs:
            yield vpc, "the VPC has no flow log of all traffic"


@resource_control(SUBNET, "aws:ec2/defaultSubnet:DefaultSubnet", fix="set map_public_ip_on_launch to False")
def subnets_give_no_public_addresses(resource: Resource) -> Iterator[str]:
    """No subnet gives its hosts public addresses."""
    if resource.get("mapPublicIpOnLaunch") is True:
        yield "each new host gets a public address"


@resource_control(LOAD_BALANCER, fix="pass `security_groups`, with rules that name the peers")
def load_balancers_have_security_groups(resource: Resource) -> Iterator[str]:
    """Each load balancer has a security group; a network load balancer without one can never get one."""
    if absent(resource.get("securityGroups")):
        yield "the load balancer has no security group"


@resource_control(
    "aws:lb/listener:Listener", fix='use HTTPS with a certificate, or redirect: default_actions type "redirect"'
)
def listeners_encrypt(resource: Resource) -> Iterator[str]:
    """A web listener serves HTTPS with TLS 1.2 or newer, or only redirects."""
    actions = [get(action, "type") for action in items(resource.get("defaultActions"))]
    if resource.get("protocol") == "HTTP" and not all(one_of(action, "redirect") for action in actions):
        yield "the listener serves HTTP"
    policy = text(resource.get("sslPolicy"))
    if one_of(resource.get("protocol"), "HTTPS", "TLS") and policy and "TLS13" not in policy and "-1-2" not in policy:
        yield f"the TLS policy {policy} admits versions older than 1.2"


@resource_control(
    "aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation", fix="reach the host through Session Manager"
)
def no_elastic_address_on_hosts(resource: Resource) -> Iterator[str]:
    """Elastic addresses are for NAT gateways and load balancers, not for hosts."""
    if resource.get("instance") or resource.get("instanceId"):
        yield "the address belongs to a host"
