"""What the streaming layer needs of the platform: handed over in one stack, or exported by one and read by another."""

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
    """`sinks`: the connection of each store that the stack has. `first_payment` is made once a payment is in the
    database."""

    confluent: ConfluentHandle
    oracle: OracleConnection
    sinks: Mapping[str, Connection]
    first_payment: Sequence[pulumi.Resource] = ()


def export(outputs: PlatformOutputs) -> None:
    """One output per value, `<part>.<field>`, so that values that are no secrets stay readable in the other stack."""
    for part, value in _parts(outputs):
        for name in value.deployed():
            pulumi.export(f"{part}.{name}", getattr(value, name))


def read(settings: Settings) -> PlatformOutputs:
    """The outputs of the stack that the setting platformStack names; an output that it lacks is an error."""
    reference = pulumi.StackReference(str(settings.general.platform_stack))
    return PlatformOutputs(
        confluent=_read(reference, "confluent", ConfluentHandle),
        oracle=_read(reference, "oracle", OracleConnection),
        sinks={name: _read(reference, name, SINKS[name].connection) for name in settings.stores},
    )


def _read(reference: pulumi.StackReference, part: str, kind: type[T]) -> T:
    return kind(**{name: _output(reference, f"{part}.{name}") for name in kind.deployed()})


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


def _parts(outputs: PlatformOutputs) -> Iterator[tuple[str, Connection]]:
    yield "confluent", outputs.confluent
    yield "oracle", outputs.oracle
    yield from outputs.sinks.items()
