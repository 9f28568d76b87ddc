"""Settings of Confluent Cloud: the cluster, its environment, and the streaming layer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from ..constraints import Money, OneOf, Share, Slots, Text, Texts, Whole
from ..contracts import rules
from ..credential_slots import CredentialSlots
from ..section import Problem, Section

AVAILABILITIES = {
    "basic": ("SINGLE_ZONE", "MULTI_ZONE"),
    "standard": ("SINGLE_ZONE", "MULTI_ZONE"),
    "enterprise": ("LOW", "HIGH"),
    "dedicated": ("SINGLE_ZONE", "MULTI_ZONE"),
}
"""The allowed `availability` of each cluster type."""
PRIVATE_TYPES = ("enterprise", "dedicated")
LARGEST_AMOUNT = "9999999999.99"
# The prefix becomes part of SQL text: only digits, hexadecimals, dots and colons. It must end a part of an address:
# "10" would also match 100.0.0.1, and an unquoted 10. in YAML becomes 10.
HOME_PREFIX = r"(?=.{1,45}$)([0-9a-f]*[.:])+|(\d{1,3}\.){3}\d{1,3}|(?=.*:)[0-9a-f.:]*[0-9a-f]"
PARAMETER = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*=\d{1,9}(\.\d{1,4})?"
PARAMETER_WORDS = "<rule>.<parameter>=<number> each, such as mule_account.senders=4"
LOOKED_AT = 20
"""The least number of an account's payments that each payment is compared with; 32 take twice as long as 20."""


class ClusterSettings(Section):
    """The Kafka cluster, its environment and its Flink pool."""

    title: ClassVar[str] = "Confluent Cloud"

    cluster_type: Annotated[str, OneOf(tuple(AVAILABILITIES))] = Field(
        default="basic", validation_alias="clusterType", description="Kafka cluster."
    )
    availability: Annotated[str, OneOf(("SINGLE_ZONE", "MULTI_ZONE", "LOW", "HIGH"))] = Field(
        default="SINGLE_ZONE",
        validation_alias="availability",
        description="Zones of the Kafka cluster: SINGLE_ZONE or MULTI_ZONE (basic, standard, dedicated), LOW or HIGH "
        "(enterprise).",
    )
    cku: Annotated[int, Whole(0, 152)] = Field(
        default=0, validation_alias="cku", description="Confluent units of a dedicated cluster; 0 for the other types."
    )
    governance: Annotated[str, OneOf(("ESSENTIALS", "ADVANCED"))] = Field(
        default="ESSENTIALS", validation_alias="streamGovernance", description="Stream Governance package."
    )
    max_cfu: Annotated[int, Whole(only=(5, 10, 20, 30, 40, 50))] = Field(
        default=10, validation_alias="flinkMaxCfu", description="Cap of the Flink compute pool in CFU."
    )
    connectivity: Annotated[str, OneOf(("public", "privatelink"))] = Field(
        default="public",
        validation_alias="connectivity",
        description="How the VPC and Confluent reach each other; privatelink for enterprise and dedicated clusters "
        "(docs/private-networking.md).",
    )
    slots: Annotated[CredentialSlots, Slots()] = Field(
        default=CredentialSlots(),
        validation_alias="confluentSlots",
        description="API keys that exist, the active one first (docs/rotation.md).",
    )

    @property
    def private(self) -> bool:
        return self.connectivity == "privatelink"

    def problems(self) -> Iterator[Problem]:
        kind = self.cluster_type
        if self.availability not in AVAILABILITIES[kind]:
            yield Problem("availability", self.availability, ", ".join(AVAILABILITIES[kind]))
        least = 2 if self.availability == "MULTI_ZONE" else 1
        if kind != "dedicated" and self.cku:
            yield Problem("cku", self.cku, f"0, as clusterType is {kind}")
        if kind == "dedicated" and self.cku < least:
            yield Problem("cku", self.cku, f"{least} or more for a dedicated {self.availability} cluster")
        if self.private and kind not in PRIVATE_TYPES:
            allowed = f"public for a {kind} cluster; only {' and '.join(PRIVATE_TYPES)} ones can be private"
            yield Problem("connectivity", self.connectivity, allowed)
        if kind == "enterprise" and not self.private:
            allowed = "privatelink: an enterprise cluster has no public endpoint"
            yield Problem("connectivity", self.connectivity, allowed)


class StreamingSettings(Section):
    """Topics, and the thresholds of the fraud rules; amounts in the currency of the payments."""

    title: ClassVar[str] = "Topics and rules"

    partitions: Annotated[int, Whole(1, 60)] = Field(
        default=4,
        validation_alias="partitions",
        description="Partitions of each topic; those read in order, as payments and alerts are, always have one.",
    )
    # The upper limit is Flink's: its interval takes two digits.
    window_minutes: Annotated[int, Whole(1, 99)] = Field(
        default=10,
        validation_alias="windowMinutes",
        description="Minutes of event time on both sides of a payment that the fraud rules look at.",
    )
    # Flink compares each payment with this many others of its account, and keeps them in memory (docs/detection.md).
    burst_count: Annotated[int, Whole(1, 63)] = Field(
        default=10, validation_alias="burstCount", description="A window with more payments than this is a burst."
    )
    burst_amount: Annotated[Decimal, Money("0.01", LARGEST_AMOUNT)] = Field(
        default=Decimal("1000.00"),
        validation_alias="burstAmount",
        description="Small payments that add up to this much within the window are a burst.",
    )
    large_amount: Annotated[Decimal, Money("0.01", LARGEST_AMOUNT)] = Field(
        default=Decimal("1000.00"),
        validation_alias="largeAmount",
        description="A payment of this much or more is large.",
    )
    home_prefix: Annotated[
        str, Text(HOME_PREFIX, 'the start of an IP address, in lower case, up to a dot or colon: "10." in quotes')
    ] = Field(
        default="10.",
        validation_alias="homePrefix",
        description="Start of the addresses that are at home; a payment from another one is foreign.",
    )
    score_threshold: Annotated[Decimal, Share()] = Field(
        default=Decimal("0.5"),
        validation_alias="scoreThreshold",
        description="A payment whose probability of fraud is this or more is an alert (docs/scoring.md).",
    )
    score_weights: Annotated[str, Text(r"[a-z0-9][a-z0-9._-]{0,58}\.yaml", "the name of a file in flink_sql/score")] = (
        Field(
            default="weights.yaml",
            validation_alias="scoreWeights",
            description="The weights of the score (docs/scoring.md).",
        )
    )
    rule_parameters: Annotated[tuple[str, ...], Texts(PARAMETER, PARAMETER_WORDS)] = Field(
        default=(),
        validation_alias="ruleParameters",
        description="Numbers of the rule files (flink_sql/rules) that this stack sets otherwise.",
    )
    episode_hours: Annotated[int, Whole(1, 720)] = Field(
        default=24,
        validation_alias="episodeHours",
        description="Hours of event time without an alert after which an account's next alert begins a new episode.",
    )
    state_ttl_hours: Annotated[int, Whole(1, 720)] = Field(
        default=24,
        validation_alias="stateTtlHours",
        description="Hours that the statement cleaned keeps state that nothing touches, more than the window. The "
        "rules keep theirs.",
    )

    @property
    def looked_at(self) -> int:
        """Payments that a window can hold: at least one more than burst_count, to detect a burst."""
        return max(LOOKED_AT, self.burst_count + 1)

    @property
    def most_small(self) -> Decimal:
        """The greatest sum of payments below the large amount that a window can hold."""
        return self.looked_at * (self.large_amount - Decimal("0.01"))

    @property
    def thresholds(self) -> dict[str, object]:
        """By name, as SQL templates and rule files use them; validated, so that SQL text can contain them."""
        names = ("window_minutes", "burst_count", "burst_amount", "large_amount", "home_prefix")
        return {name: getattr(self, name) for name in names}

    @property
    def sql_variables(self) -> dict[str, object]:
        score = {"score_threshold": self.score_threshold, "score_weights": self.score_weights}
        return {
            **self.thresholds,
            **score,
            "looked_at": self.looked_at,
            "episode_hours": self.episode_hours,
            "rule_parameters": self._parameters(),
        }

    def _parameters(self) -> dict[str, dict[str, str]]:
        """By rule and name."""
        found: dict[str, dict[str, str]] = {}
        for one in self.rule_parameters:
            name, value = one.split("=")
            rule, parameter = name.split(".")
            found.setdefault(rule, {})[parameter] = value
        return found

    def problems(self) -> Iterator[Problem]:
        if self.state_ttl_hours * 60 <= self.window_minutes:
            yield Problem(
                "state_ttl_hours", self.state_ttl_hours, f"more than the window of {self.window_minutes} minutes"
            )
        yield from self._parameter_problems()
        if self.burst_amount > self.most_small:
            allowed = f"at most {self.most_small}, the sum of {self.looked_at} payments below largeAmount"
            yield Problem("burst_amount", str(self.burst_amount), allowed)

    def _parameter_problems(self) -> Iterator[Problem]:
        """Names that no rule file has, or that are there twice. A rule file with a mistake is reported elsewhere."""
        names = [one.partition("=")[0] for one in self.rule_parameters]
        if not names:
            return
        try:
            known = {f"{rule.id}.{parameter}" for rule in rules.read() for parameter in rule.parameters}
        except rules.RuleError:
            return
        if unknown := [name for name in names if name not in known]:
            yield Problem("rule_parameters", unknown, f"out of {', '.join(sorted(known))}")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield Problem("rule_parameters", twice, "each parameter once")
