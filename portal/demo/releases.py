"""Invented regular releases of the demo city: most in time, the newest air report late and explained, noise missing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.models import User
from core.clock import local_date
from portal.release import agreements, operations
from portal.release.rules import Promise, datasets, promises

_BACK = timedelta(days=190)
_LATE = timedelta(days=2, hours=3)
_TEXTS = {
    "air_monthly": ("城市空气质量月报", "全市优良天数 23 天，PM2.5 平均浓度 39 微克/立方米；各县区排名见附表。"),
    "water_monthly": ("地表水环境质量月报", "国控断面水质优良比例 100%，无劣Ⅴ类断面。"),
    "drinking_water": ("集中式饮用水水源水质状况", "3 个集中式饮用水水源水质全部达标。"),
    "bulletin": ("生态环境状况公报", "空气质量、水环境质量较上年改善，详见附件。"),
}


def release_notices(now: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    """(when it was published, what it says) of each release of the last half year."""
    newest_air = _newest(now, "air_monthly")
    found = []
    for code, promise in _due(now):
        late = promise == newest_air
        at = promise.due_at + _LATE if late else promise.due_at - timedelta(days=2, hours=8)
        if code in _TEXTS and at < now:
            found.append((at, _notice(code, promise.period, at)))
    return found


def seed_agreements(session: Session, now: datetime, people: Mapping[str, User]) -> None:
    """One in force, one that waits for the bureau."""
    today, editor, approver = local_date(now), people["editor"].as_actor(), people["approver"].as_actor()
    terms = "许环发〔2026〕8号（演示）：{name}的小时值由本部门自行发布，并对数据质量负责；发现错误一小时内更正。"
    for department, name, back in (("xc-meteorology", "气象观测场背景站", 60), ("xc-urban", "扬尘在线监测点", 0)):
        one = agreements.propose(
            session,
            "air_hourly",
            department,
            terms.format(name=name),
            first=today - timedelta(days=back),
            last=today + timedelta(days=365 - back),
            actor=editor,
            at=now - timedelta(days=back, hours=2),
        )
        if back:
            agreements.agree(session, one.id, actor=approver, at=now - timedelta(days=back, hours=1))


def seed_reasons(session: Session, now: datetime, people: Mapping[str, User]) -> None:
    """The late report is explained and confirmed; one more reason waits for its second person."""
    editor, approver = people["editor"].as_actor(), people["approver"].as_actor()
    air, noise = _newest(now, "air_monthly"), _newest(now, "noise_quarterly")
    if air is not None and air.due_at + _LATE < now:
        reason = "一个站点的数据在复核，等复核结果出来以后才汇总。今后先发布其余站点，复核结果随后更正。"
        one = operations.give_reason(session, "air_monthly", air.period, reason, actor=editor, at=air.due_at + _LATE)
        operations.confirm_reason(session, one.id, actor=approver, at=air.due_at + _LATE + timedelta(hours=1))
    if noise is not None:
        reason = "两个功能区点位设备检定未完成，预计下周发布。"
        operations.give_reason(session, "noise_quarterly", noise.period, reason, actor=editor, at=now)


def _due(now: datetime) -> list[tuple[str, Promise]]:
    today = local_date(now)
    rows = [row for row in datasets(today) if row["evidence"] == "release"]
    return [(row["code"], one) for row in rows for one in promises(row, today - _BACK, today) if one.due_at < now]


def _newest(now: datetime, wanted: str) -> Promise | None:
    return max((one for code, one in _due(now) if code == wanted), key=lambda one: one.due_at, default=None)


def _notice(code: str, period: str, at: datetime) -> dict[str, Any]:
    title, text = _TEXTS[code]
    return {
        "title": f"{title}（{period}）",
        "notice_type": "announcement",
        "text": f"<p>{text}</p><p>本公告为演示内容。</p>",
        "release": code,
        "period": period,
        "authority_name": "许昌市生态环境局",
        "issued_on": local_date(at).isoformat(),
    }
