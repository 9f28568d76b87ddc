"""The page is for everybody: any width, dark or light, with a keyboard, a screen reader, without motion."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import Site

WIDTHS = (360, 768, 1024, 1440, 2560)
LONG = "2001:0db8:aaaa:bbbb:cccc:dddd:eeee:ffff"


def fill(page: Page, site: Site, account: int) -> int:
    """Every kind of content, in its longest form."""
    (number,) = site.pay(account, "9999999999.99", IP_ADDRESS=LONG, DEVICE_ID="d" * 64, PAYEE_ACCOUNT_ID=10**17)
    site.alert(number, account, "impossible_travel", reason="unbroken" * 30)
    site.alert(number, account, "structuring", reason="3 payments within 24 hours, each just under a round amount")
    page.locator(f'.episode[data-account="{account}"]').get_by_role("button", name=f"Payment {number}").first.click()
    expect(page.locator("#trace")).to_be_visible()
    return number


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def beyond(page: Page) -> list[str]:
    """Elements that stick out of their card."""
    return page.evaluate(
        """() => [...document.querySelectorAll("section, .figures > div, .notice, .trace")].flatMap((card) =>
          [...card.querySelectorAll("*")].filter((item) => !item.closest(".scroll, .hidden, canvas, .u-legend")
            && item.getBoundingClientRect().width > 1
            && item.getBoundingClientRect().right > card.getBoundingClientRect().right + 1)
            .map((item) => `${item.tagName} ${item.className} ${item.textContent.slice(0, 40)}`))"""
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out(open_page: OpenPage, site: Site, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    fill(page, site, 40 + WIDTHS.index(width))
    assert overflow(page) <= 0 and beyond(page) == []
    page.locator(".episode").get_by_role("button", name="Account").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Usual amount")
    assert overflow(page) <= 0
    box = page.get_by_role("dialog").evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert box <= 0, "the account's panel scrolls sideways"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: OpenPage, site: Site, scheme: Literal["light", "dark"]) -> None:
    page = open_page(color_scheme=scheme)
    fill(page, site, 50 + len(scheme))
    _check(page)
    page.locator(".episode").get_by_role("button", name="Account").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Usual amount")
    _check(page)


def _check(page: Page) -> None:
    # The page's policy refuses axe's script as text, and takes it as what the browser itself runs.
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()


def test_the_colours_follow_the_system(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) != light
    expect(page.locator("#activity canvas")).to_be_visible()


def test_a_keyboard_is_enough(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    number = fill(page, site, 60)
    page.reload()
    expect(page.locator("#connection")).to_have_text("Live")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert _reached(page, "#search"), "the search is reached by Tab"
    opener = page.locator('.episode[data-account="60"]').get_by_role("button", name="Account 60")
    opener.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "the focus is seen"
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("Usual amount")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    site.alert(number, 60, "card_testing")
    expect(page.locator('.episode[data-account="60"] .reason')).to_have_count(3)
    expect(opener).to_be_focused()
    verdict = page.get_by_role("group", name=f"Verdict on payment {number}").get_by_role("button", name="Genuine")
    verdict.focus()
    for later in site.pay(60, *(["1.00"] * 6)):
        site.alert(later, 60, "burst_count")
    expect(page.locator('.episode[data-account="60"]')).to_contain_text("9 alerts on 7 payments")
    expect(verdict).to_be_focused()  # new alerts do not take it


def _reached(page: Page, selector: str) -> bool:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
    return False


def test_less_motion_is_none(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((item) => {
          const style = getComputedStyle(item);
          return style.transitionDuration !== "0s" || style.animationName !== "none";
        }).length"""
    )
    assert moving == 0


def test_nothing_comes_from_elsewhere(open_page: OpenPage, site: Site) -> None:
    addresses: list[str] = []
    page = open_page(before=lambda page: page.on("request", lambda request: addresses.append(request.url)))
    fill(page, site, 61)
    assert len(addresses) > 10 and all(address.startswith(site.url) for address in addresses)
