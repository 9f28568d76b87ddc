"""The comment on a pull request: what is lost comes first, the rest is folded."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from plan import Plan, PlanError, Resource, commands
from plan.base import golden_plans
from plan.comment import LONGEST_DIFF, SHOWN, comment
from plan.consequences import REPLACED, STATEMENT, STOPPED
from plan.golden import files
from plan.golden.form import Golden, golden
from plan.golden.names import short_type
from plan.replacements import FORCE_NEW
from tests.plans import recorded

STATEMENT_TYPE = "confluentcloud:index/flinkStatement:FlinkStatement"
TOPIC = "confluentcloud:index/kafkaTopic:KafkaTopic"
DOMAIN = "aws:opensearch/domain:Domain"


def resource(name: str, token: str, inputs: dict[str, Any], **options: Any) -> Resource:
    return Resource(f"urn:pulumi:dev::small::{token}::{name}", token, name, None, True, inputs, options)


def plan(*resources: Resource, stack: str = "dev") -> Golden:
    return golden(Plan("small", stack, resources))


def statement(sql: str) -> Resource:
    return resource("fraud", STATEMENT_TYPE, {"statement": sql})


def domain(nodes: int, **options: Any) -> Resource:
    sizes = {"instanceCount": nodes, "instanceType": "t3.small.search"}
    return resource("search", DOMAIN, {"clusterConfig": sizes, "ebsOptions": {"volumeSize": 10}}, **options)


def open_part(text: str) -> str:
    return text.partition("<details>")[0]


def test_a_replaced_statement_says_what_it_costs() -> None:
    told = comment("dev", plan(statement("INSERT INTO a SELECT 1")), plan(statement("INSERT INTO a SELECT 2")))
    assert "### dev: 1 to replace; about $153 a month (as before)" in told
    assert f"| replace | FlinkStatement `fraud`: `statement` | {STATEMENT} |" in open_part(told)


def test_a_deleted_statement_stops() -> None:
    assert f"| delete | FlinkStatement `fraud` | {STOPPED} |" in comment(
        "dev", plan(statement("INSERT INTO a")), plan()
    )


def test_what_only_runs_once_costs_nothing() -> None:
    told = comment("dev", plan(statement("ALTER TABLE a SET (1)")), plan(statement("ALTER TABLE a SET (2)")))
    assert "| replace | FlinkStatement `fraud`: `statement` |  |" in told


def test_the_change_of_the_monthly_cost_is_told() -> None:
    more = comment("dev", plan(domain(1)), plan(domain(2)))
    assert "1 to update; about $55 a month (+27)" in more
    assert "1 to update; about $27 a month (-27)" in comment("dev", plan(domain(2)), plan(domain(1)))
    assert "Domain `search`: `clusterConfig.instanceCount`" in more


def test_nothing_is_open_when_nothing_is_lost() -> None:
    topics = [resource(f"t{number}", TOPIC, {"topicName": f"t{number}"}) for number in range(30)]
    told = comment("dev", plan(), plan(*topics))
    assert "30 to create, nothing lost</summary>" in told and "`t29`" not in open_part(told)


def test_many_losses_fit_on_a_screen() -> None:
    topics = [resource(f"t{number}", TOPIC, {"topicName": f"t{number}"}) for number in range(30)]
    shown = open_part(comment("dev", plan(*topics), plan()))
    assert shown.count("| delete |") == SHOWN


def test_what_loses_data_comes_before_what_does_not() -> None:
    role = resource("role", "aws:iam/role:Role", {"a": 1})
    told = comment("dev", plan(domain(1), role), plan())
    assert told.index("`search`") < told.index("`role`")


def test_protected_and_renamed_resources_are_told() -> None:
    assert "protected: `pulumi up` refuses" in comment("dev", plan(domain(1, protect=True)), plan())
    new = resource("b", TOPIC, {"topicName": "t"})
    told = comment("dev", plan(resource("a", TOPIC, {"topicName": "t"})), plan(new))
    assert "renamed: it was `a`, and an alias would keep it" in told


def test_a_new_stack_is_all_new() -> None:
    told = comment("test", None, plan(domain(1), stack="test"))
    assert told.startswith("### test: 1 to create; about $27 a month (+27)") and "```diff" not in told


def test_the_same_plan_changes_nothing() -> None:
    same = golden(recorded("dev"))
    assert comment("dev", same, same).startswith("### dev: no change of a resource; about $")
    assert comment("dev", same, same).count("\n") == 1


def test_a_long_diff_is_cut_and_cannot_end_its_block() -> None:
    before, after = (statement("INSERT\n```\n" + "\n".join(f"{word} {n}" for n in range(9_000))) for word in "ab")
    told = comment("dev", plan(before), plan(after))
    assert len(told) < LONGEST_DIFF + 1_000 and "... cut: `make plan-diff`" in told
    assert told.count("```") == 2


def test_each_type_with_data_has_words() -> None:
    """Whoever adds a type to FORCE_NEW says what replacing it means."""
    harmless = {
        "aws:ec2:Subnet", "aws:ec2:VpcEndpoint", "aws:route53:Zone", "confluentcloud:AccessPoint",
        "confluentcloud:FlinkStatement", "confluentcloud:Gateway", "confluentcloud:KafkaAcl", "confluentcloud:Network",
        "confluentcloud:PrivateLinkAttachment", "confluentcloud:RoleBinding",
    }  # fmt: skip
    assert {short_type(token) for token in FORCE_NEW} - harmless <= set(REPLACED)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, whose golden plan has one topic."""
    files.write(tmp_path / "plans", files.files_of([plan(resource("t", TOPIC, {"topicName": "t"}))]))
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_the_plans_of_another_commit_are_read(repository: Path) -> None:
    files.write(repository / "plans", files.files_of([plan()]))
    found = golden_plans(repository, repository / "plans", "HEAD")
    assert [one.name for one in found["dev"].entries.values()] == ["t"]
    assert golden_plans(repository, repository / "elsewhere", "HEAD") == {}, "the commit has no plans there"


@pytest.mark.parametrize("commit", ["no-such-branch", "--help", ""])
def test_an_unknown_commit_is_refused(repository: Path, commit: str) -> None:
    with pytest.raises(PlanError, match="git does not know the commit"):
        golden_plans(repository, repository / "plans", commit)


def test_the_command_prints_each_stack(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", repository)
    monkeypatch.setattr(commands, "GOLDEN", repository / "plans")
    monkeypatch.setattr(commands, "record", lambda stack, _root: Plan("small", stack, ()))
    assert main(["plan-comment", "--base", "HEAD"]) == 0
    assert "### dev: 1 to delete" in capsys.readouterr().out
    shutil.rmtree(repository / "plans")
    assert main(["plan-comment", "--base", "HEAD"]) == 0
    assert "### dev: the stack is gone" in capsys.readouterr().out
    assert main(["plan-comment", "--base", "none"]) == 1
    assert "git does not know the commit 'none'" in capsys.readouterr().err
