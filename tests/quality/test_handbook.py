"""The simulator gives the book's own data: its counts are those that the book publishes."""

from __future__ import annotations

from quality import protocol
from quality.handbook import World, simulate


def test_the_default_world_is_the_books_data() -> None:
    payments = simulate()
    assert len(payments) == 1_754_155
    assert payments.scenario.value_counts().to_dict() == {0: 1_739_474, 2: 9_077, 3: 4_631, 1: 973}
    assert int(payments.is_fraud.sum()) == 14_681
    tested = sum(len(protocol.tested(payments, 129, day)) for day in range(129, 136))
    assert tested == 58_264, "the first test week of the book has so many payments"


def test_another_seed_gives_other_payments() -> None:
    small = [simulate(World(seed=seed, customers=20, terminals=50, days=10, radius=30)) for seed in (0, 1)]
    assert small[0].amount.head(20).tolist() != small[1].amount.head(20).tolist()


def test_the_same_seed_gives_the_same_payments() -> None:
    small = [simulate(World(seed=3, customers=20, terminals=50, days=10, radius=30)) for _ in range(2)]
    assert small[0].equals(small[1])
