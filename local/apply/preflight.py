"""Checks a plan before any server starts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from components.contracts import APP_GROUP_PREFIX, ERROR_LOG_TOPIC, FRAUD_ALERT, OUTPUTS, SOURCES
from local import source
from local.apply.accounts import CONNECTOR, Accounts
from local.apply.alterations import STATEMENT, as_statements
from local.apply.grants import Need, require
from local.errors import RunError
from local.sinks.twins import BY_CLASS
from plan.model import Plan

TOPIC = "confluentcloud:index/kafkaTopic:KafkaTopic"


def check(plan: Plan, accounts: Accounts) -> None:
    """Raises RunError with all problems of the plan's connectors and topics or, when they are right, of its ACLs."""
    problems = [*_connectors(plan), *_topics(plan)]
    if not problems:
        try:
            require(plan, _needs(plan, accounts))
        except RunError as error:
            problems.append(str(error))
    if problems:
        raise RunError("\n".join(problems))


def _connectors(plan: Plan) -> Iterator[str]:
    for resource in plan.of_type(CONNECTOR):
        config = resource.inputs["configNonsensitive"]
        kind = config.get("connector.class", "")
        try:
            if kind == source.SOURCE_CLASS:
                source.debezium(config, host="", port=0, user="", secret="", database="")
            elif kind in BY_CLASS:
                BY_CLASS[kind].settings(config)
            else:
                known = ", ".join((source.SOURCE_CLASS, *BY_CLASS))
                yield f"connector {resource.name}: class {kind!r} has no local twin; known: {known}"
        except RunError as error:
            yield str(error)


def _topics(plan: Plan) -> Iterator[str]:
    """The clients of the run need the contracts' topics and those that the connectors name."""
    declared = {topic.inputs["topicName"] for topic in plan.of_type(TOPIC)}
    for table in (*SOURCES, *OUTPUTS):
        if table.topic not in declared:
            yield (
                f"the plan declares no topic {table.topic}, which components/contracts/ names; "
                f"it declares {sorted(declared)}"
            )
    for resource in plan.of_type(CONNECTOR):
        config = resource.inputs["configNonsensitive"]
        wanted = [*config.get("topics", "").split(","), config.get("errors.deadletterqueue.topic.name", "")]
        for name in filter(None, wanted):
            if name not in declared:
                yield f"connector {resource.name} uses topic {name}, which the plan does not declare"


def _altered(plan: Plan) -> list[str]:
    """The topics whose tables the plan alters."""
    return [
        topic
        for statement in as_statements(plan).of_type(STATEMENT)
        for topic in re.findall(r"ALTER\s+TABLE\s+`([^`]+)`", statement.inputs["statement"], re.IGNORECASE)
    ]


def _needs(plan: Plan, accounts: Accounts) -> list[Need]:
    """The rights that each client of the run needs."""
    raw, outputs = [table.topic for table in SOURCES], [table.topic for table in OUTPUTS]
    wanted: dict[tuple[str, str], list[tuple[str, str, Iterable[str]]]] = {
        ("flink", accounts.flink): [
            ("READ", "TOPIC", [*raw, *_altered(plan)]),
            ("WRITE", "TOPIC", [*outputs, ERROR_LOG_TOPIC]),
            ("WRITE", "TRANSACTIONAL_ID", [f"_confluent-flink_{name}" for name in outputs]),
            ("CREATE", "TOPIC", [ERROR_LOG_TOPIC]),
            # Only the service needs this: Apache Flink alters its tables without asking the broker.
            ("ALTER", "TOPIC", _altered(plan)),
        ],
        ("app", accounts.app): [("READ", "TOPIC", [FRAUD_ALERT.topic]), ("READ", "GROUP", [APP_GROUP_PREFIX])],
    }
    for resource in plan.of_type(CONNECTOR):
        config = resource.inputs["configNonsensitive"]
        client = config["name"], config["kafka.service.account.id"]
        if config["connector.class"] == source.SOURCE_CLASS:
            wanted[client] = [("WRITE", "TOPIC", [*raw, source.heartbeat_topic(config)])]
        else:
            sink = BY_CLASS[config["connector.class"]].settings(config)
            read = [topic.topic for topic in sink.topics]
            group, dead_letter = [sink.group], [sink.dead_letter]
            wanted[client] = [("READ", "TOPIC", read), ("READ", "GROUP", group), ("WRITE", "TOPIC", dead_letter)]
    return [
        Need(*client, operation, kind, name)
        for client, rights in wanted.items()
        for operation, kind, names in rights
        for name in names
    ]
