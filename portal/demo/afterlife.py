"""What becomes of records in the demo city: corrected, repaired, redacted, and listed month by month."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.clock import local_date
from core.ledger.log import Log
from core.working_calendar import WorkingCalendar
from portal.completeness.operations import make_manifest, withhold
from portal.enforcement.kinds import PENALTY
from portal.enforcement.repairs import Repair, repair
from portal.publishing import operations
from portal.publishing.models import Disclosure, PublicRecord

AUTHORITIES = ("许昌市生态环境局", "许昌市生态环境局魏都分局")
_FACTS = (
    "现场检查时，采样员王建国和李红未按规定采样，联系人：赵敏，办公电话0374-2960000，"
    "手机13800001111，取样车豫K00A11停在排放口旁。（演示内容，人物和号码均为虚构）"
)


def seed_afterlife(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    _correct(session, now, people, log)
    _repair(session, now, people, log)
    _to_redact(session, now, people)
    _manifests(session, now, people, log)


def _newest(session: Session, kind: str, skip: int = 0) -> PublicRecord:
    statement = select(PublicRecord).where(PublicRecord.kind == kind).order_by(PublicRecord.decided_on.desc())
    return session.scalars(statement.offset(skip).limit(1)).one()


def _correct(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    """Two penalties, each with another kind of mistake."""
    editor, approver = people["editor"].as_actor(), people["approver"].as_actor()
    for skip, reason, changes in (
        (0, "录入时写错了处罚内容，现按决定书更正", {"penalty_content": "责令改正违法行为，罚款按决定书执行。"}),
        (2, "违法事实漏写了查明的次数", {}),
    ):
        disclosure = session.get_one(Disclosure, _newest(session, "penalty", skip).id)
        changed = changes or {"violation_facts": f"经复核共三次。{disclosure.draft['violation_facts']}"}
        operations.correct(session, disclosure, reason, actor=editor, at=now)
        operations.revise(session, disclosure, {**disclosure.draft, **changed}, actor=editor, at=now)
        operations.submit(session, disclosure, actor=editor, at=now)
        operations.approve_and_publish(session, disclosure, log=log, actor=approver, at=now)


def _repair(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    record = _newest(session, "blacklist", 5)
    decision = Repair("许昌市生态环境局", "许环信修〔2026〕1号（演示）", local_date(now), "removed")
    repair(session, record, (), decision, log=log, actor=people["approver"].as_actor(), at=now)


def _to_redact(session: Session, now: datetime, people: Mapping[str, User]) -> None:
    """A draft with personal data in it, for the page that redacts, and one that is withheld with a reason."""
    editor = people["editor"].as_actor()
    pattern = session.get_one(Disclosure, _newest(session, "penalty", 1).id).draft
    for number, facts in ((901, _FACTS), (902, "涉案工艺参数属于商业秘密，待核。")):
        decided = local_date(now - timedelta(days=40)).isoformat()
        content = {
            **pattern,
            "decision_no": f"豫1000环罚决字〔{now.year}〕{number}号",
            "violation_facts": facts,
            "decided_on": decided,
            "authority_name": AUTHORITIES[1],
        }
        disclosure = operations.draft(session, PENALTY, content, actor=editor, at=now)
        if number == 902:
            withhold(session, disclosure, "涉及商业秘密，正在征求第三方意见", "政府信息公开条例第十五条", actor=editor)


def _manifests(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    """The last two months of two authorities; the newest of the second still waits for approval."""
    editor, approver = people["editor"].as_actor(), people["approver"].as_actor()
    calendar, this_month = WorkingCalendar.load(session), local_date(now).replace(day=1)
    months = [_before(_before(this_month)), _before(this_month)]
    for authority in AUTHORITIES:
        for month in months:
            made = make_manifest(session, authority, f"{month:%Y-%m}", calendar=calendar, actor=editor, at=now)
            if (authority, month) != (AUTHORITIES[1], months[1]):
                operations.approve_and_publish(session, made, log=log, actor=approver, at=now)


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
