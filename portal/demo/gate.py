"""The gate of the demo city at work: something waits in each state, one answer is overdue, one publication scheduled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import User
from core.accounts.permissions import Permission
from core.clock import local_date
from core.working_calendar import WorkingCalendar
from portal.notices.kinds import NOTICE
from portal.publishing import consent, consulting, operations, scheduling
from portal.publishing.consent import Answer
from portal.publishing.models import Disclosure

_AUTHORITY = "许昌市生态环境局"


def settle_consultations(session: Session, disclosure: Disclosure, actor: Actor, at: datetime) -> None:
    """Where the rules want other departments asked: asked, and agreed to by one of their people."""
    if not consent.standing(session, disclosure, local_date(at)).missing:
        return
    calendar = WorkingCalendar.load(session)
    for one in consulting.consult(session, disclosure, [], "", actor=actor, at=at, calendar=calendar):
        consulting.answer(session, one, Answer.AGREE, "", actor=_speaker(session, one.department_code), at=at)


def seed_gate(session: Session, now: datetime, people: Mapping[str, User]) -> None:
    editor, approver, market = (people[name].as_actor() for name in ("editor", "approver", "market-editor"))
    calendar = WorkingCalendar.load(session)

    def at(**ago: float) -> datetime:
        return now - timedelta(**ago)

    _waits(
        session,
        _notice("关于冬季供暖期锅炉监测抽查安排的通知", "抽查 12 家供热单位，名单另行公布。", at(days=1)),
        editor,
        at(days=1),
    )

    overdue = _waits(
        session,
        _notice(
            "上月全市空气质量情况", "全市优良天数 24 天，PM2.5 平均浓度 41 微克/立方米，与去年同期持平。", at(days=12)
        ),
        editor,
        at(days=12),
    )
    question = "请核对文中天气影响的说法。"
    consulting.consult(session, overdue, [], question, actor=approver, at=at(days=11), calendar=calendar)

    answered = _waits(
        session,
        _notice("清潩河断面水质月度情况", "国控断面水质达到Ⅲ类，主要污染物为氨氮。", at(days=6)),
        editor,
        at(days=6),
    )
    for one in consulting.consult(session, answered, [], "", actor=approver, at=at(days=5), calendar=calendar):
        remarks = "建议写明上游来水量偏少。"
        speaker = _speaker(session, one.department_code)
        consulting.answer(session, one, Answer.AGREE_WITH_REMARKS, remarks, actor=speaker, at=at(days=4))

    foreign = _waits(
        session,
        {
            **_notice("饮用水快检便民活动结果", "抽检 36 份样品，饮用水水源水质全部合格。", at(hours=30)),
            "authority_name": "许昌市市场监督管理局",
        },
        market,
        at(hours=30),
    )
    consulting.consult(session, foreign, [], "", actor=approver, at=at(hours=20), calendar=calendar)

    approved = _waits(
        session, _notice("第四季度双随机抽查计划", "抽查 20 家排污单位、6 家检测机构。", at(days=3)), editor, at(days=3)
    )
    operations.approve(session, approved, actor=approver, at=at(days=2))

    scheduled = _waits(
        session, _notice("自动监控设施比对监测公告", "下周一起开展比对监测，为期五天。", at(days=2)), editor, at(days=2)
    )
    operations.approve(session, scheduled, actor=approver, at=at(days=1))
    tomorrow = (now + timedelta(days=1)).replace(hour=1, minute=0, second=0, microsecond=0)
    scheduling.schedule(session, scheduled, tomorrow, actor=approver, at=at(hours=20))


def _waits(session: Session, content: dict[str, Any], author: Actor, at: datetime) -> Disclosure:
    """Drafted and submitted."""
    one = operations.draft(session, NOTICE, content, actor=author, at=at)
    operations.submit(session, one, actor=author, at=at)
    return one


def _notice(title: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "title": title,
        "notice_type": "announcement",
        "text": f"<p>{text}</p><p>本公告为演示内容。</p>",
        "authority_name": _AUTHORITY,
        "issued_on": local_date(at).isoformat(),
    }


def _speaker(session: Session, department: str) -> Actor:
    """Somebody of the demo who may answer for a department."""
    people = session.scalars(select(User).where(User.department_code == department).order_by(User.sign_in_name))
    return next(one.as_actor() for one in people if one.as_actor().may(Permission.ANSWER_CONSULTATION))
