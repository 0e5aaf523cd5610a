"""Publishing as two people do it, in a line: for tests that need something public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.models import User
from core.database import Database, unit_of_work
from core.files.reading import Reading, cleaned_and_read
from core.ledger.log import Log
from portal.enforcement.kinds import BLACKLIST, PENALTY
from portal.notices.kinds import NOTICE
from portal.publishing import attachments, operations
from portal.publishing.kinds import DisclosureKind
from portal.publishing.models import Disclosure

COMPANY = "许昌宏源环境检测技术有限公司"
USCC = "91411000MA3X4TWT1J"
PENALTY_FIELDS: dict[str, Any] = {
    "party_name": COMPANY,
    "party_uscc": "",
    "county_code": "411002",
    "party_type": "organisation",
    "decision_no": "豫1000环罚决字〔2026〕12号",
    "acts": ["T03"],
    "violation_type": "篡改监测数据",
    "violation_facts": "该单位稀释样品，上传数据与实际不符。",
    "penalty_basis": "《生态环境监测条例》",
    "penalty_types": ["P21"],
    "penalty_content": "罚款人民币五万元。",
    "fine_wan_yuan": "5",
    "decided_on": "2026-10-08",
    "authority_name": "许昌市生态环境局魏都分局",
    "source_org_name": "许昌市生态环境局魏都分局",
}
BLACKLIST_FIELDS: dict[str, Any] = {
    "party_name": COMPANY,
    "county_code": "411002",
    "party_type": "organisation",
    "list_type": "serious_dishonesty",
    "list_authority_basis": "环发〔2015〕175号",
    "listed_reason": "数据造假，情节严重。",
    "acts": ["T03"],
    "listing_decision_no": "许环失信〔2026〕1号",
    "listed_on": "2026-10-20",
    "authority_name": "许昌市生态环境局",
    "measures": "限制参与政府采购。",
}
NOTICE_FIELDS: dict[str, Any] = {
    "title": "关于监测机构检查结果的公告",
    "notice_type": "announcement",
    "text": "<p>检查 28 家。</p>",
    "authority_name": "许昌市生态环境局",
    "issued_on": "2026-10-30",
}
Files = Sequence[tuple[str, bytes]]
FIELDS = {"penalty": PENALTY_FIELDS, "blacklist": BLACKLIST_FIELDS, "notice": NOTICE_FIELDS}


class Publisher:
    """`people` as the fixture gives them; every call is its own transaction."""

    def __init__(self, database: Database, people: dict[str, User], log: Log) -> None:
        self.database, self.log = database, log
        self.editor, self.approver = people["editor"].as_actor(), people["approver"].as_actor()

    def publish(self, kind: DisclosureKind, at: datetime, files: Files = (), **changes: Any) -> str:
        """The id of a new public record."""
        with unit_of_work(self.database) as session:
            one = operations.draft(session, kind, {**FIELDS[kind.name], **changes}, actor=self.editor, at=at)
            self._attach(session, one, files, at)
            operations.submit(session, one, actor=self.editor, at=at)
            operations.approve_and_publish(session, one, log=self.log, actor=self.approver, at=at)
            return one.id

    def _attach(self, session: Session, one: Disclosure, files: Files, at: datetime) -> None:
        for name, content in files:
            kind = name.rsplit(".", 1)[1]
            reading = cleaned_and_read(kind, content)
            assert isinstance(reading, Reading), reading
            attachments.attach(session, one, name, kind, reading, actor=self.editor, at=at)

    def waiting(self, at: datetime, **changes: Any) -> str:
        """The id of a penalty that waits for its review."""
        with unit_of_work(self.database) as session:
            one = operations.draft(session, PENALTY, {**PENALTY_FIELDS, **changes}, actor=self.editor, at=at)
            operations.submit(session, one, actor=self.editor, at=at)
            return one.id

    def penalty(self, at: datetime, files: Files = (), **changes: Any) -> str:
        return self.publish(PENALTY, at, files, **changes)

    def blacklist(self, at: datetime, **changes: Any) -> str:
        return self.publish(BLACKLIST, at, **changes)

    def notice(self, at: datetime, **changes: Any) -> str:
        return self.publish(NOTICE, at, **changes)

    def approve(self, record_id: str, at: datetime, by: Actor | None = None) -> None:
        """What waits for review, whoever wrote it; `by` the approver unless said."""
        with unit_of_work(self.database) as session:
            one = session.get_one(Disclosure, record_id)
            operations.approve_and_publish(session, one, log=self.log, actor=by or self.approver, at=at)

    def correct(
        self, record_id: str, at: datetime, files: Files = (), without: Sequence[int] = (), **changes: Any
    ) -> None:
        with unit_of_work(self.database) as session:
            one = session.get_one(Disclosure, record_id)
            operations.correct(session, one, "原文有误", actor=self.editor, at=at)
            operations.revise(session, one, {**one.draft, **changes}, actor=self.editor, at=at)
            self._attach(session, one, files, at)
            for number in without:
                attachments.detach(session, one, number, actor=self.editor, at=at)
            operations.submit(session, one, actor=self.editor, at=at)
            operations.approve_and_publish(session, one, log=self.log, actor=self.approver, at=at)

    def withdraw(self, record_id: str, at: datetime, reason: str = "决定已被撤销") -> None:
        with unit_of_work(self.database) as session:
            one = session.get_one(Disclosure, record_id)
            operations.withdraw(session, one, reason, "行政处罚法第四十八条", log=self.log, actor=self.approver, at=at)
