"""The typologies' world through the product, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from components import contracts
from components.contracts.score import RULE_ID as SCORE
from quality import report
from quality.agreement import Agreement
from quality.score import scored
from quality.typologies.fraud import TYPOLOGIES
from quality.typologies.judge import Delay, Verdict
from quality.typologies.simulation import Simulated, World, simulate

NO_OUTCOMES = ("transaction_id", "account", "terminal_id", "amount", "is_fraud", "known_at")


def judged(world: World, weights: Path, say: Callable[[str], None]) -> tuple[Verdict, Agreement]:
    """Simulate a world and judge the product's alerts. Raises RunError when the pipeline stops."""
    simulated = simulate(world)
    say(f"typologies: {len(simulated.payments):,} payments, {simulated.truth.is_fraud.sum():,} of them frauds")
    nothing = pd.DataFrame({name: [] for name in NO_OUTCOMES})
    found = scored(as_read(simulated), nothing, weights, learning=False, say=say)
    return Verdict(simulated, found.alerts), found.agreement


def as_read(simulated: Simulated) -> pd.DataFrame:
    """The payments as `quality.data.read` gives those of a folder."""
    return simulated.payments.assign(account=simulated.payments.customer_id, payee=simulated.payments.payee_id)


def tables(verdict: Verdict, world: World) -> Iterator[str]:
    yield (
        f"Seed {world.seed}: {world.episodes} episodes of each typology and their honest look-alikes among "
        f"{world.accounts:,} accounts, days {world.warm_up} to {world.days}."
    )
    yield ""
    yield from _recall(verdict)
    yield ""
    yield "Other rules, by days of accounts with an alert:"
    yield ""
    others = [rule for rule in (*contracts.RULES, SCORE) if rule not in TYPOLOGIES]
    rows = ((rule, *_precision(verdict, rule)) for rule in others)
    yield from report.table(("rule", "precision", "days with an alert"), rows)
    yield ""
    yield "Days of accounts with a false alert:"
    yield ""
    yield from false_alerts(verdict)


def _recall(verdict: Verdict) -> Iterator[str]:
    rows = list[tuple[object, ...]]()
    for typology in TYPOLOGIES:
        found = verdict.figures(typology)
        rows.append(
            (typology, f"{found.any_recall:.3f}", f"{found.own_recall:.3f}", *_precision(verdict, typology),
             *_delay(found.any_delay), *_delay(found.own_delay))
        )  # fmt: skip
    head = ("typology", "recall, any alert", "recall, own rule", "precision of the rule", "days with an alert",
            "payments to any alert", "seconds", "payments to the rule's alert", "seconds")  # fmt: skip
    yield from report.table(head, rows)


def _precision(verdict: Verdict, rule: str) -> tuple[str, int]:
    precision, days = verdict.precision(rule)
    return (f"{precision:.3f}" if days else "no alert"), days


def _delay(found: Delay | None) -> tuple[str, str]:
    if found is None:
        return "no alert", "no alert"
    return _pair(found.payments), _pair(found.seconds)


def _pair(middle_and_most: tuple[float, float]) -> str:
    middle, most = middle_and_most
    return f"{middle:,.0f} / {most:,.0f}"


def false_alerts(verdict: Verdict) -> Iterator[str]:
    wrong, cases = verdict.false_alerts(), verdict.cases()
    kinds = [*sorted(cases.index), *(kind for kind in wrong.index if kind not in cases.index)]
    rows = list[tuple[object, ...]]()
    for kind in kinds:
        counts = wrong.loc[kind] if kind in wrong.index else pd.Series(dtype=int)
        told = ", ".join(f"{rule} {number}" for rule, number in counts.items() if number)
        rows.append((kind.replace("_", " "), cases.get(kind, ""), told or "none"))
    yield from report.table(("payments", "episodes", "false alerts"), rows)
