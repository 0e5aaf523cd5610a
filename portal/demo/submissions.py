"""Two invented systems, one with a draft and one for hours, so that the pages of both have something to show."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.accounts.models import User
from portal.enforcement.kinds import PENALTY
from portal.submissions import operations

SYSTEM = "长葛执法办案系统（演示）"
STATIONS = "市自动监测站平台（演示）"
CONTENT = {
    "party_name": "长葛市云帆环境检测有限公司",
    "county_code": "411082",
    "party_type": "organisation",
    "decision_no": "豫1082环罚决字〔2026〕57号",
    "acts": ["F04"],
    "violation_type": "伪造监测时间",
    "violation_facts": "该单位出具的三份监测报告所写采样时间，采样人员并不在现场。",
    "penalty_basis": "《生态环境监测条例》",
    "penalty_types": ["P21"],
    "penalty_content": "罚款人民币五万元。",
    "fine_wan_yuan": "5",
    "authority_name": "许昌市生态环境局长葛分局",
    "source_org_name": "许昌市生态环境局长葛分局",
}


def seed_submissions(session: Session, now: datetime, people: Mapping[str, User]) -> None:
    at = now - timedelta(days=1)
    operations.let_in(session, SYSTEM, "xc-ecology-changge", ["penalty"], actor=people["admin"].as_actor(), at=at)
    operations.let_in(session, STATIONS, "xc-ecology", ["observations"], actor=people["admin"].as_actor(), at=at)
    content = {**CONTENT, "decided_on": (now - timedelta(days=3)).date().isoformat()}
    operations.take(session, SYSTEM, PENALTY, content, idempotency_key="AJ-2026-0057", body_digest=bytes(32), at=at)
