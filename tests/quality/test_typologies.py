"""The simulated episodes are what their names say, and so are those that only look like them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from quality.typologies import fraud, simulation
from quality.typologies.everyday import everyday
from quality.typologies.model import Place, distance_km, fastest_way
from quality.typologies.simulation import Simulated, World, simulate
from quality.typologies.town import build

SMALL = World(seed=4, accounts=360, episodes=10)
DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def world() -> Simulated:
    return simulate(SMALL)


def episodes(world: Simulated, kind: str) -> Iterator[pd.DataFrame]:
    """The payments of each episode, in order of time."""
    told = world.payments.merge(world.truth, on="transaction_id")
    told["amount"] = told.amount.astype(float)
    for _, episode in told[told.kind == kind].groupby("episode"):
        yield episode


def frauds(world: Simulated, kind: str) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """The frauds of each episode, and what their accounts paid before."""
    bad = world.truth[world.truth.is_fraud].transaction_id
    for episode in episodes(world, kind):
        rows = episode[episode.is_fraud]
        before = world.payments[world.payments.tx_time < rows.tx_time.min()]
        before = before[before.customer_id.isin(rows.customer_id) & ~before.transaction_id.isin(bad)]
        yield rows, before


def test_the_same_seed_gives_the_same_world_and_another_seed_another(world: Simulated) -> None:
    again, other = simulate(SMALL), simulate(World(seed=5, accounts=360, episodes=10))
    assert world.payments.equals(again.payments) and world.truth.equals(again.truth)
    assert world.payments.amount.head(50).tolist() != other.payments.amount.head(50).tolist()
    assert not world.truth.tail(50).transaction_id.equals(other.truth.tail(50).transaction_id)


def test_each_typology_has_its_episodes_and_as_many_lookalikes(world: Simulated) -> None:
    found = Counter(world.truth.drop_duplicates("episode").kind)
    assert {kind: found[kind] for kind in fraud.TYPOLOGIES} == dict.fromkeys(fraud.TYPOLOGIES, SMALL.episodes)
    for typology in fraud.TYPOLOGIES:
        kinds = (*simulation.LOOKALIKES.get(typology, ()), *simulation.SHARED.get(typology, ()))
        assert sum(found[one.__name__] for one, _ in kinds) >= SMALL.episodes, typology
    honest = world.truth[~world.truth.kind.isin(fraud.TYPOLOGIES)]
    assert not honest.is_fraud.any()


def test_all_frauds_are_in_the_days_that_are_judged(world: Simulated) -> None:
    bad = world.payments[world.payments.transaction_id.isin(world.truth[world.truth.is_fraud].transaction_id)]
    assert bad.tx_time.min() >= world.judged_from
    assert bad.tx_time.max() < simulation.BEGIN + SMALL.days * DAY
    assert world.payments.tx_time.is_monotonic_increasing and world.payments.transaction_id.is_unique


def test_a_card_is_at_two_places_too_fast_or_not(world: Simulated) -> None:
    def fastest(rows: pd.DataFrame) -> float:
        """The least share of the fastest traveller's time in which somebody went from one payment to the next."""
        shares = list[float]()
        for (_, one), (_, other) in itertools.pairwise(rows[rows.latitude.notna()].iterrows()):
            places = [Place(float(row.latitude), float(row.longitude)) for row in (one, other)]
            if distance_km(*places) > 60:
                shares.append((other.tx_time - one.tx_time).total_seconds() / fastest_way(*places))
        return min(shares)

    assert all(fastest(rows) <= 0.61 for rows in episodes(world, "impossible_travel"))
    for kind in ("way_home", "holiday_abroad", "day_trip"):
        for rows in episodes(world, kind):
            everything = world.payments[world.payments.customer_id == rows.customer_id.iloc[0]]
            assert fastest(everything) >= 1, f"{kind} must be possible for the whole account"


def test_cards_are_tested_with_tiny_amounts_and_then_used(world: Simulated) -> None:
    for rows, _ in frauds(world, "card_testing"):
        tests = rows[rows.amount <= 2.5]
        assert len(tests) >= 4 and tests.terminal_id.is_unique
        assert tests.tx_time.max() - tests.tx_time.min() <= pd.Timedelta(hours=1.5)
        assert rows[len(tests) :].amount.min() >= 150, "after the tests come large ones"


def test_structuring_stays_just_below_a_limit_several_times_a_day(world: Simulated) -> None:
    for rows, _ in frauds(world, "structuring"):
        limit = 1_000 if rows.amount.max() < 1_000 else 10_000
        assert rows.amount.between(0.9 * limit, limit, inclusive="left").all()
        assert rows.groupby(rows.tx_time.dt.floor("D")).size().min() >= 3


def test_a_dormant_account_has_slept_for_months(world: Simulated) -> None:
    for rows, before in frauds(world, "dormant_account"):
        assert len(before) >= 5 and rows.tx_time.min() - before.tx_time.max() >= 90 * DAY
        assert rows.amount.min() >= 150
    for rows in episodes(world, "seasonal_account"):
        assert rows.amount.max() <= 900


@pytest.mark.parametrize("kind", ["new_device", "account_takeover"])
def test_devices_and_addresses_of_thieves_are_unknown(world: Simulated, kind: str) -> None:
    for rows, before in frauds(world, kind):
        assert rows.device_id.nunique() == rows.ip_address.nunique() == 1
        assert not set(rows.device_id) & set(before.device_id) and not set(rows.ip_address) & set(before.ip_address)
        assert not set(rows.payee_id.dropna()) & set(before.payee_id)
        assert rows.payee_id.notna().all() == (kind == "account_takeover")
        usual = before[before.payee_id.isna()].amount.astype(float).median()
        assert rows.amount.min() >= (150 if kind == "account_takeover" else 2 * usual)


def test_a_mule_passes_the_money_of_several_on_within_a_day(world: Simulated) -> None:
    for rows, before in frauds(world, "mule_account"):
        mule = rows.customer_id.iloc[-1]
        received, sent = rows[rows.payee_id == mule], rows[rows.customer_id == mule]
        assert received.customer_id.nunique() >= 3 and sent.payee_id.nunique() == 1
        assert sent.payee_id.iloc[0] not in set(before[before.customer_id == mule].payee_id)
        assert 0.7 * received.amount.sum() < sent.amount.sum() < received.amount.sum()
        assert sent.tx_time.min() - received.tx_time.max() <= DAY


def test_each_payee_is_known_after_the_first_month() -> None:
    draw = np.random.default_rng(1)
    town = build(draw, draw, accounts=100, days=SMALL.days, warm_up=SMALL.warm_up)
    for account in town.accounts:
        paid = {one.payee for one in everyday(draw, town, account) if one.time < SMALL.warm_up * 86_400}
        assert {one.id for one in account.payees} <= paid, f"bills of account {account.id} would look like a takeover"


@pytest.mark.parametrize("kind", ["bills_by_new_phone", "payday", "seasonal_account"])
def test_bills_are_paid_to_payees_of_before(world: Simulated, kind: str) -> None:
    for rows in episodes(world, kind):
        before = world.payments[world.payments.tx_time < world.judged_from]
        known = before[before.customer_id == rows.customer_id.iloc[0]]
        assert set(rows.payee_id.dropna()) <= set(known.payee_id), "a new payee would be no look-alike"
        if kind == "bills_by_new_phone":
            assert not set(rows.device_id) & set(known.device_id)


@pytest.mark.parametrize("kind", ["flatmates", "landlord"])
def test_who_collects_rent_pays_somebody_paid_before(world: Simulated, kind: str) -> None:
    for rows in episodes(world, kind):
        collector = rows.customer_id.iloc[-1]
        paid = rows[rows.customer_id == collector]
        before = world.payments[world.payments.tx_time < world.judged_from]
        assert set(paid.payee_id) <= set(before[before.customer_id == collector].payee_id)


def test_too_few_accounts_are_refused() -> None:
    with pytest.raises(ValueError, match="20 accounts are too few for 10 episodes"):
        simulate(World(accounts=20, episodes=10))
