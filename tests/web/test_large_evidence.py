"""Large evidence: what a web process needs does not grow with the file, and what is too large costs no word typed."""

import struct
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts.models import User
from core.config import Settings
from core.database import Database
from core.files import apart
from core.files.cleaning import AS_SENT, CLEANED
from intake import attachments
from tests.conftest import TestClock
from tests.support.gunicorn import Gunicorn
from tests.support.large import CONTENT_TYPE, LargeForm, send
from tests.support.reporter import PNG, WORDS, Reporter
from tests.support.sealed import story
from tests.unit.test_attachments import upload
from tests.unit.test_cleaning import photo
from tests.unit.test_video import film

MEGABYTE = 1024 * 1024
SOUND = b"RIFF\xff\xff\xff\x7fWAVEfmt "


def large_film(size: int) -> bytes:
    """The beginning of a film of `size` bytes; noughts follow it."""
    start = film()
    return start + struct.pack(">I4s", size - len(start), b"free")


@pytest.fixture
def reporter(people: object, client: FlaskClient) -> Reporter:
    return Reporter(client)


def attach(reporter: Reporter, *files: tuple[str, bytes, int]) -> int:
    """Send files (name, beginning, size) with the page's own fields; the status."""
    fields = {**reporter.page.hidden_fields(), "upload": "1"}
    form = LargeForm(fields, [("files", *one) for one in files])
    sent = reporter.client.post(
        "/report/files", input_stream=form, content_length=form.length, content_type=CONTENT_TYPE
    )
    return sent.status_code


@pytest.mark.parametrize(
    ("name", "head", "hygiene"),
    [("录音.wav", SOUND, AS_SENT), ("夜里.mp4", large_film(attachments.LARGEST), CLEANED)],
    ids=["kept as it is", "cleaned"],
)
def test_a_file_of_50_mb_takes_no_50_mb_of_memory(reporter: Reporter, name: str, head: bytes, hygiene: str) -> None:
    reporter.tells(until="files")
    attach(reporter, ("先.wav", SOUND, 100))
    tracemalloc.start()
    try:
        assert attach(reporter, (name, head, attachments.LARGEST)) == 302
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * MEGABYTE
    reporter.opens("/report/files")
    listed = reporter.page.text("//ul[@class='govuk-list']/li[2]")
    assert listed.startswith(name) and "52.4 MB" in listed
    assert ("已去掉" in listed) == (hygiene == CLEANED)


def test_what_is_too_large_is_named_and_dropped_while_it_arrives(reporter: Reporter, settings: Settings) -> None:
    reporter.tells(until="files")
    tracemalloc.start()
    try:
        status = attach(reporter, ("长.wav", SOUND, 4 * attachments.LARGEST), ("好.wav", SOUND, 100))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (status, peak < 3 * MEGABYTE) == (200, True)
    reporter.opens("/report/files")
    assert reporter.page.text("//ul[@class='govuk-list']/li").startswith("好.wav")
    assert len(list(attachments.folder(settings.data_dir).iterdir())) == 1
    assert list((settings.data_dir / "incoming").iterdir()) == []


def test_an_addition_with_a_file_that_is_too_large_keeps_the_words(
    reporter: Reporter, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 2000)
    reporter.looks_up(reporter.reports().code)
    reporter.adds("第二天又排了一次", ("好.png", PNG), ("大.wav", SOUND + bytes(2000)))
    assert reporter.problems() == ["“大.wav”超过 0 MB。"]
    assert reporter.kept("text") == "第二天又排了一次"
    assert list(attachments.folder(settings.data_dir).iterdir()) == []
    reporter.adds(str(reporter.kept("text")), ("好.png", PNG))
    assert "第二天又排了一次" in reporter.page.text()


def test_the_files_of_a_report_have_a_bound_together_also_those_that_come_later(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setattr(attachments, "MOST_OF_A_REPORT", 3 * MEGABYTE)
    reporter.tells(until="files")
    reporter.attaches(*((f"{n}.wav", SOUND + bytes(MEGABYTE)) for n in range(3)))
    assert reporter.problems() == ["一份举报的附件合计不超过 3 MB，“2.wav”没有接收。"]
    reporter.goes_on()
    reporter.goes_on()
    reporter.looks_up(reporter.sends().code)
    reporter.adds("还有一段录音", ("又.wav", SOUND + bytes(MEGABYTE)))
    assert reporter.problems() == ["一份举报的附件合计不超过 3 MB，“又.wav”没有接收。"]
    assert sorted(name for name, _kind, _size in story(database)["files"]) == ["0.wav", "1.wav"]


def test_an_original_counts_towards_the_bound(reporter: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = photo()
    monkeypatch.setattr(attachments, "MOST_OF_A_REPORT", len(sent) + 10)
    reporter.tells(until="files")
    reporter.answers("upload", files=[upload("a.jpg", sent)], keep_original="y")
    assert "合计不超过" in reporter.problems()[0]


def test_where_the_disk_is_nearly_full_the_report_still_goes_out(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch, settings: Settings, database: Database
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(attachments.shutil, "disk_usage", lambda _path: Usage(attachments.KEPT_FREE - 1))
    reporter.tells(until="files").text()
    reporter.attaches(("夜.png", PNG))
    assert reporter.problems() == ["服务器的存储空间不够，“夜.png”没有接收。举报可以照常提交，附件过几天凭查询码补交。"]
    reporter.goes_on()
    reporter.goes_on()
    reporter.sends()
    assert story(database)["words"] == WORDS


def test_a_child_that_is_killed_leaves_the_file_as_it_was_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.0)
    stored = attachments.store(upload("a.jpg", photo()), tmp_path)
    assert stored.hygiene == AS_SENT
    assert b"".join(attachments.pieces(stored, tmp_path)) == photo()


@pytest.mark.nightly
@pytest.mark.timeout(300)
@pytest.mark.parametrize("together", [1, 4])
def test_a_worker_stays_small_while_50_mb_arrive(
    app: Flask, settings: Settings, clock: TestClock, people: dict[str, User], together: int
) -> None:
    """The real server: the most memory that its one worker ever had, before and after."""
    clock.at = datetime.now(UTC)
    reporters = [Reporter(app.test_client()) for _ in range(together)]
    site = Gunicorn(settings, workers=1)
    site.starts()
    try:
        for one in reporters:
            one.tells(until="files")
        upload_large(site, reporters[0], ("a.wav", SOUND, 100))
        before = site.most_memory()
        with ThreadPoolExecutor(together) as pool:
            film_of_50_mb = ("夜里.mp4", large_film(attachments.LARGEST), attachments.LARGEST)
            statuses = list(pool.map(lambda one: upload_large(site, one, film_of_50_mb), reporters))
        after = site.most_memory()
    finally:
        site.dies()
    assert statuses == [302] * together
    assert after - before < 8 * MEGABYTE * together, f"{before / MEGABYTE:.1f} → {after / MEGABYTE:.1f} MB"


def upload_large(site: Gunicorn, reporter: Reporter, file: tuple[str, bytes, int]) -> int:
    cookie = reporter.client.get_cookie("mingjian")
    assert cookie is not None
    form = LargeForm({**reporter.page.hidden_fields(), "upload": "1"}, [("files", *file)])
    return send(site.port, "/report/files", form, f"mingjian={cookie.value}")[0]
