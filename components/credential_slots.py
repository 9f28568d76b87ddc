"""Two slots for every credential, so that a rotation never leaves a consumer with a credential that is gone."""

from __future__ import annotations

from dataclasses import dataclass

ALLOWED = ("a", "ab", "ba", "b")


@dataclass(frozen=True)
class CredentialSlots:
    """The slots that exist, the active one first.

    A rotation is `a` -> `ab` (the new credential exists) -> `ba` (it is in use) -> `b` (the old one is gone), with a
    `pulumi up` after each step; the next one goes `b` -> `ba` -> `ab` -> `a`.

    Raises:
        ValueError: the text is none of a, ab, ba, b.
    """

    text: str = "a"

    def __post_init__(self) -> None:
        if self.text not in ALLOWED:
            raise ValueError(f"slots is {self.text!r}; set it to one of {', '.join(ALLOWED)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The slots in a fixed order, so that a switch of the active one reorders nothing."""
        return tuple(sorted(self.text))

    @property
    def active(self) -> str:
        """The slot whose credential is in use."""
        return self.text[0]
