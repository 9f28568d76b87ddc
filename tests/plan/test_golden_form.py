"""The golden form is small and complete: each change of a value that the program sets changes the files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from plan import Plan, Resource
from plan.diff import lines
from plan.golden import common, files, text
from plan.golden.form import golden
from tests import plans
from tests.plan.conftest import Recorder
from tests.plans import STACKS

ANOTHER = "another"


def files_of(*recorded: Plan) -> files.Files:
    return files.files_of(map(golden, recorded))


# What a reviewer reads --------------------------------------------------------------------------------------------

PROGRAM = """
import json, pulumi_random as random
environment = cc.Environment("env")
account = cc.ServiceAccount("account")
password = random.RandomPassword("password", length=20)
first = cc.ServiceAccount("twin", description=account.id.apply(lambda one: f"beside {one}"))
waits = pulumi.ResourceOptions(depends_on=[account])
second = random.RandomId("twin", byte_length=4, keepers={"of": first.id}, opts=waits)
schema = json.dumps({"type": "record", "fields": [{"name": "ID"}]})
settings = {"sql": "SELECT 1\\nFROM a", "of": first.id, "schema": schema}
cc.Connector(
    "sink",
    environment={"id": environment.id},
    kafka_cluster={"id": "k"},
    config_nonsensitive=settings,
    config_sensitive={"password": password.result},
    opts=pulumi.ResourceOptions(depends_on=[first, second], protect=True),
)
pulumi.export("id", environment.id)
"""
WRITTEN = """\
account (confluentcloud:ServiceAccount): {}
env (confluentcloud:Environment): {}
sink (confluentcloud:Connector):
  configNonsensitive:
    of: ${twin (ServiceAccount).id}
    schema: !json {type: record, fields: [{name: ID}]}
    sql: |-
      SELECT 1
      FROM a
  configSensitive: '[secret]'
  environment: {id: '${env.id}'}
  kafkaCluster: {id: k}
  (dependsOn): [twin (RandomId)]
  (from): {configSensitive: [password]}
  (protect): true
twin (confluentcloud:ServiceAccount): {description: 'beside ${account.id}'}
"""


def test_references_documents_sql_secrets_and_options_are_readable(recorded: Recorder) -> None:
    written = files_of(recorded(PROGRAM))
    assert written["dev/confluentcloud.yaml"] == WRITTEN
    random = "twin (random:RandomId): {byteLength: 4, keepers: {of: '${twin (ServiceAccount).id}'}}"
    assert random in written["dev/random.yaml"]
    assert "outputs: {id: '${env.id}'}" in written["dev/_stack.yaml"]


def topics(*names: str, stack: str = "dev", **inputs: Any) -> Plan:
    token = "confluentcloud:index/kafkaTopic:KafkaTopic"
    made = [
        Resource(f"urn:pulumi:{stack}::small::{token}::{name}", token, name, None, True, {"topicName": name, **inputs})
        for name in names
    ]
    return Plan("small", stack, tuple(made))


def test_files_are_sorted_and_a_rename_moves_only_its_resource() -> None:
    before, after = golden(topics("a", "b", "c")), golden(topics("c", "bb", "a"))
    assert files.files_of([before]) == files_of(topics("c", "b", "a"))
    changed = [line for line in lines(before, after) if line[0] in "+-"]
    assert len(changed) == 2 + 2, changed


def test_common_parts_of_stacks_are_written_once_without_their_names() -> None:
    written = files_of(topics("x-dev-a", "only"), topics("x-prod-a", stack="prod"))
    name = "confluentcloud.yaml"
    assert written[f"all-stacks/{name}"] == "x-<stack>-a (confluentcloud:KafkaTopic): {topicName: x-<stack>-a}\n"
    assert written[f"dev/{name}"] == "only (confluentcloud:KafkaTopic): {topicName: only}\n"
    assert f"prod/{name}" not in written


def test_a_long_text_is_written_once_even_if_a_line_differs() -> None:
    script = [f"line {number}" for number in range(50)]
    another = topics("a", stack="prod", script="\n".join([*script[:-1], "another"]))
    written = files_of(topics("a", script="\n".join(script)), another)
    assert written["texts/a.script.txt"] == "\n".join(script) + "\n"
    assert "script: !text {file: a.script.txt}" in written["dev/confluentcloud.yaml"]
    assert "{file: a.script.txt, instead: {line 49: another}}" in written["prod/confluentcloud.yaml"]


def test_long_texts_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    texts = ["\n".join([name] * 50) for name in ("one", "two", "three")]
    plan = golden(topics("a/b", script=texts, other={"script": [f"{one}\n" * 2 for one in texts]}))
    files.write(tmp_path / "golden", files.files_of([plan]))
    assert files.read(tmp_path / "golden", "dev") == plan


def test_a_long_line_of_sql_is_broken_at_its_clauses() -> None:
    statement = f"INSERT INTO a SELECT {', '.join(['column'] * 20)} FROM b WHERE c"
    first, *_, last = text.folded(statement).split(text.GOES_ON)
    assert (first, last) == ("INSERT INTO a", "WHERE c")


# Nothing is hidden ----------------------------------------------------------------------------------------------


def changed(value: Any) -> Iterator[Any]:
    """Variants of a value, each with one part changed, added or removed."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield {other: value[other] for other in value if other != key}
            yield from ({**value, key: one} for one in changed(item))
        yield {**value, ANOTHER: ANOTHER}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], one, *value[index + 1 :]] for one in changed(item))
        yield [*value, ANOTHER]
    else:
        yield ANOTHER
        yield int(value) if isinstance(value, bool) else f"{value}" if isinstance(value, int) else f"{value} "


def around(plan: Plan, resource: Resource) -> Plan:
    """A small plan with everything that the resource's files depend on."""
    needed = {resource.urn, resource.parent, *resource.dependencies}
    by_urn = plan.by_urn()
    while parent := {by_urn[urn].parent for urn in needed if urn in by_urn} - needed:
        needed |= parent
    return dataclasses.replace(plan, resources=tuple(one for one in plan.resources if one.urn in needed))


def with_(plan: Plan, resource: Resource, **fields: Any) -> Plan:
    """The plan with changed fields of this resource."""
    made = dataclasses.replace(resource, **fields)
    return dataclasses.replace(
        plan, resources=tuple(made if one.urn == resource.urn else one for one in plan.resources)
    )


def resources() -> list[tuple[Plan, Resource]]:
    """All resources of production, and those that only other stacks have."""
    prod, dev = map(plans.recorded, ("prod", "dev"))
    types = {resource.type for resource in prod.resources}
    return [(prod, one) for one in prod.resources] + [(dev, one) for one in dev.resources if one.type not in types]


def test_a_change_of_any_input_changes_the_files() -> None:
    count = 0
    for whole, resource in resources():
        plan = around(whole, resource)
        before = files_of(plan)
        for inputs in changed(resource.inputs):
            count += 1
            assert files_of(with_(plan, resource, inputs=inputs)) != before, f"{resource.name}: a change to {inputs}"
    assert count > 3000, "the plan has fewer inputs than expected: correct this test"


def other_options(resource: Resource) -> Iterator[dict[str, Any]]:
    """Variants of the options, each with one changed, added or removed; without dependencies."""
    new = {
        "aliases": ["urn:pulumi:dev::small::aws:ec2/vpc:Vpc::former"],
        "customTimeouts": {"create": "99m"},
        "deleteBeforeReplace": True,
        "deletedWith": resource.urn,
        "ignoreChanges": ["this"],
        "import": "id",
        "protect": True,
        "provider": "urn:pulumi:dev::small::pulumi:providers:aws::another",
        "read": "id",
        "replaceOnChanges": ["this"],
        "retainOnDelete": True,
    }
    own = {key: value for key, value in resource.options.items() if key != "dependsOn"}
    for key, value in (new | own).items():
        yield {**own, key: next(changed(value)) if key in own else value}
        if key in own:
            yield {other: own[other] for other in own if other != key}


def test_a_change_of_any_option_changes_the_files() -> None:
    for whole, resource in resources():
        plan = around(whole, resource)
        before = files_of(plan)
        for options in other_options(resource):
            assert files_of(with_(plan, resource, options=options)) != before, f"{resource.name}: {options}"


def test_name_type_kind_and_parent_are_in_the_files() -> None:
    for whole, resource in resources():
        plan = around(whole, resource)
        before = files_of(plan)
        above, _, name = resource.urn.rpartition("::")
        other = f"{above.removesuffix(resource.type)}aws:ec2/another:Another::{name}"
        for fields in (
            {"name": ANOTHER, "urn": f"{above}::{ANOTHER}"},
            {"type": "aws:ec2/another:Another", "urn": other},
            {"custom": not resource.custom},
        ):
            assert files_of(with_(plan, resource, **fields)) != before, f"{resource.name}: {fields}"


def test_a_dependency_is_in_the_files_unless_another_one_implies_it() -> None:
    dropped = 0
    for whole, resource in resources():
        plan = around(whole, resource)
        by_urn, before = plan.by_urn(), files_of(plan)
        for urn in set(resource.dependencies).difference(*resource.property_dependencies.values()):
            others = [one for one in resource.dependencies if one != urn]
            if any(urn in before_(by_urn, one) for one in others):
                continue
            dropped += 1
            assert files_of(with_(plan, resource, dependencies=tuple(others))) != before, f"{resource.name}: {urn}"
    assert dropped > 200, "the plan has fewer dependencies than expected: correct this test"


def before_(by_urn: dict[str, Resource], urn: str) -> set[str]:
    """All direct and indirect dependencies of a resource."""
    direct = by_urn[urn].dependencies if urn in by_urn else ()
    return set(direct).union(*(before_(by_urn, one) for one in direct))


def test_a_change_of_any_output_of_the_stack_changes_the_files() -> None:
    plan = dataclasses.replace(plans.recorded("prod"), resources=())
    before = files_of(plan)
    for outputs in changed(plan.outputs):
        assert files_of(dataclasses.replace(plan, outputs=outputs)) != before, outputs


# What is written can be read --------------------------------------------------------------------------------------

WORDS = st.sampled_from(["dev", "prod", "fraud-dev", "FRAUD_PROD.x", "/dev/sdf", "a", "x (aws:ec2:Vpc)"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
KEYS = WORDS | TEXTS.filter(lambda one: not one.startswith("("))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.lists(TEXTS.filter(lambda one: "\n" not in one), min_size=20, max_size=22),
    st.dictionaries(TEXTS, st.integers(), min_size=4).map(json.dumps),
    st.dictionaries(TEXTS, TEXTS, min_size=4).map(lambda one: json.dumps(one, separators=(",", ":"))),
    st.sampled_from(["yes", "null", "~", "1e3", "2026-11-30", " lead", "trail \n", "a\tb", "a\n\n", "\n a", "${a.id}"]),
    st.sampled_from(["SELECT " + "a, " * 60 + "b FROM c", "word " * 40 + "\n" * 45, "x" * 5000, "a  b " * 1000]),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
quickly = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_a_document_reads_back_unchanged(document: dict[str, Any]) -> None:
    long: dict[str, str] = {}

    def keep(value: str, keys: tuple[str, ...]) -> text.KeptText | None:
        if len(value) < 200 or text.GOES_ON in value:
            return None
        name = f"{len(long)}.{keys[-1]}"
        long[name] = text.unfolded(text.folded(value))
        return text.KeptText(name)

    written = text.dump(document, keep, lambda key: (0, key))
    assert json.dumps(text.load(written, long), sort_keys=True) == json.dumps(document, sort_keys=True)


OPTIONS = st.dictionaries(st.just("(dependsOn)"), st.lists(WORDS, min_size=1, unique=True).map(sorted))
PARTS = st.builds(lambda values, options: {**values, **options}, st.dictionaries(WORDS, VALUES), OPTIONS)


@quickly
@given(PARTS, PARTS)
def test_common_part_and_rest_make_up_the_whole(one: dict[str, Any], other: dict[str, Any]) -> None:
    values = {"dev": one, "prod": other}
    assume(not common.is_ambiguous(values))  # such plans are not split
    shared, rest = common.split(values)
    for stack, value in values.items():
        first, second = ({} if part is common.NOTHING else part for part in (shared, rest[stack]))
        joined = common.joined(first, second, stack)
        assert json.dumps(joined, sort_keys=True) == json.dumps(value, sort_keys=True)


def test_the_golden_plans_read_back_unchanged(tmp_path: Path) -> None:
    written = [golden(plans.recorded(stack)) for stack in STACKS]
    files.write(tmp_path / "golden", files.files_of(written))
    assert [files.read(tmp_path / "golden", stack) for stack in STACKS] == written
