"""Two slots for every credential, so that a rotation never leaves a consumer with a deleted credential."""

from __future__ import annotations

from dataclasses import dataclass

ALLOWED = ("a", "ab", "ba", "b")


@dataclass(frozen=True)
class CredentialSlots:
    """The slots that exist, the active one first.

    A rotation goes `a` -> `ab` (the new credential exists) -> `ba` (it is in use) -> `b` (the old one is gone), with a
    `pulumi up` after each step; the next one goes `b` -> `ba` -> `ab` -> `a`.
    """

    text: str = "a"

    def __post_init__(self) -> None:
        if self.text not in ALLOWED:
            raise ValueError(f"slots is {self.text!r}; set it to one of {', '.join(ALLOWED)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The slots in a fixed order, so that switching the active one reorders nothing."""
        return tuple(sorted(self.text))

    @property
    def active(self) -> str:
        return self.text[0]
