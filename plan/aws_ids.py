"""Ids and ARNs in AWS's formats, derived from a resource's type and name, so that equal plans have equal ids.

Sources: Amazon EC2 user guide, "Resource IDs"; Service Authorization Reference, "Resource types defined by …"; the
provider's "Import" sections, which say what a resource's id is.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

Inputs = Mapping[str, Any]
Fake = Callable[[str, Inputs], Any]
"""(name in the program, inputs) -> value. The inputs have the provider's `region` unless they set one."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
_NAMESPACE = uuid.UUID("2f9a1c6e-4d0b-5c3a-8f21-9b6f1f3a7d10")
NAMES = ("name", "clusterIdentifier", "domainName")
"""Inputs that name a resource in AWS; Pulumi generates a name where the program gives none."""


def digits(name: str, length: int) -> str:
    """Hexadecimal digits derived from a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:length]


def uuid_of(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def physical(name: str, inputs: Inputs) -> str:
    """The name in AWS: the given one, or one like Pulumi's."""
    given = next((str(inputs[key]) for key in NAMES if inputs.get(key)), "")
    if prefix := inputs.get("namePrefix"):
        return given or f"{prefix}{digits(name, 26)}"
    return given or f"{name}-{digits(name, 7)}"


def arn(service: str, resource: str, inputs: Inputs) -> str:
    return f"arn:aws:{service}:{inputs.get('region') or REGION}:{ACCOUNT}:{resource}"


def constant(value: Any) -> Fake:
    """The same for every resource."""
    return lambda _name, _inputs: value


def long_id(prefix: str) -> Fake:
    """`<prefix>-` and 17 hexadecimal digits."""
    return lambda name, _: f"{prefix}-0{digits(name, 16)}"


def _regional(service: str, form: str) -> Fake:
    """`{name}` is the name in AWS, `{hex}` sixteen digits."""
    return lambda name, inputs: arn(
        service, form.format(name=physical(name, inputs), hex=digits(name, 16), six=digits(name, 6)), inputs
    )


def _global(form: str) -> Fake:
    return lambda name, inputs: f"arn:aws:iam::{ACCOUNT}:{form.format(name=physical(name, inputs))}"


def _of_id(kind: str, prefix: str) -> Fake:
    return lambda name, inputs: arn("ec2", f"{kind}/{long_id(prefix)(name, inputs)}", inputs)


# Type of pulumi_aws -> kind in its ARN and prefix of its id.
_EC2 = {
    "aws:ebs/volume:Volume": ("volume", "vol"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ("security-group", "sg"),
    "aws:ec2/eip:Eip": ("elastic-ip", "eipalloc"),
    "aws:ec2/flowLog:FlowLog": ("vpc-flow-log", "fl"),
    "aws:ec2/instance:Instance": ("instance", "i"),
    "aws:ec2/internetGateway:InternetGateway": ("internet-gateway", "igw"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": ("prefix-list", "pl"),
    "aws:ec2/natGateway:NatGateway": ("natgateway", "nat"),
    "aws:ec2/routeTable:RouteTable": ("route-table", "rtb"),
    "aws:ec2/securityGroup:SecurityGroup": ("security-group", "sg"),
    "aws:ec2/subnet:Subnet": ("subnet", "subnet"),
    "aws:ec2/vpc:Vpc": ("vpc", "vpc"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("vpc-endpoint", "vpce"),
    "aws:ec2/vpcEndpointService:VpcEndpointService": ("vpc-endpoint-service", "vpce-svc"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("security-group-rule", "sgr"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("security-group-rule", "sgr"),
}
ARNS: dict[str, Fake] = {
    **{token: _of_id(kind, prefix) for token, (kind, prefix) in _EC2.items()},
    "aws:cloudwatch/logGroup:LogGroup": _regional("logs", "log-group:{name}"),
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": _regional("dlm", "policy/policy-0{hex}"),
    "aws:ecr/repository:Repository": _regional("ecr", "repository/{name}"),
    "aws:eks/cluster:Cluster": _regional("eks", "cluster/{name}"),
    "aws:iam/instanceProfile:InstanceProfile": _global("instance-profile/{name}"),
    "aws:iam/role:Role": _global("role/{name}"),
    "aws:kms/alias:Alias": _regional("kms", "{name}"),
    "aws:kms/key:Key": lambda name, inputs: arn("kms", f"key/{uuid_of(name)}", inputs),
    "aws:lb/listener:Listener": _regional("elasticloadbalancing", "listener/net/{name}/{hex}/{hex}"),
    "aws:lb/loadBalancer:LoadBalancer": _regional("elasticloadbalancing", "loadbalancer/net/{name}/{hex}"),
    "aws:lb/targetGroup:TargetGroup": _regional("elasticloadbalancing", "targetgroup/{name}/{hex}"),
    "aws:opensearch/domain:Domain": _regional("es", "domain/{name}"),
    "aws:redshift/cluster:Cluster": _regional("redshift", "cluster:{name}"),
    "aws:redshift/parameterGroup:ParameterGroup": _regional("redshift", "parametergroup:{name}"),
    "aws:redshift/subnetGroup:SubnetGroup": _regional("redshift", "subnetgroup:{name}"),
    "aws:route53/zone:Zone": lambda name, _: f"arn:aws:route53:::hostedzone/{_zone_id(name, {})}",
    "aws:secretsmanager/secret:Secret": _regional("secretsmanager", "secret:{name}-{six}"),
    "aws:ssm/document:Document": _regional("ssm", "document/{name}"),
}
"""ARNs, by type."""


_KNOWN_BY_NAME = (
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ecr/repository:Repository",
    "aws:eks/cluster:Cluster",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/role:Role",
    "aws:kms/alias:Alias",
    "aws:redshift/cluster:Cluster",
    "aws:redshift/parameterGroup:ParameterGroup",
    "aws:redshift/subnetGroup:SubnetGroup",
    "aws:ssm/document:Document",
)


def _zone_id(name: str, _: Inputs) -> str:
    return f"Z{digits(name, 20).upper()}"


IDS: dict[str, Fake] = {
    **{token: long_id(prefix) for token, (_, prefix) in _EC2.items()},
    **{
        token: ARNS[token]
        for token in (
            "aws:lb/listener:Listener",
            "aws:lb/loadBalancer:LoadBalancer",
            "aws:lb/targetGroup:TargetGroup",
            "aws:opensearch/domain:Domain",
            "aws:secretsmanager/secret:Secret",
        )
    },
    **dict.fromkeys(_KNOWN_BY_NAME, physical),
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": long_id("policy"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": long_id("rtbassoc"),
    "aws:ec2/volumeAttachment:VolumeAttachment": long_id("vai"),
    "aws:kms/key:Key": lambda name, _: uuid_of(name),
    "aws:redshiftdata/statement:Statement": lambda name, _: uuid_of(name),
    "aws:route53/zone:Zone": _zone_id,
    "aws:secretsmanager/secretVersion:SecretVersion": lambda name, inputs: f"{inputs.get('secretId')}|{uuid_of(name)}",
}
"""Ids, by type."""


def arn_of(token: str, name: str, inputs: Inputs) -> str:
    """An unlisted type gets an ARN of the right form only."""
    if token in ARNS:
        return ARNS[token](name, inputs)
    _, module, kind = token.split(":")
    return arn(module.split("/")[0], f"{kind.lower()}/{physical(name, inputs)}", inputs)
