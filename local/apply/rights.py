"""A right in Kafka, in the broker's terms."""

from __future__ import annotations

from dataclasses import dataclass

# READ and WRITE carry DESCRIBE with them, as in Kafka.
IMPLIED = {"DESCRIBE": ("READ", "WRITE")}


@dataclass(frozen=True, kw_only=True)
class Right:
    """`principal` may do (or, with `deny`, may not do) `operation`; `name` is `*` for every name, or a prefix."""

    principal: str
    operation: str
    kind: str
    name: str
    prefixed: bool = False
    deny: bool = False
    host: str = "*"

    def covers(self, principal: str, operation: str, kind: str, name: str) -> bool:
        """Whether it is about this operation of this principal on this resource."""
        return (
            self.principal == principal
            and self.kind == kind
            and self.operation in (operation, "ALL", *IMPLIED.get(operation, ()))
            and (self.name == "*" or (name.startswith(self.name) if self.prefixed else name == self.name))
        )
