"""Whoever tries the demo sees what a reporter sees afterwards: receipts are offered, and each opens what it says."""

import dataclasses

import pytest
from flask import Flask

from core.config import Settings
from core.web.current import EXTENSION
from portal import demo, setup
from portal.demo.receipts import ANSWERED, CLOSED, PUT_ASIDE
from tests.support.reporter import Reporter


@pytest.fixture
def settings(demo_settings: Settings) -> Settings:
    return dataclasses.replace(demo_settings, demo=True)


def test_each_receipt_that_the_demo_offers_opens_what_it_says(app: Flask) -> None:
    setup.prepare(app.extensions[EXTENSION])
    demo.fill_if_empty(app.extensions[EXTENSION])
    stranger = Reporter(app.test_client())
    offered = stranger.opens("/track").text("//section[@aria-labelledby='demo-receipts']").replace(" ", "")
    assert all(code in offered for code in (ANSWERED, CLOSED, PUT_ASIDE))
    stranger.looks_up(ANSWERED)
    assert "问题属实" in stranger.page.text() and stranger.page.find("//a[@href='/track/reward']")
    stranger.looks_up(CLOSED)
    assert stranger.page.find("//*[@name='score']")
    stranger.looks_up(PUT_ASIDE)
    assert stranger.step == "words"
