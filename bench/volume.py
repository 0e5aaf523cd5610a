"""A hundred thousand published penalties, the same in every run, written in bulk past the gate's verbs.

The bodies, versions and summaries come from the product's own rules; only the drafting, reviewing and auditing of each
one are left out, since those are measured by the import.
"""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import rfc8785
from sqlalchemy import Insert, func, insert, select
from sqlalchemy.orm import Session

from core.accounts.operations import user_named
from core.database import Database, unit_of_work
from core.falsification_acts import ACTS
from core.places import COUNTIES
from portal.demo.disclosures import company_code
from portal.enforcement.kinds import PENALTY
from portal.publishing.ledger_leaf import commitment
from portal.publishing.models import (
    Change,
    Disclosure,
    DisclosureVersion,
    PublicRecord,
    PublicRecordAct,
    VersionContent,
)

SEED = 411000
COMPANIES = 5_000
BATCH = 2_000
LAST_DAY = date(2026, 10, 31)
DAYS = 5 * 365
FIRST_SERIAL = 100_000
FIRST = "宏清盛永恒中绿天汇鑫润华瑞金嘉安博长德东丰富光广海和弘宏鸿"
SECOND = "源川达泰信禾洲衡通泽盛桥远创成驰林龙明宁平奇强荣升顺腾兴洋"
TRADES = ("环境检测技术", "检测服务", "污水处理", "建材", "化工", "纸业", "铸造", "食品", "发制品", "热力")
ITEMS = ("化学需氧量", "氨氮", "颗粒物", "二氧化硫", "氮氧化物", "非甲烷总烃", "总磷", "总氮")
FACTS = (
    "现场检查发现，该单位{act}。经调取在线监控数据、运维记录和视频，{month}月至{until}月上传的{item}数据与实际不符。",
    "经核查该单位出具的{count}份监测报告，{act}，报告所列{item}结果没有真实的采样和分析过程支持。",
    "调查查明，该单位负责人{act}，致使{month}月至{until}月的{item}监测数据失真，涉及{count}个时段。",
)

Company = dict[str, str]


def companies(rng: random.Random) -> list[Company]:
    """Invented ones, each with a credit code that passes its check."""
    return [_company(rng) for _ in range(COMPANIES)]


def _company(rng: random.Random) -> Company:
    county = rng.choice(COUNTIES)
    name = f"{county.short_name}{rng.choice(FIRST)}{rng.choice(SECOND)}{rng.choice(TRADES)}有限公司"
    return {"party_name": name, "party_uscc": company_code(rng), "county_code": county.code}


def contents(count: int, seed: int = SEED, first_serial: int = FIRST_SERIAL) -> Iterator[dict[str, Any]]:
    """`count` complete drafts of penalties."""
    rng = random.Random(seed)
    parties = companies(rng)
    names = {one.code: one.short_name for one in COUNTIES}
    for serial in range(first_serial, first_serial + count):
        company = rng.choice(parties)
        authority = f"许昌市生态环境局{names[company['county_code']]}分局"
        yield {**company, "party_type": "organisation", **_decision(rng, serial, authority)}


def _decision(rng: random.Random, serial: int, authority: str) -> dict[str, Any]:
    act, day = rng.choice(ACTS), LAST_DAY - timedelta(days=rng.randrange(DAYS))
    fine, month = str(rng.choice((2, 3.5, 5, 10, 18, 20, 35, 60))), rng.randint(1, 9)
    facts = rng.choice(FACTS)
    return {
        "decision_no": f"豫1000环罚决字〔{day.year}〕{serial}号",
        "acts": [act.code],
        "violation_type": act.name,
        "violation_facts": facts.format(
            act=act.plain, month=month, until=month + 3, item=rng.choice(ITEMS), count=rng.randint(2, 30)
        ),
        "penalty_basis": "《生态环境监测条例》及有关法律、法规",
        "penalty_types": ["P21"],
        "penalty_content": f"罚款人民币{fine}万元，责令改正违法行为。",
        "fine_wan_yuan": fine,
        "decided_on": day.isoformat(),
        "authority_name": authority,
        "source_org_name": authority,
    }


def fill(database: Database, count: int) -> list[str]:
    """Publish `count` penalties; the ids of some of them."""
    with database.read() as session:
        people = tuple(_account(session, name) for name in ("editor", "approver"))
        sequence = session.scalar(select(func.max(Change.sequence))) or 0
    source, written = contents(count), 0
    identifiers: list[str] = []
    while batch := list(islice(source, BATCH)):
        rows = [_Rows(sequence + written + n, content, people) for n, content in enumerate(batch, 1)]
        with unit_of_work(database) as session:
            _write(session, rows)
        identifiers.append(rows[0].key)
        written += len(batch)
    return identifiers


def _account(session: Session, sign_in_name: str) -> str:
    user = user_named(session, sign_in_name)
    assert user is not None
    return user.id


class _Rows:
    """The rows of one published penalty, in the order in which they refer to each other."""

    def __init__(self, sequence: int, content: dict[str, Any], people: tuple[str, ...]) -> None:
        self.sequence, self.content = sequence, content
        self.author, self.approver = people
        self.key = hashlib.sha256(f"penalty {sequence}".encode()).hexdigest()[:26]
        self.salt = hashlib.sha256(f"salt {sequence}".encode()).digest()
        self.body = PENALTY.public_part(content)
        self.canonical = rfc8785.dumps(self.body)
        self.at = datetime.fromisoformat(content["decided_on"]).replace(tzinfo=UTC) + timedelta(days=5)

    def disclosure(self) -> dict[str, Any]:
        return {
            "id": self.key,
            "kind": PENALTY.name,
            "state": "published",
            "draft": self.content,
            "natural_key": PENALTY.natural_key(self.content),
            "author_id": self.author,
            "reviewer_id": self.approver,
            "version": 1,
            "created_at": self.at,
            "changed_at": self.at,
        }

    def version(self) -> dict[str, Any]:
        return {
            "disclosure_id": self.key,
            "version": 1,
            "event": "publish",
            "commitment": commitment(self.salt, self.canonical),
            "author_id": self.author,
            "approver_id": self.approver,
            "at": self.at,
        }

    def held(self) -> dict[str, Any]:
        return {"disclosure_id": self.key, "version": 1, "body": self.canonical.decode(), "salt": self.salt}

    def change(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "record_id": self.key,
            "kind": PENALTY.name,
            "event": "publish",
            "at": self.at,
        }

    def record(self) -> dict[str, Any]:
        summary = vars(PENALTY.summarise(self.body)).copy()
        summary.pop("acts")
        moment = {"published_at": self.at, "updated_at": self.at}
        place = {"id": self.key, "kind": PENALTY.name, "version": 1, "sequence": self.sequence}
        return {**place, **summary, **moment, "body": self.body}

    def acts(self) -> list[dict[str, Any]]:
        return [{"record_id": self.key, "act_code": code} for code in self.body["acts"]]


def _write(session: Session, rows: list[_Rows]) -> None:
    """Parents before children; core inserts, without the unit of work's bookkeeping."""
    many: list[tuple[Insert, list[dict[str, Any]]]] = [
        (insert(Disclosure), [one.disclosure() for one in rows]),
        (insert(DisclosureVersion), [one.version() for one in rows]),
        (insert(VersionContent), [one.held() for one in rows]),
        (insert(Change), [one.change() for one in rows]),
        (insert(PublicRecord), [one.record() for one in rows]),
        (insert(PublicRecordAct), [act for one in rows for act in one.acts()]),
    ]
    for statement, values in many:
        session.execute(statement, values)
