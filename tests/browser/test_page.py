"""Every control and list of the page, on the app's own server and PostgreSQL."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Complaints, OpenPage
from tests.browser.site import TITLES, Site

MARKUP = "<img src=x onerror=alert(1)>"


def message(page: Page, words: str) -> None:
    expect(page.locator("#message")).to_contain_text(words)


def test_each_fraud_is_committed_and_its_alert_told(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    buttons = page.locator("[data-fraud]")
    kinds = [button.get_attribute("data-fraud") or "" for button in buttons.all()]
    assert [*kinds, "score"] == list(TITLES), "each rule has a button"
    for kind in kinds:
        page.locator(f'[data-fraud="{kind}"]').click()
        message(page, f"Committed: {TITLES[kind]}")
        account = int(re.findall(r"by account (\d+)", page.locator("#message").inner_text())[0])
        ((newest,),) = site.rows('SELECT max("ID") FROM "USER_TRANSACTION" WHERE "ACCOUNT_ID" = %s', account)
        site.alert(int(newest), account, kind)
        message(page, f"Found: {TITLES[kind]}, payment {int(newest)}, ")
    expect(page.locator("#rules tr[data-rule=mule_account] td").first).to_have_text("1")


def test_the_slider_shows_its_value_and_the_safe_range(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    slider = page.get_by_label("Generated payments a second")
    expect(page.locator("#rate-safe")).to_have_text(re.compile("^Safe up to 20 a second"))
    slider.evaluate("slider => { slider.value = 10; slider.dispatchEvent(new Event('input')); }")
    expect(page.locator("#generator-value")).to_have_text("10")  # before it is let go
    slider.evaluate("slider => slider.dispatchEvent(new Event('change'))")
    message(page, "Generating 10 payments a second.")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    message(page, "Generating 25 payments a second.")
    expect(page.locator("#rate-safe")).to_contain_text("expect false alerts")
    expect(page.locator("#payment-rows tr").nth(9)).to_be_visible()
    page.keyboard.press("Home")
    message(page, "The generator is off.")
    expect(page.locator("#activity canvas")).to_be_visible()
    expect(page.locator("#activity-words")).to_have_text(re.compile(r"In the last 15 minutes: [1-9]\d* payment"))


def test_paused_lists_stand_still_and_count_what_waits(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.get_by_role("button", name="Pause the lists").click()
    ids = site.pay(21, "1.00", "2.00", "3.00")
    site.alert(ids[0], 21)
    expect(page.locator("#pause-words")).to_have_text("3 payments and 1 alert wait")
    for number in ids:
        expect(page.locator(f'[data-payment="{number}"]')).to_have_count(0)
    page.get_by_role("button", name="Resume the lists").click()
    expect(page.locator(f'tr[data-payment="{ids[0]}"] .chip')).to_have_text(TITLES["large_amount"])
    expect(page.locator(f'#episodes [data-payment="{ids[0]}"]')).to_be_visible()


def test_payments_are_found_and_the_latest_come_back(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    (number,) = site.pay(22, "432.10", IP_ADDRESS="10.99.1.2")
    others = site.pay(23, "1.00")
    box = page.get_by_role("searchbox")
    for text in (str(number), "22", "432.10", "10.99."):
        box.fill(text)
        expect(page.locator("#payments-words")).to_contain_text("found among")
        expect(page.locator(f'tr[data-payment="{number}"]')).to_be_visible()
        expect(page.locator(f'tr[data-payment="{others[0]}"]')).to_have_count(0)
    page.get_by_role("button", name="Show the latest").click()
    expect(page.locator(f'tr[data-payment="{others[0]}"]')).to_be_visible()
    expect(page.locator("#payments-words")).to_contain_text("The latest 30")


def test_a_search_for_nonsense_is_answered_in_words(open_page: OpenPage, complaints: Complaints) -> None:
    complaints.expect("400")
    page = open_page()
    page.get_by_role("searchbox").fill("'; --")
    expect(page.locator("#payments-words")).to_contain_text("give the id of a payment or an account")


def test_alerts_of_an_account_are_one_episode(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    ids = site.pay(24, *(["10.00"] * 7))
    for number in ids:
        site.alert(number, 24, "burst_count")
    site.alert(ids[-1], 24, "impossible_travel")
    site.alert(ids[0], 25, "new_device")
    episode = page.locator('.episode[data-account="24"]')
    expect(episode).to_have_count(1)
    expect(episode).to_contain_text("8 alerts on 7 payments, 86.10 in total")
    expect(episode.locator(".head .chip")).to_have_text("high · 70")
    expect(episode).to_contain_text("Too far too soon: a reason of impossible_travel")
    expect(episode.locator(".hits > li")).to_have_count(5)
    expect(episode).to_contain_text("and 2 earlier payments")
    expect(page.locator('.episode[data-account="25"] .head .chip')).to_have_text("medium · 50")


def test_a_click_links_a_payment_its_rule_and_its_alert(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    (number,) = site.pay(26, "2500.00")
    site.alert(number, 26)
    row = page.locator(f'#payment-rows tr[data-payment="{number}"]')
    expect(row.locator(".chip")).to_be_visible()
    page.locator(".episode").get_by_role("button", name=f"Payment {number}").click()
    expect(page.locator("#trace")).to_contain_text(f"Payment {number}")
    expect(page.locator("#trace")).to_contain_text("Rule One large payment")
    expect(page.locator("#trace .chip")).to_have_text("score 60")
    expect(row).to_have_class("traced")
    expect(page.locator("#rules tr.traced th")).to_have_text([TITLES["large_amount"]])
    site.alert(number, 26, "foreign_address")
    expect(page.locator("#rules tr.traced")).to_have_count(2)
    page.get_by_role("button", name="Close the trace").click()
    expect(page.locator("#trace")).to_be_hidden()
    expect(page.locator(".traced")).to_have_count(0)
    (calm,) = site.pay(26, "1.00")
    page.locator(f'tr[data-payment="{calm}"]').get_by_role("button", name=str(calm), exact=True).click()
    expect(page.locator("#trace")).to_contain_text("none: it broke no rule")


def test_an_account_shows_its_life(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    site.pay(27, *(["10.00"] * 60), DEVICE_ID="phone-7")
    site.pay(27, "80.00", PAYEE_ACCOUNT_ID=555, DEVICE_ID=MARKUP, TERMINAL_ID=MARKUP)
    (number,) = site.pay(27, "90.00")
    site.alert(number, 27, reason=MARKUP)
    page.locator('.episode[data-account="27"]').get_by_role("button", name="Account 27").click()
    panel = page.get_by_role("dialog")
    expect(panel.locator("dd:not(.note)")).to_have_text(["62", "770.00", "10.00", "1"])
    expect(panel).to_contain_text("phone-7")
    expect(panel).to_contain_text("555")
    expect(panel.locator("canvas")).to_be_visible()
    expect(panel.locator(".scroll tbody tr").first).to_contain_text("9.0")
    panel.get_by_role("button", name="Show older payments").click()
    expect(panel).to_contain_text("62 payments listed")
    expect(panel.get_by_role("button", name="Show older payments")).to_have_count(0)
    panel.get_by_role("button", name=str(number), exact=True).click()
    expect(panel).to_be_hidden()
    expect(page.locator("#trace")).to_contain_text(f"Payment {number}")


def test_names_with_markup_are_text(open_page: OpenPage, site: Site) -> None:
    site.rows('UPDATE "AUTH_USER" SET "USERNAME" = %s WHERE "ID" = 28 RETURNING 1', MARKUP)
    page = open_page()
    (number,) = site.pay(28, "1.00", TERMINAL_ID=MARKUP, DEVICE_ID=MARKUP, IP_ADDRESS="<b>10.1.2.3</b>")
    site.alert(number, 28, reason=f"because {MARKUP}")
    expect(page.locator(f'tr[data-payment="{number}"] .address')).to_have_text("<b>10.1.2.3</b>")
    expect(page.locator('.episode[data-account="28"]')).to_contain_text(MARKUP)
    page.locator('.episode[data-account="28"]').get_by_role("button", name="Account 28").click()
    expect(page.get_by_role("dialog").get_by_text(MARKUP)).to_have_count(5)
    assert page.locator("img, main b, dialog b").count() == 0


def test_an_account_that_cannot_be_read_offers_another_try(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    complaints.expect("503")
    page = open_page()
    site.pay(29, "1.00")
    failing = True

    def answer(route: Route) -> None:
        if failing:
            route.fulfill(status=503, json={"detail": "The database does not answer; try again in a moment."})
        else:
            route.continue_()

    page.route("**/api/accounts/29*", answer)
    page.locator("#payment-rows").get_by_role("button", name="29", exact=True).click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("alert")).to_have_text("The database does not answer; try again in a moment.")
    failing = False
    panel.get_by_role("button", name="Try again").click()
    expect(panel).to_contain_text("Paid in total")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_change_without_a_login_leads_to_it(open_page: OpenPage, complaints: Complaints) -> None:
    complaints.expect("401")
    page = open_page()
    page.route("**/api/frauds/*", lambda route: route.fulfill(status=401, json={"detail": "Sign in first."}))
    page.evaluate("document.body.dataset.login = '/login'")
    page.locator("[data-fraud]").first.click()
    message(page, "Sign in first.")
    expect(page.locator("#message a")).to_have_attribute("href", "/login")


def test_a_verdict_becomes_an_outcome_and_shows_how_good_the_alerts_are(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    (number,) = site.pay(30, "3000.00", TERMINAL_ID="till-1")
    site.alert(number, 30)
    verdict = page.get_by_role("group", name=f"Verdict on payment {number}")
    verdict.get_by_role("button", name="Fraud").click()
    message(page, f"Outcome written: payment {number} was a fraud.")
    expect(verdict.get_by_role("button", name="Fraud")).to_have_attribute("aria-pressed", "true")
    told = 'SELECT "ACCOUNT_ID", "TERMINAL_ID", "IS_FRAUD" FROM "PAYMENT_OUTCOME" WHERE "TRANSACTION_ID" = %s'
    assert site.rows(told, number) == [(30, "till-1", True)]
    expect(page.locator("#recall-note")).to_have_text("1 of 1 known fraud found")
    verdict.get_by_role("button", name="Genuine").click()
    message(page, "was genuine")
    expect(verdict.get_by_role("button", name="Fraud")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#precision-note")).to_have_text("0 of 1 alerted payment were frauds")
    page.locator('.episode[data-account="30"]').get_by_role("button", name="Account 30").click()
    expect(page.get_by_role("dialog").locator(".scroll tbody .chip")).to_have_text("genuine")
