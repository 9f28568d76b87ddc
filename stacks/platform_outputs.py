"""What the streaming layer needs of the platform: handed over in one stack, or exported by one and read by another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from components.confluent.handle import ConfluentHandle
from components.connections import OpenSearchConnection, OracleConnection, RedshiftConnection, SnowflakeConnection
from stacks.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PlatformOutputs:
    """A store that the stack does not have is None. `first_payment` is made once a payment is in the database."""

    confluent: ConfluentHandle
    oracle: OracleConnection
    redshift: RedshiftConnection | None
    opensearch: OpenSearchConnection | None
    snowflake: SnowflakeConnection | None
    first_payment: Sequence[pulumi.Resource] = ()


def export(outputs: PlatformOutputs) -> None:
    """One output per value, `<part>.<field>`, so that values that are no secrets stay readable in the other stack."""
    for part, value in _parts(outputs):
        for name in _fields(type(value)):
            pulumi.export(f"{part}.{name}", getattr(value, name))


def read(settings: Settings) -> PlatformOutputs:
    """The outputs of the stack that the setting platformStack names; an output that it lacks is an error."""
    reference = pulumi.StackReference(settings.general.platform_stack)
    sinks = settings.sinks
    return PlatformOutputs(
        confluent=_read(reference, "confluent", ConfluentHandle),
        oracle=_read(reference, "oracle", OracleConnection),
        redshift=_read(reference, "redshift", RedshiftConnection) if sinks.redshift else None,
        opensearch=_read(reference, "opensearch", OpenSearchConnection) if sinks.opensearch else None,
        snowflake=_read(reference, "snowflake", SnowflakeConnection) if sinks.snowflake else None,
    )


def _read(reference: pulumi.StackReference, part: str, kind: type[T]) -> T:
    return kind(**{name: _output(reference, f"{part}.{name}") for name in _fields(kind)})


def _output(reference: pulumi.StackReference, key: str) -> pulumi.Output[Any]:
    """`require_output` with an error that says what to do: its KeyError names neither stack nor setting."""

    def present(value: Any) -> Any:
        if value is None:
            raise pulumi.RunError(
                f"The stack of platformStack has no output {key}: name one whose layer is platform, and deploy it "
                "with the sinks of this stack first."
            )
        return value

    return reference.get_output(key).apply(present)


def _parts(outputs: PlatformOutputs) -> Iterator[tuple[str, Any]]:
    for name in _fields(PlatformOutputs):
        value = getattr(outputs, name)
        if value is not None:
            yield name, value


def _fields(kind: type) -> list[str]:
    """The fields whose values a deploy makes; a field with a default has the same on both sides."""
    return [field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING]
