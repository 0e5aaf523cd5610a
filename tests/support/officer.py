"""A reporter at the wizard and a department at its desk, through the real forms."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from intake import proof_of_work
from tests.support.page import Page, check
from tests.support.people import PASSWORD

WORDS = "他们没有来采样第二天就拿出报告"
ANSWERS: dict[str, dict[str, Any]] = {
    "category": {"channel": "12365"},
    "what": {"subject": "institution"},
    "acts": {"acts": ["F06"]},
    "where": {"county": "411002", "place": "建设路三号院"},
    "who": {"accused_kind": "testing_institution", "accused_name": "某某检测"},
    "when": {"when": "上个月"},
    "words": {"words": WORDS},
    "files": {},
    "you": {"identity_kind": "anonymous"},
}


class Person:
    """A browser of its own."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, url: str) -> Page:
        return self._page(self.client.get(url, follow_redirects=True))

    def post(self, url: str, at: str | None = None, **fields: Any) -> Page:
        """Send a form that stands on the page `at`, with its token."""
        token = self.get(at or url).find("//input[@name='csrf_token']/@value")[0]
        return self._page(self.client.post(url, data={"csrf_token": token, **fields}, follow_redirects=True))

    @staticmethod
    def _page(response: Any) -> Page:
        return Page(response.request.path, response.status_code, response.get_data(as_text=True))


class Reporter(Person):
    def answer(self, step: str, **fields: Any) -> Page:
        """One page of the wizard, with the usual answers unless others are given."""
        return check(self.post(f"/report/{step}", **{**ANSWERS[step], **fields}))

    def fill(self, **changed: dict[str, Any]) -> Page:
        """All pages up to the last look; `changed` replaces the answers of a page."""
        for step in ANSWERS:
            page = self.answer(step, **changed.get(step, {}))
        return page

    def send(self) -> tuple[str, str]:
        """(case number, receipt code)"""
        fields = self.get("/report/check").hidden_fields()
        fields["answer"] = proof_of_work.solve(fields["challenge"])
        page = check(self._page(self.client.post("/report/send", data=fields, follow_redirects=True)))
        assert page.url == "/report/done", page.text()
        return page.text("//*[@id='case-number']"), page.text("//*[@id='receipt']")

    def report(self, **changed: dict[str, Any]) -> tuple[str, str]:
        self.fill(**changed)
        return self.send()

    def track(self, code: str) -> Page:
        return check(self.post("/track", code=code))


class Officer(Person):
    def __init__(self, app: Flask, name: str, password: str = PASSWORD) -> None:
        super().__init__(app)
        page = self.post("/sign-in", sign_in_name=name, password=password)
        assert page.status == 200

    def queue(self) -> list[str]:
        """The case numbers, the most urgent first."""
        return [str(one).rsplit("/", 1)[-1] for one in self.get("/desk").find("//tbody//th/a/@href")]

    def step(self, number: str, step: str, **fields: Any) -> Page:
        return self.post(f"/desk/{number}/{step}", at=f"/desk/{number}", **fields)
