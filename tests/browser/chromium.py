"""Finds a Chromium, or installs one: `python -m tests.browser.chromium`, which `make test` runs once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "There is no Chromium for the browser tests. Install one, by `.venv/bin/playwright install chromium` or as your "
    "system does (Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chromium make test"
)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),  # Chromium refuses to run as root with one
)


def find() -> str | None:
    """The program that $CHROMIUM names, one on PATH, or Playwright's own. Raises SystemExit if $CHROMIUM is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not _runs(named):
            raise SystemExit(f"CHROMIUM={named} is no browser that starts. Name another, or unset it.")
        return named
    on_path = (shutil.which(name) for name in NAMES)
    return next((program for program in (*on_path, _of_playwright()) if program and _runs(program)), None)


def install() -> str:
    """Find one, or try the ways to get one. Raises SystemExit with advice."""
    ways: list[Callable[[], bool]] = [lambda: True, _by_playwright, _by_apt]
    for way in ways:
        if way() and (found := find()):
            return found
    raise SystemExit(ADVICE)


def _of_playwright() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _runs(program: str) -> bool:
    """Ubuntu's `chromium-browser`, for one, may only say that there is a snap."""
    if not Path(program).exists():
        return False
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _by_playwright() -> bool:
    print("Installing Chromium for the browser tests (once)", file=sys.stderr)
    return _try(sys.executable, "-m", "playwright", "install", "chromium")


def _by_apt() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return _try("apt-get", "update", "-qq") and _try("apt-get", "install", "-y", "-qq", "chromium")


def _try(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{' '.join(command)}: {error}", file=sys.stderr)
        return False
    if done.returncode != 0:
        print(f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-300:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    print(f"The browser tests use {install()}", file=sys.stderr)
