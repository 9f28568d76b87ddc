"""Bad and good cases for each control."""

from __future__ import annotations

from tests.policy.build import Case
from tests.policy.cases.compute import COMPUTE
from tests.policy.cases.governance import GOVERNANCE
from tests.policy.cases.iam import IAM
from tests.policy.cases.kubernetes import KUBERNETES
from tests.policy.cases.network import NETWORK
from tests.policy.cases.opensearch import OPENSEARCH
from tests.policy.cases.pods import PODS
from tests.policy.cases.redshift import REDSHIFT
from tests.policy.cases.secrets import SECRETS
from tests.policy.cases.snowflake import SNOWFLAKE
from tests.policy.cases.storage import STORAGE
from tests.policy.cases.streaming import STREAMING

CASES: dict[str, Case] = {
    **NETWORK,
    **COMPUTE,
    **STORAGE,
    **REDSHIFT,
    **OPENSEARCH,
    **SNOWFLAKE,
    **IAM,
    **SECRETS,
    **KUBERNETES,
    **PODS,
    **STREAMING,
    **GOVERNANCE,
}
