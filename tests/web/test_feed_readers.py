"""Feeds in readers that people use: newsboat and feedparser, against the running site."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from flask import Flask

from core.database import Database
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.live_site import running
from tests.web.test_air_pages import CLEAN, add_station

QUESTIONS = ("/feeds/all.rss", "/feeds/all.atom", "/feeds/penalties.atom?county=411002", "/search.rss?kind=notice")


@pytest.fixture
def site_content(
    database: Database, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> dict[str, str]:
    add_station(database, "XC01", (clock.now() - timedelta(hours=1), CLEAN))
    made = {"penalty": publisher.penalty(clock.now()), "notice": publisher.notice(clock.now(), title="公告 <b>")}
    run_jobs()
    return made


def newsboat(folder: Path, urls: list[str]) -> str:
    """What newsboat has read once it has fetched `urls`: the titles in its cache."""
    program = shutil.which("newsboat")
    assert program, "newsboat 没有安装：apt-get install newsboat（.ci/run 会装上）"
    (folder / "urls").write_text("\n".join(urls) + "\n", "utf-8")
    (folder / "config").write_text("reload-threads 2\n", "utf-8")
    files = ["-u", str(folder / "urls"), "-C", str(folder / "config"), "-c", str(folder / "cache.db")]
    for command in (["-x", "reload"], ["-x", "print-unread"]):
        done = subprocess.run([program, *files, *command], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
    return done.stdout


def items(folder: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "cache.db")) as cache:
        return set(cache.execute("SELECT guid, title FROM rss_item WHERE deleted = 0"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_newsboat_reads_the_feed(
    app: Flask, site_content: dict[str, str], tmp_path: Path, clock: TestClock, question: str
) -> None:
    with running(app) as site:
        said = newsboat(tmp_path, [site + question])
    expected = {"/feeds/all.rss": 2, "/feeds/all.atom": 2}.get(question, 1)
    assert said.split()[0] == str(expected) and len(items(tmp_path)) == expected
    if "all" in question:
        assert "公告 <b>" in {title for _guid, title in items(tmp_path)}


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_correction_is_the_same_item_in_newsboat(
    app: Flask, site_content: dict[str, str], publisher: Publisher, clock: TestClock, tmp_path: Path, form: str
) -> None:
    with running(app) as site:
        newsboat(tmp_path, [f"{site}/feeds/penalties.{form}"])
        before = items(tmp_path)
        publisher.correct(site_content["penalty"], clock.now(), party_name="许昌更名检测有限公司")
        newsboat(tmp_path, [f"{site}/feeds/penalties.{form}"])
    ((guid, title),) = items(tmp_path)
    assert {guid} == {one for one, _title in before} and "许昌更名检测有限公司" in title


def test_feedparser_reads_the_feeds_with_its_own_conditional_requests(app: Flask, site_content: dict[str, str]) -> None:
    with running(app) as site:
        for question in QUESTIONS:
            first = feedparser.parse(site + question)
            assert first.status == 200 and not first.bozo and first.entries
            again = feedparser.parse(site + question, etag=first.etag)
            assert again.status == 304
