"""Inputs whose change makes the provider replace the resource, by type.

Source: `ForceNew` in the schemas of the Confluent, AWS and Snowflake providers. Lists the types that hold data or
that much depends on; any other type shows as an update.
"""

from __future__ import annotations

_CONFLUENT = "confluentcloud:index/"
_PASSWORD = frozenset(
    {"keepers", "length", "lower", "upper", "numeric", "special", "overrideSpecial"}
    | {"minLower", "minUpper", "minNumeric", "minSpecial"}
)

FORCE_NEW: dict[str, frozenset[str]] = {
    f"{_CONFLUENT}kafkaCluster:KafkaCluster": frozenset({"availability", "cloud", "region", "environment", "network"}),
    f"{_CONFLUENT}roleBinding:RoleBinding": frozenset({"principal", "roleName", "crnPattern"}),
    f"{_CONFLUENT}apiKey:ApiKey": frozenset({"owner", "managedResource"}),
    f"{_CONFLUENT}kafkaTopic:KafkaTopic": frozenset({"topicName", "kafkaCluster"}),
    f"{_CONFLUENT}kafkaAcl:KafkaAcl": frozenset(
        {"resourceType", "resourceName", "patternType", "principal", "host", "operation", "permission", "kafkaCluster"}
    ),
    f"{_CONFLUENT}flinkComputePool:FlinkComputePool": frozenset({"cloud", "region", "environment"}),
    f"{_CONFLUENT}schema:Schema": frozenset({"subjectName", "format"}),
    f"{_CONFLUENT}flinkStatement:FlinkStatement": frozenset(
        {"statement", "environment", "organization", "restEndpoint"}
    ),
    f"{_CONFLUENT}connector:Connector": frozenset({"environment", "kafkaCluster"}),
    f"{_CONFLUENT}network:Network": frozenset(
        {"cloud", "region", "connectionTypes", "cidr", "reservedCidr", "zones", "dnsConfig", "environment"}
    ),
    f"{_CONFLUENT}privateLinkAttachment:PrivateLinkAttachment": frozenset({"cloud", "region", "environment"}),
    f"{_CONFLUENT}gateway:Gateway": frozenset({"awsEgressPrivateLinkGateway", "environment"}),
    f"{_CONFLUENT}accessPoint:AccessPoint": frozenset({"awsEgressPrivateLinkEndpoint", "gateway", "environment"}),
    "aws:ec2/vpcEndpoint:VpcEndpoint": frozenset({"vpcId", "serviceName", "vpcEndpointType"}),
    "aws:route53/zone:Zone": frozenset({"name"}),
    "aws:ebs/volume:Volume": frozenset({"availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "outpostArn"}),
    "aws:ec2/instance:Instance": frozenset(
        {"ami", "subnetId", "availabilityZone", "keyName", "associatePublicIpAddress", "rootBlockDevice", "privateIp"}
    ),
    "aws:ec2/vpc:Vpc": frozenset({"cidrBlock", "ipv4IpamPoolId"}),
    "aws:ec2/subnet:Subnet": frozenset({"vpcId", "cidrBlock", "availabilityZone"}),
    "aws:ec2/natGateway:NatGateway": frozenset({"subnetId", "allocationId", "connectivityType"}),
    "aws:lb/loadBalancer:LoadBalancer": frozenset({"name", "internal", "loadBalancerType"}),
    "aws:kms/key:Key": frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"}),
    "aws:secretsmanager/secret:Secret": frozenset({"name", "namePrefix"}),
    "aws:ecr/repository:Repository": frozenset({"name", "encryptionConfigurations"}),
    "aws:redshift/cluster:Cluster": frozenset(
        {"clusterIdentifier", "databaseName", "masterUsername", "clusterSubnetGroupName", "ownerAccount"}
        | {"snapshotIdentifier"}
    ),
    "aws:opensearch/domain:Domain": frozenset({"domainName", "encryptAtRest", "nodeToNodeEncryption", "vpcOptions"}),
    "eks:index:Cluster": frozenset({"name", "vpcId", "privateSubnetIds", "publicSubnetIds", "encryptionConfigKeyArn"}),
    "snowflake:index/database:Database": frozenset({"isTransient"}),
    "snowflake:index/schema:Schema": frozenset({"database", "isTransient"}),
    "random:index/randomPassword:RandomPassword": _PASSWORD,
    "tls:index/privateKey:PrivateKey": frozenset({"algorithm", "rsaBits", "ecdsaCurve"}),
}
