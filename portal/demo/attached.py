"""Files of a few records of the demo city, put through the same gate: a decision, a table, a scan that was looked at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.clock import local_date
from core.files.reading import Reading, cleaned_and_read
from core.ledger.log import Log
from portal.demo import paper
from portal.notices.kinds import NOTICE
from portal.publishing import attachments, operations
from portal.publishing.attachments import to_look_at
from portal.publishing.models import Disclosure, PublicRecord

Files = Sequence[tuple[str, bytes]]
_CHECKED = (
    ("序号", "机构", "检查项目", "发现的问题"),
    (1, "许昌清川检测服务有限公司", "现场采样", "采样泵流量未校准"),
    (2, "长葛恒信环境检测技术有限公司", "原始记录", "三份记录没有复核签字"),
    (3, "禹州天衡检测服务有限公司", "标准物质", "两种标准气体过期"),
)


def seed_attachments(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    _decision(session, now, people, log)
    _results(session, now, people, log)


def _decision(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    """The newest penalty but two gets its decision as it was typed, and a scan of the served copy."""
    newest = select(PublicRecord).where(PublicRecord.kind == "penalty").order_by(PublicRecord.decided_on.desc())
    record = session.scalars(newest.offset(3).limit(1)).one()
    one = session.get_one(Disclosure, record.id)
    editor = people["editor"].as_actor()
    operations.correct(session, one, "补充公开决定书全文", actor=editor, at=now)
    _attach(
        session,
        one,
        [("行政处罚决定书.pdf", paper.pdf([_typed(record.body)])), ("送达回证扫描件.pdf", paper.pdf([()]))],
        people,
        now,
    )
    _go_out(session, one, people, log, now)


def _results(session: Session, now: datetime, people: Mapping[str, User], log: Log) -> None:
    text = "<p>现公布第四季度首批检查结果，逐家问题见附件。</p><p>本公告为演示内容。</p>"
    content = {
        "title": "关于公布第四季度首批监测机构检查结果的公告",
        "notice_type": "announcement",
        "text": text,
        "authority_name": "许昌市生态环境局",
        "issued_on": local_date(now).isoformat(),
    }
    one = operations.draft(session, NOTICE, content, actor=people["editor"].as_actor(), at=now)
    told = ("现场检查按统一方案进行，由两人以上执法人员完成。", "被检查机构可以在十五日内书面陈述、申辩。")
    files = [("检查问题清单.xlsx", paper.workbook(_CHECKED)), ("检查情况说明.docx", paper.word("检查情况说明", told))]
    _attach(session, one, files, people, now)
    _go_out(session, one, people, log, now)


def _typed(body: Mapping[str, Any]) -> list[str]:
    facts = str(body["violation_facts"])
    lines = [facts[start : start + 36] for start in range(0, len(facts), 36)]
    return [
        str(body["authority_name"]),
        "行政处罚决定书",
        str(body["decision_no"]),
        f"当事人：{body['party_name']}",
        *lines,
        str(body["penalty_content"]),
        "（演示文件，不代表真实案件）",
    ]


def _attach(session: Session, one: Disclosure, files: Files, people: Mapping[str, User], now: datetime) -> None:
    for name, content in files:
        kind = name.rsplit(".", 1)[1]
        read = cleaned_and_read(kind, content)
        if not isinstance(read, Reading):
            raise TypeError(f"{name}: {read}")
        attachments.attach(session, one, name, kind, read, actor=people["editor"].as_actor(), at=now)


def _go_out(session: Session, one: Disclosure, people: Mapping[str, User], log: Log, now: datetime) -> None:
    approver = people["approver"].as_actor()
    operations.submit(session, one, actor=people["editor"].as_actor(), at=now)
    for file in to_look_at(one, approver):
        attachments.look(session, one, file.number, actor=approver, at=now)
    operations.approve_and_publish(session, one, log=log, actor=approver, at=now)
