"""Cases of policy/controls/network.py: who may connect to what."""

from __future__ import annotations

from tests.policy.build import GONE, Case, but, case, make
from tests.policy.cases.shared import OPEN

VPC = make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, name="vpc")

GROUP = make("aws:ec2/securityGroup:SecurityGroup", {"description": "Oracle", "vpcId": "vpc-1"}, name="group")

INGRESS = make(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    {
        "securityGroupId": "sg-1",
        "ipProtocol": "tcp",
        "fromPort": 1521,
        "toPort": 1521,
        "cidrIpv4": "10.0.0.0/16",
        "description": "The app",
    },
    name="rule",
    on=[GROUP],
)

EGRESS = make(
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": OPEN, "description": "Packages"},
)

OLD_RULE = make(
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    {
        "type": "ingress",
        "protocol": "tcp",
        "fromPort": 1521,
        "toPort": 1521,
        "cidrBlocks": ["10.0.0.0/16"],
        "description": "The app",
    },
)

ALL_PORTS = but(but(but(INGRESS, "ipProtocol", to="-1"), "fromPort", to=GONE), "toPort", to=GONE)

OPEN_WEB = but(but(but(INGRESS, "cidrIpv4", to=OPEN), "fromPort", to=443), "toPort", to=443)

ALL_OUT = but(but(but(EGRESS, "ipProtocol", to="-1"), "fromPort", to=GONE), "toPort", to=GONE)

OPEN_OUT = but(
    but(but(but(OLD_RULE, "type", to="egress"), "cidrBlocks", to=[OPEN]), "fromPort", to=443), "toPort", to=443
)

INLINE = but(GROUP, "ingress", to=[{"protocol": "tcp", "fromPort": 1521, "toPort": 1521, "cidrBlocks": [OPEN]}])

DEFAULT_GROUP = make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "vpc-1"}, on=[VPC])

FLOW_LOG = make("aws:ec2/flowLog:FlowLog", {"vpcId": "vpc-1", "trafficType": "ALL"}, on=[VPC])

SUBNET = make("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24", "mapPublicIpOnLaunch": False})

BALANCER = make(
    "aws:lb/loadBalancer:LoadBalancer",
    {"loadBalancerType": "application", "securityGroups": ["sg-1"]},
    name="balancer",
    on=[GROUP],
)

LISTENER = make(
    "aws:lb/listener:Listener",
    {
        "port": 443,
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "defaultActions": [{"type": "forward", "targetGroupArn": "arn"}],
    },
)

PREFIXES = make("aws:ec2/managedPrefixList:ManagedPrefixList", {"entries": [{"cidr": "198.51.100.0/24"}]})

PREFIX = make("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", {"cidr": "198.51.100.0/24"})

ADDRESS = make("aws:ec2/eip:Eip", {"domain": "vpc"})

NETWORK = {
    "no-open-ingress": case(
        bad=[
            but(INGRESS, "cidrIpv4", to=OPEN),
            but(INGRESS, "cidrIpv4", to="128.0.0.0/1"),
            but(INGRESS, "cidrIpv6", to="::/0"),
            but(OLD_RULE, "cidrBlocks", to=["10.0.0.0/16", OPEN]),
            but(ALL_PORTS, "cidrIpv4", to=OPEN),
            but(OPEN_WEB, "toPort", to=1521),
            but(OPEN_WEB, "fromPort", to=80),  # and all between 80 and 443
            but(OPEN_WEB, "ipProtocol", to="udp"),
            but(OLD_RULE, "ipv6CidrBlocks", to=["::/0"]),
            INLINE,
            make(DEFAULT_GROUP.type, {"ingress": INLINE.get("ingress")}),
        ],
        good=[
            INGRESS,
            OLD_RULE,
            EGRESS,
            but(but(EGRESS, "fromPort", to=1521), "toPort", to=1521),
            OPEN_WEB,
            but(but(OPEN_WEB, "fromPort", to=80), "toPort", to=80),
            GROUP,
        ],
    ),
    "open-web-ports-only-on-application-load-balancers": Case(
        bad=[[GROUP, OPEN_WEB], [GROUP, OPEN_WEB, but(BALANCER, "loadBalancerType", to="network")]],
        good=[[GROUP, OPEN_WEB, BALANCER], [GROUP, INGRESS], [OPEN_OUT]],
    ),
    "prefix-lists-are-narrow": case(
        bad=[but(PREFIXES, "entries", 0, "cidr", to=OPEN), but(PREFIX, "cidr", to=OPEN)], good=[PREFIXES, PREFIX]
    ),
    "security-group-rules-are-described": case(
        bad=[
            but(INGRESS, "description", to=GONE),
            but(EGRESS, "description", to=""),
            but(OLD_RULE, "description", to=GONE),
            but(GROUP, "description", to="Managed by Pulumi"),
            but(GROUP, "description", to=GONE),
            INLINE,
        ],
        good=[INGRESS, EGRESS, OLD_RULE, GROUP],
    ),
    "security-group-rules-are-resources": case(
        bad=[INLINE, but(GROUP, "egress", to=INLINE.get("ingress"))], good=[GROUP, but(GROUP, "ingress", to=[])]
    ),
    "no-admin-ports": case(
        bad=[
            but(but(INGRESS, "fromPort", to=22), "toPort", to=22),
            but(INGRESS, "fromPort", to=0),
            but(INGRESS, "toPort", to=5500),
            *(but(but(INGRESS, "fromPort", to=port), "toPort", to=port) for port in (3389, 5500)),
            ALL_PORTS,
        ],
        good=[
            INGRESS,
            but(but(EGRESS, "fromPort", to=22), "toPort", to=22),
            # For ICMP, these are types and codes.
            *(
                but(but(but(INGRESS, "ipProtocol", to=kind), "fromPort", to=3), "toPort", to=255)
                for kind in ("icmp", "icmpv6")
            ),
        ],
    ),
    "no-unrestricted-egress": case(
        bad=[ALL_OUT],
        good=[EGRESS, but(ALL_OUT, "cidrIpv4", to="10.0.0.0/16"), but(ALL_PORTS, "cidrIpv4", to=OPEN)],
    ),
    "default-security-group-is-empty": case(
        bad=[but(DEFAULT_GROUP, way, to=[{"protocol": "-1", "self": True}]) for way in ("ingress", "egress")],
        good=[DEFAULT_GROUP],
    ),
    "default-security-group-is-declared": Case(bad=[[VPC]], good=[[VPC, DEFAULT_GROUP], []]),
    "flow-logs-exist": Case(
        bad=[[VPC], [VPC, but(FLOW_LOG, "trafficType", to="REJECT")]], good=[[VPC, FLOW_LOG], [FLOW_LOG]]
    ),
    "subnets-give-no-public-addresses": case(bad=[but(SUBNET, "mapPublicIpOnLaunch", to=True)], good=[SUBNET]),
    "load-balancers-have-security-groups": case(
        bad=[but(BALANCER, "securityGroups", to=GONE), but(BALANCER, "securityGroups", to=[])], good=[BALANCER]
    ),
    "listeners-encrypt": case(
        bad=[but(LISTENER, "protocol", to="HTTP"), but(LISTENER, "sslPolicy", to="ELBSecurityPolicy-2016-08")],
        good=[
            LISTENER,
            but(LISTENER, "sslPolicy", to="ELBSecurityPolicy-TLS-1-2-2017-01"),
            but(LISTENER, "sslPolicy", to="ELBSecurityPolicy-TLS13-1-3-2021-06"),
            but(LISTENER, "protocol", to="TCP"),
            but(but(LISTENER, "protocol", to="HTTP"), "defaultActions", to=[{"type": "redirect"}]),
        ],
    ),
    "no-elastic-address-on-hosts": case(
        bad=[
            but(ADDRESS, "instance", to="i-1"),
            make("aws:ec2/eipAssociation:EipAssociation", {"instanceId": "i-1"}),
        ],
        good=[ADDRESS],
    ),
}
