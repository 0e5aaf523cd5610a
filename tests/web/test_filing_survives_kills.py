"""Many reporters press "send" at once while the whole site is killed with kill -9, again and again.

Whoever keeps pressing gets a receipt, and behind each receipt is one whole report: none is lost, none is there twice,
and at no moment is there half of one.
"""

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.accounts.models import User
from core.config import Settings
from core.database import Database
from intake import case_keys, proof_of_work, reading, receipt
from intake.key_models import ReportKey, ReportWrap
from intake.models import CaseEvent, Deadline, Report
from tests.conftest import TestClock
from tests.support.gunicorn import Gunicorn
from tests.support.reporter import Reporter

PATIENCE_SECONDS = 60  # after the last start


@dataclass
class Sender:
    """A reporter before the button, who presses it until there is a receipt."""

    words: str
    cookie: str
    fields: dict[str, str]
    presses: int = 0
    case_number: str = ""
    code: str = ""
    problems: list[str] = field(default_factory=list)

    def sends(self, site: Gunicorn, given_up: threading.Event) -> None:
        while not self.code and not given_up.is_set():
            try:
                self._presses_once(site)
            except (OSError, HTTPException):
                time.sleep(0.05)

    def _presses_once(self, site: Gunicorn) -> None:
        self.presses += 1
        cookie = {"Cookie": f"mingjian={self.cookie}"}
        form = {"Content-Type": "application/x-www-form-urlencoded", **cookie}
        status, goes_to, _content = site.asks("POST", "/report/send", urlencode(self.fields), **form)
        if status != 302:
            self.problems.append(f"send: {status}")
        elif goes_to.endswith("/report/done"):
            status, _goes_to, page = site.asks("GET", "/report/done", **cookie)
            if status == 200:
                self.code = re.sub(r"\D", "", re.findall(r'id="receipt"[^>]*>([^<]+)<', page)[0])
                self.case_number = re.findall(r'id="case-number"[^>]*>([^<]+)<', page)[0].strip()


def test_a_dozen_who_send_at_once_lose_nothing_to_three_kills(
    app: Flask, settings: Settings, database: Database, clock: TestClock, people: dict[str, User]
) -> None:
    survive(app, settings, database, clock, reporters=12, kills=3)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_thirty_two_who_send_at_once_lose_nothing_to_twelve_kills(
    app: Flask, settings: Settings, database: Database, clock: TestClock, people: dict[str, User]
) -> None:
    survive(app, settings, database, clock, reporters=32, kills=12)


def survive(
    app: Flask, settings: Settings, database: Database, clock: TestClock, *, reporters: int, kills: int
) -> None:
    clock.at = datetime.now(UTC)
    senders = [ready(app, number) for number in range(reporters)]
    site = Gunicorn(settings)
    site.starts()
    given_up = threading.Event()
    threads = [threading.Thread(target=one.sends, args=(site, given_up)) for one in senders]
    for thread in threads:
        thread.start()
    try:
        for number in range(kills):
            time.sleep(0.15 + 0.07 * number)
            site.dies()
            whole_reports_only(database)
            site.starts()
        patient_until = time.monotonic() + PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, patient_until - time.monotonic()))
    finally:
        given_up.set()
        site.dies()
    assert [one.problems for one in senders if one.problems] == []
    assert all(one.code for one in senders)
    assert sum(one.presses for one in senders) > len(senders), "no press was in the way of a kill"
    each_receipt_opens_its_report(senders, settings, database)


def ready(app: Flask, number: int) -> Sender:
    words = f"第{number}位举报人说的话，别人都没有说过"
    client = app.test_client()
    reporter = Reporter(client)
    page = reporter.tells(words={"words": words})
    fields = page.hidden_fields()
    fields["answer"] = proof_of_work.solve(fields["challenge"])
    cookie = client.get_cookie("mingjian")
    assert cookie is not None
    return Sender(words, cookie.value, fields)


def whole_reports_only(database: Database) -> None:
    """Right after a kill: every report that is there has its keys, envelopes, deadline and first event."""
    with database.read() as session:
        for report in session.scalars(select(Report)):
            assert session.get(ReportKey, report.id) is not None
            for model, at_least in ((ReportWrap, 4), (CaseEvent, 1), (Deadline, 1)):
                found = session.scalar(select(func.count()).select_from(model).where(model.report_id == report.id))
                assert (found or 0) >= at_least


def each_receipt_opens_its_report(senders: list[Sender], settings: Settings, database: Database) -> None:
    pepper = settings.read_secret(settings.receipt_pepper_file)
    with database.read() as session:
        reports = {one.lookup: one for one in session.scalars(select(Report))}
        assert len(reports) == len(senders)
        for sender in senders:
            keys = receipt.receipt_keys(sender.code, pepper)
            report = reports.pop(keys.lookup)
            assert report.case_number == sender.case_number
            case = case_keys.opened_by_reporter(session, report, case_keys.reporter_secret(session, report, keys))
            assert reading.body_of(report, case)["words"] == sender.words
        assert reports == {}
