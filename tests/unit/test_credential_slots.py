"""CredentialSlots: allowed and refused texts."""

from __future__ import annotations

import pytest

from components.credential_slots import CredentialSlots


@pytest.mark.parametrize("text", ["", "c", "aa", "abc", "A"])
def test_slots_are_a_or_b_or_both(text: str) -> None:
    with pytest.raises(ValueError, match=f"slots is '{text}'; set it to one of a, ab, ba, b"):
        CredentialSlots(text)
