"""One PostgreSQL, one server and one headless Chromium for all tests of the page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from local.apply.app_server import FOLDER
from local.servers.postgres import Postgres
from tests.app.conftest import serve_registry
from tests.browser import chromium
from tests.browser.site import Site, environment
from tests.servers import source_database

USERS = 2_000
PATIENCE_MS = 8_000
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.local)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.fail(chromium.ADVICE, pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    with source_database() as server:
        yield server


@pytest.fixture(scope="package")
def site(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Seeded with users, and without a payment."""
    with serve_registry() as registry:
        found = Site(postgres, registry, tmp_path_factory.mktemp("site") / "log")
        seed = [sys.executable, str(FOLDER / "manage.py"), "seed", "--users", str(USERS)]
        subprocess.run(seed, env=environment(postgres, registry), check=True, capture_output=True)
        found.start()
        yield found
        found.stop()


class Complaints:
    """What the browser complains about; a test fails with whatever it did not expect."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._expected: list[str] = []

    def expect(self, words: str) -> None:
        self._expected.append(words)

    def take(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"{message.text} {message.location['url']}")

    def unexpected(self) -> list[str]:
        return [one for one in self.found if not any(words in one for words in self._expected)]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def open_page(browser: Browser, site: Site, complaints: Complaints) -> Iterator[OpenPage]:
    """Opens the page in a window of its own, and waits until it is live unless `live` is False.

    `before` gets the page before it is loaded. The test fails if the browser complained, as about the policy.
    """
    contexts: list[Any] = []

    def opened(*, live: bool = True, before: Callable[[Page], object] | None = None, **options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 1000}, "locale": "en-GB"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", complaints.take)
        page.on("pageerror", lambda error: complaints.found.append(f"exception: {error}"))
        if before:
            before(page)
        page.goto(site.url)
        if live:
            expect(page.locator("#connection")).to_have_text("Live")
            expect(page.locator("#rate")).to_have_text(re.compile(r"\d"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints.unexpected(), "the browser complained; the policy or the page's code is broken"
