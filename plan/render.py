"""A plan for people: the tree, counts by provider, the longest chain and the monthly estimate."""

from __future__ import annotations

from collections import Counter

from plan.durations import minutes
from plan.golden.form import golden
from plan.model import Plan, Resource
from plan.partitions import free_quota
from plan.prices import NOT_IN, monthly, prices
from plan.terminal import CYAN, YELLOW, paint


def render(plan: Plan) -> str:
    lines = [f"Plan of {plan.project}, stack {plan.stack} (recorded offline: it knows no prior state)", ""]
    children: dict[str | None, list[Resource]] = {}
    for resource in plan.resources:
        children.setdefault(resource.parent, []).append(resource)
    lines += _tree(children, None, "")
    providers = Counter(resource.type.split(":")[0] for resource in plan.resources if resource.custom)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(providers.items()))
    time, chain = longest_chain(plan)
    lines += ["", f"{sum(providers.values())} resources: {counts}"]
    lines.append(f"Longest chain: about {time:.1f} min: {' -> '.join(chain) or 'none'}")
    lines += ["", *_cost(plan)]
    if quota := free_quota(plan):
        lines.append(quota)
    return "\n".join(lines) + "\n"


def _cost(plan: Plan) -> list[str]:
    priced = golden(plan)
    totals, unknown = monthly(priced)
    rows = [f"{'?' if one.usd is None else f'${one.usd:,.2f}':>10}  {one.name}" for one in prices(priced)]
    sums = " + ".join(f"{provider} ${usd:,.0f}" for provider, usd in sorted(totals.items())) or "$0"
    missing = f"; without {', '.join(unknown)}, whose price is not known here" if unknown else ""
    return [*rows, f"Monthly estimate for 24x7: about {sums}{missing}; {NOT_IN} come on top"]


def _tree(children: dict[str | None, list[Resource]], parent: str | None, indent: str) -> list[str]:
    lines, siblings = list[str](), children.get(parent, [])
    for resource in siblings:
        last = resource is siblings[-1]
        protected = paint("  [protected]", YELLOW) if resource.options.get("protect") else ""
        kind = paint(resource.type.rsplit(":", 1)[-1], CYAN)
        lines.append(f"{indent}{'└─ ' if last else '├─ '}{kind} {resource.name}{protected}")
        lines += _tree(children, resource.urn, indent + ("   " if last else "│  "))
    return lines


NO_CHAIN: tuple[float, list[str]] = (0.0, [])


def longest_chain(plan: Plan) -> tuple[float, list[str]]:
    """Minutes, and the names of the resources on it that take time, first to last."""
    best: dict[str, tuple[float, list[str]]] = {}
    for resource in plan.resources:
        before = max((best[urn] for urn in resource.dependencies if urn in best), key=lambda b: b[0], default=NO_CHAIN)
        own = minutes(resource)
        best[resource.urn] = (before[0] + own, [*before[1], resource.name] if own else before[1])
    return max(best.values(), key=lambda b: b[0], default=NO_CHAIN)
