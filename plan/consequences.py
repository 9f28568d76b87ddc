"""What it means for users when a resource is replaced or deleted.

Sources: docs/changing.md (statements), docs/destroy.md (what deletes data), the durations of plan/durations.py.
"""

from __future__ import annotations

from plan.diff import Change
from plan.durations import statement_verb

_GONE = "its data is lost; take a snapshot first"
REPLACED = {
    "confluentcloud:KafkaTopic": "its records are lost; connectors and statements that use it stop",
    "confluentcloud:KafkaCluster": "all topics and their records are lost",
    "confluentcloud:Environment": "everything in Confluent Cloud is lost",
    "confluentcloud:Connector": "about 6 minutes without it; the new one starts again with the first record or row",
    "confluentcloud:Schema": "records that were written with it stay readable; writers register the new one",
    "confluentcloud:ApiKey": "clients are refused until they have the new key",
    "confluentcloud:FlinkComputePool": "all statements stop and start again without state",
    "aws:ec2:Instance": "the database is away until the new host has booted, about 10 minutes",
    "aws:ebs:Volume": _GONE,
    "aws:redshift:Cluster": _GONE,
    "aws:opensearch:Domain": _GONE,
    "aws:kms:Key": "what it encrypted cannot be read once the old key is gone",
    "aws:secretsmanager:Secret": "whoever reads it needs the new name",
    "aws:ec2:Vpc": "everything in the network is replaced",
    "aws:ec2:NatGateway": "about 2 minutes without a way out; its address changes unless it is given",
    "aws:lb:LoadBalancer": "about 3 minutes without it; its name changes",
    "eks:index:Cluster": "the app is away for about 15 minutes",
    "aws:ecr:Repository": "its images are lost",
    "snowflake:Database": "its rows are lost; Time Travel keeps them for a day",
    "snowflake:Schema": "its rows are lost; Time Travel keeps them for a day",
    "snowflake:Table": "its rows are lost; Time Travel keeps them for a day",
    "random:RandomPassword": "a new password; whoever uses it needs it",
    "tls:PrivateKey": "a new key pair; whoever uses it needs it",
}
"""By short type. Of any other type nothing is lost and nobody waits."""
STATEMENT = "1 to 2 minutes without it; it starts without state, reads a week again, and appended rows come twice"
STOPPED = "what it writes stops"


def consequence(change: Change) -> str:
    """Empty if the change costs neither data nor time."""
    if not change.destroys:
        return ""
    if statement_verb(change.resource) in ("INSERT", "EXECUTE"):
        return STOPPED if change.kind == "-" else STATEMENT
    return REPLACED.get(change.resource.type, "")
