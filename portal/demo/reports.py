"""Invented reports of the demo city, filed and handled through the real operations. Receipts are thrown away but two."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.accounts.actor import ANONYMOUS, Actor
from core.coordinates import Point
from core.keys.keyring import Keyring
from core.working_calendar import WorkingCalendar
from intake import operations
from intake.models import Report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Identity, Submission
from intake.timeline import Desk

_STORIES = (
    (
        "12369",
        "data_fraud",
        ("T08",),
        "411081",
        "company",
        "禹州恒信污水处理有限公司",
        "每次检查前半小时，有人把在线监测的进样管插进一桶清水里，检查完再换回来。",
        "accept",
    ),
    (
        "12365",
        "institution",
        ("F06",),
        "411002",
        "testing_institution",
        "许昌宏源环境检测技术有限公司",
        "他们根本没来我们厂采样，第二天就拿出了盖章的报告。",
        "new",
    ),
    (
        "12369",
        "air",
        (),
        "411082",
        "company",
        "长葛中禾发制品有限公司",
        "每天凌晨两点左右冒黑烟，有刺鼻的味道，持续一个小时。",
        "reply",
    ),
    ("12369", "water", (), "411024", "unknown", "", "村东头的小河这几天发黑发臭，有死鱼。", "late"),
    (
        "12369",
        "interference",
        ("I01",),
        "411003",
        "official",
        "",
        "单位领导开会暗示下个月的数据必须达标，不达标就换人。",
        "new",
    ),
    (
        "12369",
        "factory_noise",
        (),
        "411002",
        "company",
        "许昌盛达铸造有限公司",
        "夜里冲床一直响，窗户都在抖。",
        "close",
    ),
    ("12365", "instrument", (), "411025", "company", "", "加油站旁边卖的检测仪没有合格证，读数差很多。", "accept"),
    (
        "12369",
        "data_fraud",
        ("T04",),
        "xc-demo-zone",
        "company",
        "许昌永泰化工有限公司",
        "厂后墙有一根暗管，下雨天就往外排。",
        "transfer",
    ),
)
# Invented places in open country, so that some reports show a point on the map.
POINTS = {
    "411002": Point(34.041, 113.846),
    "411003": Point(34.092, 113.894),
    "411024": Point(34.118, 114.221),
    "411025": Point(33.871, 113.512),
    "411081": Point(34.171, 113.429),
    "411082": Point(34.206, 113.802),
}


def seed_reports(
    session: Session,
    now: datetime,
    rng: random.Random,
    *,
    officers: Mapping[str, tuple[Actor, Keyring]],
    receipts: Mapping[str, ReceiptKeys],
) -> None:
    """`receipts` by what became of the report; the others lead nowhere."""
    calendar = WorkingCalendar.load(session)
    for number, (channel, subject, acts, county, kind, name, words, fate) in enumerate(_STORIES):
        days = 40 if fate == "late" else rng.randint(1, 9)
        filed_at = now - timedelta(days=days)
        official = kind == "official"
        submission = Submission(
            category_channel=channel,
            received_by="web" if number % 3 else "12345_transfer",
            subject=subject,
            acts=acts,
            county=county,
            place="演示地点",
            accused=Accused(kind, name, department_code="xc-ecology-jianan" if official else None),
            when="最近一个月",
            words=words,
            identity=Identity("演示人", "演示联系方式") if number == 2 else None,
            point=POINTS.get(county or "") if number % 2 else None,
        )
        filing = Desk(calendar=calendar, actor=ANONYMOUS, at=filed_at)
        report = operations.file_report(
            session, submission, keys=receipts.get(fate) or ReceiptKeys.of_nobody(), desk=filing
        )
        _handle(session, report, fate, calendar, officers, now)


def _handle(
    session: Session,
    report: Report,
    fate: str,
    calendar: WorkingCalendar,
    officers: Mapping[str, tuple[Actor, Keyring]],
    now: datetime,
) -> None:
    officer = officers.get(report.responsible_code)
    if officer is None or fate in ("new", "late"):
        return
    actor, keys = officer
    desk = Desk(calendar=calendar, actor=actor, at=now - timedelta(hours=20), keys=keys)
    if fate == "transfer":
        operations.transfer(session, report, "xc-ecology-shifan", "属地在示范区，请示范区分局核查。", desk)
        return
    operations.accept(session, report, desk)
    if fate in ("reply", "close"):
        operations.investigate(session, report, desk)
        operations.reply(session, report, "已到现场核查，问题属实，已责令整改。感谢您的举报。", desk)
    if fate == "close":
        operations.close(session, report, desk)
