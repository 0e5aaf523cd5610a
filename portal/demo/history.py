"""A year of handled reports, so that the figures and the supervisor's board have something to show."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.accounts.actor import ANONYMOUS, Actor
from core.keys.keyring import Keyring
from core.working_calendar import WorkingCalendar
from intake import casework, operations
from intake.models import Report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Submission
from intake.timeline import Desk

# channel, subject, county, how many, how many of them nobody has touched, how many months ago
_BATCHES = (
    ("12369", "water", "411082", 9, 0, 2),
    ("12369", "air", "411082", 6, 0, 4),
    ("12369", "data_fraud", "411081", 12, 5, 3),
    ("12365", "institution", "411002", 6, 0, 2),
)
_SCORES = (5, 4, 2)
_WORDS = "演示：附近单位的排放和公开的数据对不上，请核查。"
_REPLY = "已到现场核查，情况属实，已责令整改。感谢您的监督。"


def seed_history(
    session: Session, now: datetime, rng: random.Random, *, officers: Mapping[str, tuple[Actor, Keyring]]
) -> None:
    calendar = WorkingCalendar.load(session)
    for channel, subject, county, count, left, months in _BATCHES:
        for number in range(count):
            filed_at = now - timedelta(days=30 * months + rng.randint(0, 5))
            report = _file(session, channel, subject, county, Desk(calendar, ANONYMOUS, filed_at))
            officer = officers.get(report.responsible_code)
            if officer is not None and number >= left:
                _handle(session, report, number, rng, filed_at, calendar, officer)
    _dispute(session, now, Desk(calendar, ANONYMOUS, now - timedelta(days=4)), officers)


def _file(session: Session, channel: str, subject: str, county: str, desk: Desk) -> Report:
    submission = Submission(
        category_channel=channel,
        received_by="web",
        subject=subject,
        county=county,
        place="演示地点",
        accused=Accused("company", "许昌演示企业有限公司"),
        when="最近",
        words=_WORDS,
    )
    return operations.file_report(session, submission, keys=ReceiptKeys.of_nobody(), desk=desk)


def _handle(
    session: Session,
    report: Report,
    number: int,
    rng: random.Random,
    filed_at: datetime,
    calendar: WorkingCalendar,
    officer: tuple[Actor, Keyring],
) -> None:
    actor, keys = officer
    accepted_at = filed_at + timedelta(days=rng.randint(1, 8))
    operations.accept(session, report, Desk(calendar, actor, accepted_at, keys))
    replied_at = accepted_at + timedelta(days=rng.randint(5, 25))
    operations.reply(session, report, _REPLY, Desk(calendar, actor, replied_at, keys))
    rated_at = replied_at + timedelta(days=1)
    casework.rate(session, report, _SCORES[number % 3], Desk(calendar, ANONYMOUS, rated_at))


def _dispute(session: Session, now: datetime, desk: Desk, officers: Mapping[str, tuple[Actor, Keyring]]) -> None:
    """One that two departments sent to and fro until the supervisor has to appoint."""
    report = _file(session, "12369", "soil", "411082", desk)
    branch, bureau = officers.get("xc-ecology-changge"), officers.get("xc-ecology")
    if branch is None or bureau is None:
        return
    theirs = Desk(desk.calendar, branch[0], now - timedelta(days=3), branch[1])
    ours = Desk(desk.calendar, bureau[0], now - timedelta(days=2), bureau[1])
    operations.transfer(session, report, "xc-ecology", "地块跨两个县区，请市局承办。", theirs)
    operations.give_back(session, report, "属地管理，应由分局承办。", ours)
    operations.transfer(session, report, "xc-ecology", "再请市局研究。", theirs)
    operations.give_back(session, report, "仍属分局职责。", ours)
