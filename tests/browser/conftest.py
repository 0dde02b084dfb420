"""A browser without a window, a town behind its page, and a seat in front of it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.seat import Seat
from tests.stories.town import Town, town

FLAGS = (
    "--no-sandbox",  # CI runs as root, whom Chromium's own sandbox refuses
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    wanted = os.environ.get("CABBIE_BROWSER", "")
    found = shutil.which(wanted or "chromium")
    if found is None and wanted:
        pytest.fail(f"CABBIE_BROWSER names {wanted}, and there is no such program.")
    if found is None:
        pytest.skip("There is no chromium here; install it, or name another one in CABBIE_BROWSER.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def acme(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Only where there is a browser to look at it."""
    with town(Path(tmp_path_factory.mktemp("acme"))) as place:
        yield place


@pytest.fixture
def seat(browser: Browser, acme: Town) -> Iterator[Seat]:
    """In front of the page, with fresh eyes; whatever the browser complained of meanwhile fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(acme.standins.urls["page"])
    yield Seat(page)
    page.close()
    assert complaints == []
