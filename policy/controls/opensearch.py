"""The search domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.addresses import is_internet
from policy.documents import allowed, as_list, principals
from policy.inputs import Opaque, absent, enabled, get, items, one_of
from policy.model import Resource, Stack, resource_control, stack_control

DOMAIN = "aws:opensearch/domain:Domain"
DOMAIN_POLICY = "aws:opensearch/domainPolicy:DomainPolicy"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"

# TLS 1.2 with forward secrecy, and the FIPS variant.
TLS_POLICIES = ("Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08")


@resource_control(DOMAIN, fix="set encrypt_at_rest with the stack's kms_key_id, and node_to_node_encryption")
def opensearch_is_encrypted(resource: Resource) -> Iterator[str]:
    """The search domain is encrypted at rest with a key of the stack, and between its nodes."""
    if not enabled(resource.get("encryptAtRest", "enabled")):
        yield "the domain is not encrypted at rest"
    elif absent(resource.get("encryptAtRest", "kmsKeyId")):
        yield "the domain is encrypted with AWS's key"
    if not enabled(resource.get("nodeToNodeEncryption", "enabled")):
        yield "traffic between nodes is in plaintext"


@resource_control(DOMAIN, fix=f'set domain_endpoint_options: enforce_https, tls_security_policy="{TLS_POLICIES[0]}"')
def opensearch_requires_tls(resource: Resource) -> Iterator[str]:
    """The search domain answers only HTTPS, with TLS 1.2 or newer and forward secrecy."""
    if not enabled(resource.get("domainEndpointOptions", "enforceHttps")):
        yield "the domain answers plain HTTP"
    if not one_of(resource.get("domainEndpointOptions", "tlsSecurityPolicy"), *TLS_POLICIES):
        yield "the TLS policy admits versions older than 1.2, or no forward secrecy"


@resource_control(DOMAIN, fix="set advanced_security_options: enabled, the internal user database, a master user")
def opensearch_has_fine_grained_access(resource: Resource) -> Iterator[str]:
    """The search domain has internal users and refuses anonymous ones."""
    if not enabled(resource.get("advancedSecurityOptions", "enabled")):
        yield "fine-grained access control is off"
    if resource.get("advancedSecurityOptions", "anonymousAuthEnabled") is True:
        yield "anonymous users are admitted"


@resource_control(DOMAIN, severity="medium", fix='add a log_publishing_option of log_type "AUDIT_LOGS"')
def opensearch_has_an_audit_log(resource: Resource) -> Iterator[str]:
    """The search domain publishes its audit log."""
    options = resource.get("logPublishingOptions")
    if isinstance(options, Opaque):
        return
    audit = [one for one in items(options) if one_of(get(one, "logType"), "AUDIT_LOGS")]
    if not any(one_of(get(one, "enabled"), None, True) for one in audit):
        yield "there is no audit log"


@stack_control(severity="medium", fix="add an aws.cloudwatch.LogResourcePolicy that lets es.amazonaws.com write")
def opensearch_may_write_its_logs(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """CloudWatch lets the search domain write its logs; otherwise AWS refuses the domain."""
    policies = [policy.get("policyDocument") for policy in stack.of_type(LOG_POLICY)]
    if any(isinstance(policy, Opaque) or "es.amazonaws.com" in str(policy) for policy in policies):
        return
    for domain in stack.of_type(DOMAIN):
        if not absent(domain.get("logPublishingOptions")):
            yield domain, "no log resource policy names es.amazonaws.com"


@resource_control(
    DOMAIN, DOMAIN_POLICY, severity="critical", fix="name the principals, or limit * with IpAddress aws:SourceIp"
)
def opensearch_admits_listed_addresses(resource: Resource) -> Iterator[str]:
    """The access policy of a public search domain admits only listed addresses or named principals."""
    if not absent(resource.get("vpcOptions")):
        return
    for statement in allowed(resource.get("accessPolicies")):
        if "*" in principals(statement) and not _is_limited(statement):
            yield "the access policy admits everyone from everywhere"


def _is_limited(statement: Mapping[str, Any]) -> bool:
    addresses = get(statement, "Condition", "IpAddress", "aws:SourceIp")
    if isinstance(addresses, Opaque):
        return True
    return not absent(addresses) and not any(map(is_internet, as_list(addresses)))
