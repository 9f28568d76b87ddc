"""The app's namespace and its configuration: Secrets, and a ConfigMap for the rest."""

from __future__ import annotations

import json

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
from pulumi import ResourceOptions

from ..contracts import (
    APP_GROUP_PREFIX,
    CLEANED_TRANSACTION,
    FRAUD_ALERT,
    PAYMENT_SCORE,
    SINK_GROUP_PREFIX,
    USER_TRANSACTION,
    score,
)
from ..contracts.rules import read as read_rules
from . import api_clients
from .args import EPISODE_HOURS, THRESHOLDS, FraudAppArgs
from .pods import NAMESPACE, Runtime

POD_SECURITY = "restricted"


def make_runtime(
    name: str,
    args: FraudAppArgs,
    image: pulumi.Input[str],
    api_keys: dict[str, pulumi.Output[str]],
    opts: ResourceOptions,
) -> Runtime:
    """The namespace, a service account without rights and token, and the pods' configuration.

    ConfigMap and Secrets have no fixed names: changed content creates an object with a new name, which restarts the
    pods, and old pods keep their configuration until then. `api_keys` are those of the API's clients, by name.
    """
    namespace = _namespace(name, opts)
    inside = namespace.metadata.name
    account = k8s.core.v1.ServiceAccount(
        f"{name}-account",
        metadata=k8s.meta.v1.ObjectMetaArgs(name="fraud-app", namespace=inside),
        automount_service_account_token=False,
        opts=opts,
    )
    config = k8s.core.v1.ConfigMap(
        f"{name}-config", metadata=_inside(inside), immutable=True, data=_settings(args), opts=opts
    )
    return Runtime(
        image=image,
        namespace=inside,
        service_account=account.metadata.name,
        config=config.metadata.name,
        database_secret=_secret(f"{name}-database", inside, _database_secrets(name, args, opts), opts),
        kafka_secret=_secret(f"{name}-kafka", inside, _kafka_secrets(args), opts),
        operators_secret=_secret(f"{name}-operators", inside, {"OPERATORS": args.operators}, opts)
        if args.operators
        else None,
        api_secret=_secret(f"{name}-api", inside, _api_secrets(args, api_keys), opts) if api_keys else None,
    )


def _namespace(name: str, opts: ResourceOptions) -> k8s.core.v1.Namespace:
    modes = ("enforce", "audit", "warn")
    return k8s.core.v1.Namespace(
        f"{name}-namespace",
        metadata=k8s.meta.v1.ObjectMetaArgs(
            name=NAMESPACE, labels={f"pod-security.kubernetes.io/{mode}": POD_SECURITY for mode in modes}
        ),
        opts=opts,
    )


def _inside(namespace: pulumi.Input[str]) -> k8s.meta.v1.ObjectMetaArgs:
    return k8s.meta.v1.ObjectMetaArgs(namespace=namespace)


def _settings(args: FraudAppArgs) -> dict[str, pulumi.Input[str]]:
    """The variables of app/fraudapp/settings.py, without secrets and GENERATOR_RATE (see workload)."""
    database, kafka = args.database, args.kafka
    return {
        "ORACLE_HOST": database.host,
        "ORACLE_PORT": str(database.port),
        "ORACLE_SERVICE": database.service,
        "ORACLE_USER": database.user,
        # Confluent's endpoint begins with a protocol.
        "KAFKA_BOOTSTRAP": pulumi.Output.from_input(kafka.bootstrap).apply(lambda text: text.split("://")[-1]),
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "SCHEMA_REGISTRY_URL": kafka.registry_url,
        "ALERT_TOPIC": FRAUD_ALERT.topic,
        "PAYMENT_TOPIC": USER_TRANSACTION.topic,
        "PAYMENT_OUTPUT_TOPICS": ",".join(table.topic for table in (CLEANED_TRANSACTION, PAYMENT_SCORE)),
        "SINK_GROUP_PREFIX": SINK_GROUP_PREFIX,
        "BEHIND_LOAD_BALANCER": "1",
        "GROUP_PREFIX": APP_GROUP_PREFIX,
        "PLAIN_HTTP": "" if args.settings.certificate_arn else "1",
        # The rules' titles on the page, in order; the score comes last.
        "RULES": json.dumps({rule.id: rule.title for rule in read_rules()} | {score.RULE_ID: score.TITLE}),
        **{name.upper(): str(value) for name, value in args.thresholds.items() if name in (*THRESHOLDS, EPISODE_HOURS)},
    }


def _database_secrets(name: str, args: FraudAppArgs, opts: ResourceOptions) -> dict[str, pulumi.Input[str]]:
    # One key for all pods, so that each accepts the sessions and forms that others signed.
    key = random.RandomPassword(f"{name}-secret-key", length=64, special=False, opts=opts)
    return {"SECRET_KEY": key.result, "ORACLE_PASSWORD": args.database.password}


def _kafka_secrets(args: FraudAppArgs) -> dict[str, pulumi.Input[str]]:
    kafka = args.kafka
    return {
        "KAFKA_USERNAME": kafka.key,
        "KAFKA_PASSWORD": kafka.secret,
        "SCHEMA_REGISTRY_KEY": kafka.registry_key,
        "SCHEMA_REGISTRY_SECRET": kafka.registry_secret,
    }


def _api_secrets(args: FraudAppArgs, keys: dict[str, pulumi.Output[str]]) -> dict[str, pulumi.Input[str]]:
    return {"API_KEYS": api_clients.digests(args.settings.api_clients, keys)}


def _secret(
    name: str, namespace: pulumi.Input[str], values: dict[str, pulumi.Input[str]], opts: ResourceOptions
) -> pulumi.Output[str]:
    secret = k8s.core.v1.Secret(
        name,
        metadata=_inside(namespace),
        immutable=True,
        string_data=values,
        opts=opts,
    )
    return secret.metadata.name
