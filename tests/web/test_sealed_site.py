"""What a thief of the whole disk finds after a hundred reports with marked words: nothing of anybody.

Looked through byte by byte: the database and its write-ahead log, the attachments, the search index, the logs, the
mail that was sent, temporary files. The search must be able to find: what is planted beside it is found.
"""

import base64
import dataclasses
import io
import logging
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import encode_multipart

from core.accounts.models import User
from core.database import Database, unit_of_work
from core.web.current import EXTENSION, House
from intake.models import Report
from intake.saved_drafts import SavedDraft
from intake.submission import Accused, Identity
from tests.support.custodians import opened_by_two
from tests.support.officer import Officer
from tests.support.reporter import PNG, Reporter, everything_stored, file_directly, uploads

REPORTS = 100
THROUGH_THE_PAGES = 4


# What every reporter's words have in common: to look for these is to look for all of them.
TOKENS = ["暗管标记", "欧阳标记", "1391234", "标记村", "标记化工", "夜拍标记", "补充标记", "答复标记"]


def marks(number: int) -> dict[str, str]:
    """What only this reporter says; each of it must be found nowhere."""
    return {
        "words": f"暗管标记{number:03d}号连着沉淀池",
        "name": f"欧阳标记{number:03d}",
        "contact": f"1391234{number:04d}",
        "place": f"标记村{number:03d}组河边",
        "accused": f"标记化工{number:03d}厂",
        "file": f"夜拍标记{number:03d}.png",
        "message": f"补充标记{number:03d}又排了一次",
        "reply": f"答复标记{number:03d}已经责令整改",
    }


def shapes(text: str) -> list[bytes]:
    """The ways in which a text could lie in a file: encodings, escapes, hex, base64 at each of its three offsets."""
    plain = [text.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode_escape")]
    coded = [quote(text).encode(), plain[0].hex().encode(), plain[1].hex().encode()]
    for one in plain[:2]:
        for offset in range(3):
            whole = base64.b64encode(bytes(offset) + one)
            coded.append(whole[-(-offset * 8 // 6) : (offset + len(one)) * 8 // 6])
    return plain + coded


def found_in(haystack: bytes, texts: list[str]) -> list[str]:
    return [text for text in texts if any(shape in haystack for shape in shapes(text) if len(shape) > 4)]


class Post:
    """A mail server that keeps what it is given, byte for byte."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.sent.append(envelope.content)
        return "250 OK"


@pytest.fixture
def looking(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[io.StringIO, Path]]:
    """Logs and the folder for temporary files, under our eyes."""
    temporary, lines = tmp_path_factory.mktemp("temporary"), io.StringIO()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    listener = logging.StreamHandler(lines)
    logging.getLogger().addHandler(listener)
    yield lines, temporary
    logging.getLogger().removeHandler(listener)


@pytest.fixture
def post(app: Flask, people: dict[str, User], database: Database) -> Iterator[Post]:
    """Mail goes to a real server, to an officer who has an address."""
    with unit_of_work(database) as session:
        session.execute(update(User).where(User.sign_in_name == "county_officer").values(email="chang@example.cn"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    taken = Post()
    server = Controller(taken, hostname="127.0.0.1", port=port)
    server.start()
    house: House = app.extensions[EXTENSION]
    settings = dataclasses.replace(house.settings, smtp_url=f"smtp://127.0.0.1:{port}")
    app.extensions[EXTENSION] = dataclasses.replace(house, settings=settings)
    yield taken
    server.stop()


def test_a_hundred_reports_leave_no_word_name_number_or_receipt_on_any_disk(
    app: Flask,
    database: Database,
    run_jobs: Any,
    looking: tuple[io.StringIO, Path],
    post: Post,
    capfd: pytest.CaptureFixture[str],
) -> None:
    lines, temporary = looking
    codes = [whole_life(app, number) for number in range(THROUGH_THE_PAGES)]
    many(app, range(THROUGH_THE_PAGES, REPORTS))
    aside, cookies = zip(*(put_aside(app, REPORTS + number) for number in range(2)), strict=True)
    codes += aside
    run_jobs()
    assert len(post.sent) >= REPORTS
    written = "".join(capfd.readouterr()) + lines.getvalue()
    left = b"".join(path.read_bytes() for path in temporary.rglob("*") if path.is_file())
    everything = b"\n".join([everything_stored(app), written.encode(), left, *post.sent])
    assert all(any(token in text for token in TOKENS) for text in marks(7).values())
    secret = [*TOKENS, *cookies, *codes] + [" ".join(code[at : at + 4] for at in range(0, 20, 4)) for code in codes]
    with database.read() as session:
        assert len(session.scalars(select(Report.id)).all()) == REPORTS
        assert len(session.scalars(select(SavedDraft.lookup)).all()) == len(aside)
    assert found_in(everything, secret) == []
    for shape in shapes(marks(50)["words"]):
        assert TOKENS[0] in found_in(everything[:1000] + shape, TOKENS), shape


def whole_life(app: Flask, number: int) -> str:
    """Filed with a file, opened, answered, added to, its identity opened for a purpose; the receipt's code."""
    mark = marks(number)
    reporter = Reporter(app.test_client())
    reporter.tells(
        until="files",
        where={"county": "411082", "place": mark["place"]},
        who={"accused_kind": "company", "accused_name": mark["accused"]},
        words={"words": mark["words"]},
    )
    reporter.attaches((mark["file"], PNG + mark["words"].encode() * 40))
    reporter.goes_on()
    reporter.goes_on(identity_kind="named", name=mark["name"], contact=mark["contact"])
    receipt = reporter.sends()
    officer = Officer(app, "county_officer")
    assert mark["words"] in officer.step(receipt.case_number, "open").text()
    officer.step(receipt.case_number, "accept")
    officer.step(receipt.case_number, "investigate")
    officer.step(receipt.case_number, "decide")
    officer.step(receipt.case_number, "reply", text=mark["reply"])
    reporter.looks_up(receipt.code)
    assert mark["reply"] in reporter.page.text()
    reporter.adds(mark["message"])
    page, _custodian, _path = opened_by_two(app, receipt.case_number, f"核实现场时间，{mark['message']}")
    assert mark["name"] in page.text() and mark["contact"] in page.text()
    return receipt.code


def put_aside(app: Flask, number: int) -> tuple[str, str]:
    """Told up to the last page, put aside, gone on with on another device; the code, and that device's cookie."""
    mark, reporter, other = marks(number), Reporter(app.test_client()), Reporter(app.test_client())
    reporter.tells(
        until="files",
        where={"county": "411082", "place": mark["place"]},
        who={"accused_kind": "company", "accused_name": mark["accused"]},
        words={"words": mark["words"]},
    )
    reporter.attaches((mark["file"], PNG + mark["words"].encode() * 40))
    reporter.answers("later")
    reporter.presses("/report/later")
    code = reporter.page.text("//*[@id='receipt']").replace(" ", "")
    reporter.presses("/report/later/leave")
    other.looks_up(code)
    other.goes_on(identity_kind="named", name=mark["name"], contact=mark["contact"])
    other.opens("/report/later")
    assert other.step == "later"
    return code, other.cookie()


def many(app: Flask, numbers: range) -> None:
    for number in numbers:
        mark = marks(number)
        file_directly(
            app,
            place=mark["place"],
            accused=Accused("company", mark["accused"]),
            words=mark["words"],
            identity=Identity(mark["name"], mark["contact"]),
        )


def test_an_upload_never_touches_the_disk_in_the_clear(
    app: Flask, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far above the 500 KB from which Flask would write it to a temporary file; ours holds it sealed."""
    reporter = Reporter(app.test_client())
    reporter.tells(until="files")
    fields = {name: value for form in reporter._forms() for name, value in form.form_values()}
    content = PNG + b"only the reporter has this picture " * 100_000
    boundary, body = encode_multipart(MultiDict({**fields, "upload": "1", "files": uploads(("夜拍.png", content))[0]}))

    opened: list[int] = []
    real = tempfile.TemporaryFile

    def watched(**named: Any) -> Any:
        file = real(**named)
        opened.append(os.dup(file.fileno()))
        return file

    def refuse(*_arguments: Any, **_named: Any) -> Any:
        raise AssertionError("a temporary file was opened for an upload")

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    for name in ("NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse, raising=False)
    response = reporter.client.post(
        "/report/files",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )
    assert "夜拍.png" in response.get_data(as_text=True)
    [written] = opened
    with os.fdopen(written, "rb") as file:
        spooled = os.pread(file.fileno(), 2 * len(content), 0)
    assert len(spooled) > len(content) - 64 * 1024
    assert b"only the" not in spooled
    house: House = app.extensions[EXTENSION]
    stored = b"".join(path.read_bytes() for path in house.settings.data_dir.rglob("*") if path.is_file())
    assert len(stored) > len(content)
    assert b"only the reporter has this picture" not in stored
