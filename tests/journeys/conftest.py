"""A real headless Chromium before the whole running product; every page it opens is watched for complaints."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.config import Settings
from core.web.current import EXTENSION
from portal import demo, setup
from tests.support.live_site import running

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("MINGJIAN_TEST_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "the journeys need a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        running_browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield running_browser
        running_browser.close()


@pytest.fixture
def settings(demo_settings: Settings) -> Settings:
    return demo_settings


@pytest.fixture
def city(app) -> Iterator[str]:
    """The demo city, running, its index built: a visitor comes after the first minute."""
    setup.prepare(app.extensions[EXTENSION])
    demo.fill_if_empty(app.extensions[EXTENSION])
    worker = app.extensions["create_worker"]()
    while worker.run_due():
        pass
    with running(app) as address:
        yield address


@pytest.fixture
def open_browser(browser: Browser, city: str) -> Iterator[Callable[..., Page]]:
    """open_browser(phone=True, scripts=False) → a fresh person's page; any console error fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(*, phone: bool = False, scripts: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=city,
            locale="zh-CN",
            java_script_enabled=scripts,
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints
