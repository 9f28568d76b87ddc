"""What the page says while it loads, while nothing has happened, and when something is wrong."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.site import Site
from tests.browser.told import STATE, part, told

CUT = """
  const real = window.fetch;
  let cut = new AbortController();
  let away = false;
  window.away = (now) => { away = now; if (now) { cut.abort(); cut = new AbortController(); } };
  window.fetch = (address, options) => {
    if (address !== "events") return real(address, options);
    if (away) return Promise.reject(new TypeError("away"));
    return real(address, { ...options, signal: AbortSignal.any([options.signal, cut.signal]) });
  };
"""
"""Chromium's offline mode keeps connections that are open."""


def test_a_fresh_page_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page(before=lambda page: told(page, {"state": STATE}))
    expect(page.locator("#payments-empty")).to_have_text("No payment yet. Set a rate, or commit a fraud.")
    expect(page.locator("#alerts-empty")).to_contain_text("No alert yet")
    expect(page.locator("#delays-empty")).to_be_visible()
    expect(page.locator("#delay-note")).to_have_text("no alert yet")
    expect(page.locator("#precision-note")).to_have_text("no outcome is known yet")
    expect(page.locator("#pipeline")).to_be_hidden()


def test_a_page_that_waits_for_the_server_says_so(open_page: OpenPage) -> None:
    page = open_page(live=False, before=lambda page: page.route("**/events", lambda _: None))
    expect(page.locator("#connection")).to_have_text("Connecting…")
    expect(page.locator("#payments-words")).to_have_text("Loading…")
    expect(page.locator("#alerts-loading")).to_be_visible()
    expect(page.locator("#alerts-empty")).to_be_hidden()


@pytest.mark.parametrize("status", ["late", "down"])
def test_a_part_that_fails_is_told_with_what_it_means(open_page: OpenPage, status: str) -> None:
    words = "payments wait since 12 s"
    health = [
        part("database", "ok"),
        part("cdc", "idle", 40),
        part("flink", status, 12, words),
        part("sink:x", "unknown", None),
    ]
    page = open_page(live=False, before=lambda page: told(page, {"state": STATE | {"health": health}}))
    expect(page.locator("#connection")).to_have_text("Live, degraded")
    expect(page.locator("#notice")).to_contain_text(f"Flink is {status}: {words}. Payments reach Kafka and wait")
    expect(page.locator("#health li")).to_have_count(4)
    assert [one.split() for one in page.locator("#health .state").all_inner_texts()] == [
        ["works"],
        ["idle"],
        [status],
        ["unknown"],
    ]
    expect(page.locator('[data-part="sink:x"] .age')).to_have_text("no event yet")


def test_a_generator_that_has_died_is_told(open_page: OpenPage) -> None:
    page = open_page(before=lambda page: told(page, {"state": STATE | {"generator_alive": False}}))
    expect(page.locator("#rate-safe")).to_have_text("The generator does not run: see the app's log.")


def test_figures_say_how_good_and_how_fast_the_alerts_are(open_page: OpenPage) -> None:
    known = {"payments": 200, "frauds": 10, "alerts": 9, "hits": 8}
    by_rule = {"large_amount": {"alerts": 4, "hits": 4}}
    state = STATE | {
        "alerts": 9,
        "by_rule": {"large_amount": 4},
        "delay_p50_ms": 42,
        "delay_p99_ms": 12_345,
        "known": known | {"by_rule": by_rule},
        "delays": {"edges_ms": [10, 1000], "counts": [2, 6, 1]},
    }
    page = open_page(before=lambda page: told(page, {"state": state}))
    assert page.locator("dl.figures dd:not(.note)").all_inner_texts()[3:] == ["42 ms", "88.9 %", "80.0 %"]
    expect(page.locator("#delay-note")).to_have_text("99 % within 12 s")
    expect(page.locator("#rules tr[data-rule=large_amount] td")).to_have_text(["4", "100 %", "40.0 %"])
    expect(page.locator("#delays-words")).to_have_text("From payment to alert, of the last 9 alerts. Most took ≤ 1 s.")
    expect(page.locator("#delays canvas")).to_be_visible()


@pytest.mark.parametrize(
    ("phase", "words"), [("live", "60 times as fast as the clock; 8 s behind"), ("failed", "FAILED, see the app's log")]
)
def test_a_scenario_that_is_played_has_its_time_in_place_of_the_slider(
    open_page: OpenPage, phase: str, words: str
) -> None:
    scenario = {
        "time": "2020-02-03T04:05:06+00:00",
        "speed": 60.0,
        "phase": phase,
        "behind_seconds": 8 * (phase == "live"),
    }

    def scripted(page: Page) -> None:
        told(page, {"state": STATE | {"scenario": scenario}})
        page.route("**/", with_scenario)

    def with_scenario(route: Route) -> None:
        answer = route.fetch()
        place = '<p id="scenario"><strong id="scenario-time"></strong><span id="scenario-words"></span></p>'
        before, rest = answer.text().split('<div class="slider">')
        route.fulfill(response=answer, body=before + place + rest.partition("</div>")[2])

    page = open_page(before=scripted)
    expect(page.locator("#scenario-words")).to_have_text(words)
    expect(page.locator("#scenario-time")).to_contain_text("03 Feb")


def test_a_refusal_is_told_and_tried_again(open_page: OpenPage, complaints: Complaints) -> None:
    complaints.expect("503")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        body = json.dumps({"detail": "500 pages are open already; close one, or try again."})
        return route.fulfill(
            status=503, headers={"Retry-After": "1"}, content_type="application/problem+json", body=body
        )

    page = open_page(live=False, before=lambda page: page.route("**/events", refuse_once))
    expect(page.locator("#notice")).to_contain_text("500 pages are open already")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#notice")).to_be_hidden()


def test_a_short_break_leaves_no_gap_and_no_double(open_page: OpenPage, site: Site) -> None:
    page = open_page(before=lambda page: page.add_init_script(CUT))
    before = site.pay(3, "1.00", "2.00")
    expect(page.locator(f'tr[data-payment="{before[-1]}"]')).to_be_visible()
    page.evaluate("away(true)")
    expect(page.locator("#connection")).to_contain_text("Connection lost since")
    missed = site.pay(3, *(["3.00"] * 15))
    time.sleep(0.6)  # until the server's watcher has seen them, in more than one look
    missed += site.pay(3, *(["3.00"] * 10))
    page.evaluate("away(false)")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator(f'tr[data-payment="{missed[-1]}"]')).to_be_visible()
    listed = shown(page)
    assert listed[:27] == sorted(before + missed, reverse=True), "a resumed stream goes on after the last event"
    expect(page.locator(".gap")).to_have_count(0)


def test_a_killed_server_is_told_and_found_again_without_double(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.expect("ERR_")
    page = open_page()
    ids = site.pay(4, "5.00", "6.00")
    record = site.alert(ids[0], 4)
    expect(page.locator(f'#episodes [data-payment="{ids[0]}"]')).to_be_visible()
    site.kill()
    try:
        expect(page.locator("#connection")).to_contain_text("Connection lost since")
        expect(page.locator("#notice")).to_contain_text("The server cannot be reached. What you see is from before")
    finally:
        site.start()
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("#connection")).to_have_text("Live")
    site.give(record)  # as Kafka gives it again
    more = site.pay(4, "7.00")
    expect(page.locator(f'tr[data-payment="{more[0]}"]')).to_be_visible()
    listed = shown(page)
    assert len(listed) == len(set(listed)) and listed[:3] == [*more, *ids[::-1]]
    expect(page.locator(f'#episodes [data-payment="{ids[0]}"] .reason')).to_have_count(1)
    expect(page.locator("#payment-rows .gap")).to_have_count(0)


def test_what_a_dead_server_could_not_keep_is_marked(open_page: OpenPage, site: Site, complaints: Complaints) -> None:
    complaints.expect("ERR_")
    page = open_page()
    before = site.pay(5, "1.00")
    expect(page.locator(f'tr[data-payment="{before[0]}"]')).to_be_visible()
    site.kill()
    try:
        expect(page.locator("#connection")).to_contain_text("Connection lost since")
        missed = site.pay(5, *(["2.00"] * 40))
    finally:
        site.start()
    expect(page.locator(f'tr[data-payment="{missed[-1]}"]')).to_be_visible()
    rows = page.locator("#payment-rows tr")
    kinds = [row.get_attribute("class") or row.get_attribute("data-payment") for row in rows.all()]
    assert kinds[20] == "gap" and kinds[21] == str(before[0]), "twenty are shown, twenty are missing"
    expect(rows.nth(20)).to_contain_text("some may be missing here")


def test_a_frozen_database_is_told_and_its_return_too(open_page: OpenPage, site: Site, complaints: Complaints) -> None:
    complaints.expect("503")
    page = open_page()
    with site.frozen_database():
        expect(page.locator("#connection")).to_have_text("Live, degraded", timeout=20_000)
        expect(page.locator("#notice")).to_contain_text("Database is down: has not answered for")
        expect(page.locator('#health [data-part="database"] .state')).to_have_text("down")
    expect(page.locator("#connection")).to_have_text("Live", timeout=20_000)
    expect(page.locator("#notice")).to_be_hidden()
    (number,) = site.pay(6, "1.00")
    expect(page.locator(f'tr[data-payment="{number}"]')).to_be_visible()


def shown(page: Page) -> list[int]:
    listed = page.eval_on_selector_all("#payment-rows tr[data-payment]", "rows => rows.map(row => row.dataset.payment)")
    return [int(one) for one in listed]
