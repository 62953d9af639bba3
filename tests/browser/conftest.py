"""Fixtures of the browser tests: one Chromium, one Jupyter server, a fresh page per test.

See desk.py for what a test does with them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from support.desk import Desk, Jupyter, chromium

expect.set_options(timeout=15_000)  # a machine may be busy with other tests


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium before Playwright's own; without either the browser tests skip."""
    with sync_playwright() as playwright:
        try:
            browser = chromium(playwright)
        except FileNotFoundError as error:
            pytest.skip(str(error))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile; tests may open more pages in it."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    server = Jupyter(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture
def lab(jupyter: Jupyter, page: Page) -> Iterator[Desk]:
    """A page that opens notebooks in JupyterLab."""
    desk = Desk(jupyter, page, "lab")
    yield desk
    desk.close()


@pytest.fixture(params=["lab", "notebook"])
def desk(request: pytest.FixtureRequest, jupyter: Jupyter, page: Page) -> Iterator[Desk]:
    """A page that opens notebooks in JupyterLab, then the same test in Notebook 7."""
    desk = Desk(jupyter, page, request.param)
    yield desk
    desk.close()
