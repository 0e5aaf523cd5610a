"""Somebody who reports, seen through the pages: walks the wizard with the real forms, comes back with the receipt."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import FormElement
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from core.accounts import ANONYMOUS
from core.database import Base, unit_of_work
from core.web.current import EXTENSION, House
from core.working_calendar import WorkingCalendar
from intake import proof_of_work
from intake.models import Report
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Submission
from intake.timeline import Desk
from tests.support.page import Page, check

WORDS = "夜里十一点，黑衣人把采样管插进矿泉水瓶，第二天报告就合格了。"
NAME, CONTACT = "欧阳不具名", "13912345678"
ANSWERS: dict[str, dict[str, Any]] = {
    "category": {"channel": "12369"},
    "help": {"answer": "plant"},
    "what": {"subject": "water"},
    "acts": {"acts": []},
    "where": {"county": "411082", "place": "石梁河大桥南头"},
    "who": {"accused_kind": "company", "accused_name": "蓝鲸制革厂"},
    "when": {"when": "冬至前一夜"},
    "words": {"words": WORDS},
    "files": {},
    "you": {"identity_kind": "anonymous"},
}
NAMED = {"identity_kind": "named", "name": NAME, "contact": CONTACT}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
SUBMISSION = Submission(
    category_channel="12369",
    received_by="web",
    subject="water",
    county="411082",
    place="石梁河大桥南头",
    accused=Accused("company", "蓝鲸制革厂"),
    when="冬至前一夜",
    words=WORDS,
)
File = tuple[str, bytes]


@dataclass(frozen=True)
class Receipt:
    case_number: str
    code: str


class Reporter:
    """`page` is what the browser shows. Whatever a form on it holds goes along when it is sent, as a browser does.

    With scripts it does the work that sending asks for.
    """

    def __init__(self, client: FlaskClient, *, runs_scripts: bool = True) -> None:
        self.client, self.runs_scripts = client, runs_scripts
        self.address = ""
        self.page = Page("", 0, "")

    @property
    def step(self) -> str:
        """The last word of the path that is shown: "words" on /report/words."""
        return self.page.url.rsplit("/", 1)[-1]

    def opens(self, address: str) -> Page:
        return self._sees(self.client.get(address, follow_redirects=True))

    def answers(self, button: str = "submit", **typed: Any) -> Page:
        """Fill the first form of the page and press one of its buttons."""
        form = self._form(button)
        return self._send(form, {button: "1", **typed})

    def presses(self, action: str, **typed: Any) -> Page:
        """Press the button of the form whose address ends so."""
        form = next(one for one in self._forms() if (one.get("action") or "").endswith(action))
        return self._send(form, typed)

    def goes_on(self, **typed: Any) -> Page:
        return self.answers("onward" if self.step == "files" else "submit", **typed)

    def tells(self, until: str = "check", **changes: Mapping[str, Any]) -> Page:
        """From the first question to the page `until`, or to the first page that does not let on.

        `changes` are answers by step, in place of ANSWERS.
        """
        self.opens("/report/category")
        while self.step != until:
            asked = self.step
            self.goes_on(**(changes.get(asked) or ANSWERS[asked]))
            if self.step == asked:
                break
        return self.page

    def reports(self, **changes: Mapping[str, Any]) -> Receipt:
        self.tells(**changes)
        return self.sends()

    def sends(self) -> Receipt:
        page = self.presses("/report/send")
        assert page.url == "/report/done", page.text()
        return self.receipt()

    def receipt(self) -> Receipt:
        code = self.page.text("//*[@id='receipt']").replace(" ", "")
        return Receipt(self.page.text("//*[@id='case-number']"), code)

    def attaches(self, *files: File) -> Page:
        """Upload on the wizard's page for files and stay there."""
        return self.answers("upload", files=uploads(*files))

    def looks_up(self, code: str) -> Page:
        self.opens("/track")
        return self.answers(code=code)

    def adds(self, text: str, *files: File) -> Page:
        return self.answers(text=text, files=uploads(*files))

    def leaves(self) -> Page:
        return self.presses("/leave")

    def problems(self) -> list[str]:
        """The sentences of the summary of mistakes."""
        return [
            "".join(one.itertext()).strip() for one in self.page.find("//*[contains(@class,'error-summary__list')]//a")
        ]

    def kept(self, name: str) -> str | list[str] | None:
        """What the field holds now."""
        found = [value for form in self._forms() for field, value in form.form_values() if field == name]
        return found if len(found) > 1 else next(iter(found), None)

    def chooses_from(self, name: str) -> dict[str, str]:
        """The radio buttons of this name: value and words."""
        labels = {one.get("for"): "".join(one.itertext()).strip() for one in self.page.find("//label")}
        return {one.get("value"): labels[one.get("id")] for one in self.page.find(f"//input[@name='{name}']")}

    def cookie(self) -> str:
        """The key of this browser's session."""
        return str(
            SimpleCookie(self.client.get("/report", headers={}).request.headers.get("Cookie", "")).popitem()[1].value
        )

    def _forms(self) -> list[FormElement]:
        return list(lxml.html.document_fromstring(self.page.html).forms)

    def _form(self, button: str) -> FormElement:
        named = f".//button[@name='{button}'] | .//input[@name='{button}']"
        return next(one for one in self._forms() if one.xpath(named))

    def _send(self, form: FormElement, typed: Mapping[str, Any]) -> Page:
        fields: MultiDict[str, Any] = MultiDict(form.form_values())
        for name, value in typed.items():
            fields.setlist(name, value if isinstance(value, list) else [value])
        if self.runs_scripts and fields.get("challenge") and "answer" not in typed:
            fields["answer"] = proof_of_work.solve(fields["challenge"])
        body: dict[str, Any] = {"data": fields}
        if form.get("enctype") == "multipart/form-data":
            boundary, content = encode_multipart(fields)
            body = {"data": content, "content_type": f"multipart/form-data; boundary={boundary}"}
        return self._sees(self.client.post(form.get("action") or self.address, follow_redirects=True, **body))

    def _sees(self, response: TestResponse) -> Page:
        asked = response.request
        self.address = asked.full_path.rstrip("?")
        self.page = Page(asked.path, response.status_code, response.get_data(as_text=True))
        return check(self.page)


def uploads(*files: File) -> list[FileStorage]:
    return [FileStorage(BytesIO(content), name) for name, content in files]


def file_directly(app: Flask, **changes: Any) -> Report:
    """A case as the wizard files it, without the way there. Its receipt is thrown away."""
    house: House = app.extensions[EXTENSION]
    with unit_of_work(house.database) as session:
        desk = Desk(WorkingCalendar.load(session), ANONYMOUS, house.clock.now())
        return file_report(session, replace(SUBMISSION, **changes), keys=ReceiptKeys.of_nobody(), desk=desk)


def everything_stored(app: Flask) -> bytes:
    """Every byte of the installation: its files as they lie there, and every value of every row of the database."""
    house: House = app.extensions[EXTENSION]
    files = [path for path in sorted(house.settings.data_dir.rglob("*")) if path.is_file()]
    stored = [part for path in files for part in (path.name.encode(), path.read_bytes())]
    with house.database.read() as session:
        for table in Base.metadata.sorted_tables:
            values = [value for row in session.execute(select(table)) for value in row]
            stored += [value if isinstance(value, bytes) else str(value).encode() for value in values]
    return b"\n".join(stored)


def as_stored(text: str) -> list[bytes]:
    """The shapes in which a text could lie somewhere in the clear."""
    shapes = [text.encode(coding) for coding in ("utf-8", "gbk", "utf-16-le", "unicode_escape")]
    return [*shapes, shapes[0].hex().encode(), b64encode(shapes[0]).rstrip(b"=")[:-1]]
