"""The platform's values for the streaming layer: passed within one stack, or exported and read by another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from components.confluent.handle import ConfluentHandle
from components.connections import Connection, OracleConnection
from components.sinks.sinks import SINKS
from stacks.settings import Settings

T = TypeVar("T", bound=Connection)


@dataclass(frozen=True, kw_only=True)
class PlatformOutputs:
    """`sinks` has the connection of each store. `first_payment` creates a payment in the database."""

    confluent: ConfluentHandle
    oracle: OracleConnection
    sinks: Mapping[str, Connection]
    first_payment: Sequence[pulumi.Resource] = ()


def export(outputs: PlatformOutputs) -> None:
    """One output per value, `<connection>.<field>`, so that only secret values are secret in the other stack."""
    for connection, value in _connections(outputs):
        for name in value.deployed():
            pulumi.export(f"{connection}.{name}", getattr(value, name))


def read(settings: Settings) -> PlatformOutputs:
    """The outputs of the stack in the setting platformStack; a missing output is an error."""
    reference = pulumi.StackReference(str(settings.general.platform_stack))
    return PlatformOutputs(
        confluent=_read(reference, "confluent", ConfluentHandle),
        oracle=_read(reference, "oracle", OracleConnection),
        sinks={name: _read(reference, name, SINKS[name].connection) for name in settings.stores},
    )


def _read(reference: pulumi.StackReference, connection: str, kind: type[T]) -> T:
    return kind(**{name: _output(reference, f"{connection}.{name}") for name in kind.deployed()})


def _output(reference: pulumi.StackReference, key: str) -> pulumi.Output[Any]:
    """`require_output` with a fix in the error: its KeyError names neither stack nor setting."""

    def present(value: Any) -> Any:
        if value is None:
            raise pulumi.RunError(
                f"The stack of platformStack has no output {key}: set it to a stack with layer platform, "
                "and deploy that with this stack's sinks first."
            )
        return value

    return reference.get_output(key).apply(present)


def _connections(outputs: PlatformOutputs) -> Iterator[tuple[str, Connection]]:
    yield "confluent", outputs.confluent
    yield "oracle", outputs.oracle
    yield from outputs.sinks.items()
