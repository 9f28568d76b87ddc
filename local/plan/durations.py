"""Expected minutes of a resource's creation. Estimates for us-east-1; what is not listed takes well under a minute."""

MINUTES = {
    "confluentcloud:index/kafkaCluster:KafkaCluster": 1.0,  # a Standard cluster takes less than one minute
    "confluentcloud:index/roleBinding:RoleBinding": 1.5,  # the provider waits a fixed 90 s
    "confluentcloud:index/connector:Connector": 6.2,  # the provider polls first after 3 minutes
    "confluentcloud:index/flinkStatement:FlinkStatement": 1.5,  # until RUNNING: 1 to 2
    "aws:ec2/natGateway:NatGateway": 2.0,  # 1.5 to 2
    "aws:eks/cluster:Cluster": 10.0,  # 8.5 to 11.5
    "eks:index:Cluster": 10.0,
    "aws:lb/loadBalancer:LoadBalancer": 3.0,  # 2 to 4
    "aws:opensearch/domain:Domain": 20.0,  # 15 to 25
    "aws:redshift/cluster:Cluster": 6.0,  # 4 to 8
    "kubernetes:apps/v1:Deployment": 3.0,  # a pod on a new node: 2 to 4
}
