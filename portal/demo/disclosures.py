"""Invented penalties, blacklist entries and notices of the demo city, put through the real gate by two people."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from core.accounts.actor import Actor
from core.clock import local_date
from core.falsification_acts import ACTS
from core.ledger.log import Log
from core.places import COUNTIES, county
from portal.demo.gate import settle_consultations
from portal.demo.releases import release_notices
from portal.enforcement.kinds import BLACKLIST, PENALTY
from portal.notices.kinds import NOTICE
from portal.publishing import operations
from portal.publishing.endings import expire_due
from portal.publishing.kinds import DisclosureKind

PENALTIES, LISTINGS = 60, 10
_FIRST = (
    "宏源",
    "清川",
    "盛达",
    "永泰",
    "恒信",
    "中禾",
    "绿洲",
    "天衡",
    "汇通",
    "鑫泰",
    "润泽",
    "华盛",
    "瑞丰",
    "金桥",
    "嘉禾",
)
_TRADES = ("环境检测技术", "检测服务", "污水处理", "建材", "化工", "纸业", "铸造", "食品", "发制品", "热力")
_FACTS = {
    "T": "现场检查发现，该单位{act}。经调取在线监控数据、运维记录和视频，{months}期间上传的{item}数据与实际不符。",
    "F": "经核查该单位出具的{count}份监测报告，{act}，报告所列{item}结果没有真实的采样和分析过程支持。",
    "I": "调查查明，该单位负责人{act}，致使{months}期间的{item}监测数据失真。",
}
_ITEMS = ("化学需氧量", "氨氮", "颗粒物", "二氧化硫", "氮氧化物", "非甲烷总烃")
_NOTICES = (
    (
        "announcement",
        "关于公布2026年第三季度监测机构检查结果的公告",
        "对全市 28 家社会化环境监测机构开展检查，发现问题 17 个，已责令整改。",
    ),
    (
        "warning",
        "关于重污染天气可能过程的预警",
        "预计未来三天扩散条件转差，请有关单位做好应急减排准备，公众减少户外活动。",
    ),
    ("interview", "对3家自动监控运维单位的约谈情况", "因运维台账不全、数据缺失较多，对 3 家运维单位负责人进行了约谈。"),
    ("inspection", "双随机抽查结果公示（2026年9月）", "抽取 20 家排污单位，发现自行监测不规范 4 家，已移交属地处理。"),
    (
        "announcement",
        "关于开展监测数据质量专项行动的通知",
        "即日起至年底，对重点排污单位自动监测数据开展专项核查，欢迎社会监督。",
    ),
    (
        "announcement",
        "环境监测数据弄虚作假举报奖励办法解读",
        "举报查实的给予奖励；内部人员举报从重奖励；身份严格保密。",
    ),
)


def company_code(rng: random.Random) -> str:
    """A credit code that passes its check and lies in Xuchang; of nobody."""
    body = "914110" + str(rng.choice((2, 3, 24, 25, 81, 82)))[:2].zfill(2)
    organisation = "".join(rng.choice("0123456789ABCDEFGH") for _ in range(9))
    return str(body + organisation + uscc.calc_check_digit(body + organisation))


def seed_disclosures(
    session: Session, now: datetime, rng: random.Random, *, log: Log, author: Actor, approver: Actor
) -> None:
    companies = [_company(rng, number) for number in range(24)]
    records: list[tuple[datetime, DisclosureKind, dict[str, Any]]] = []
    for number in range(PENALTIES):
        at = now - timedelta(days=rng.randint(8, 1400))
        company = companies[0] if number in (0, 7) else rng.choice(companies)
        records.append((at + timedelta(days=5), PENALTY, _penalty(rng, company, number, at)))
    for number in range(LISTINGS):
        at = now - timedelta(days=rng.randint(8, 700))
        records.append((at + timedelta(days=3), BLACKLIST, _listing(rng, companies[number], number, at)))
    for number, (kind, title, text) in enumerate(_NOTICES):
        at = now - timedelta(days=6 * number + 1)
        records.append((at, NOTICE, _notice(kind, title, text, at)))
    records += [(at, NOTICE, content) for at, content in release_notices(now)]
    for at, disclosure_kind, content in sorted(records, key=lambda one: one[0]):
        expire_due(session, log=log, at=at)
        _publish(session, disclosure_kind, content, log=log, author=author, approver=approver, at=at)
    expire_due(session, log=log, at=now)
    _waiting(session, rng, companies, author=author, now=now)


def _company(rng: random.Random, number: int) -> dict[str, str]:
    if number == 0:
        return {"party_name": "许昌宏源环境检测技术有限公司", "party_uscc": company_code(rng), "county_code": "411002"}
    where = COUNTIES[number % len(COUNTIES)]
    place = "许昌" if where.is_functional_zone else where.short_name
    name = f"{place}{_FIRST[number % len(_FIRST)]}{rng.choice(_TRADES)}有限公司"
    return {"party_name": name, "party_uscc": company_code(rng), "county_code": where.code}


def _penalty(rng: random.Random, company: Mapping[str, str], number: int, at: datetime) -> dict[str, Any]:
    act = rng.choice(ACTS)
    decided = local_date(at)
    branch = county(company["county_code"])
    facts = _FACTS[act.code[0]].format(
        act=act.plain,
        months=f"{decided.year}年{max(1, decided.month - 3)}月至{max(1, decided.month - 1)}月",
        item=rng.choice(_ITEMS),
        count=rng.randint(2, 30),
    )
    market = "检测" in company["party_name"] and rng.random() < 0.3
    authority = "许昌市市场监督管理局" if market else f"许昌市生态环境局{branch.short_name}分局"
    fine = rng.choice(("2", "3.5", "5", "10", "18", "20", "35", "60"))
    return {
        **company,
        "party_type": "organisation",
        "decision_no": f"{'许市监处罚' if market else '豫1000环罚决字'}〔{decided.year}〕{number + 1}号",
        "acts": [act.code],
        "violation_type": act.name,
        "violation_facts": facts,
        "penalty_basis": "《生态环境监测条例》及有关法律、法规（演示数据，不代表真实案件）",
        "penalty_types": ["P21"] if rng.random() < 0.8 else ["P21", "P22"],
        "penalty_content": f"罚款人民币{fine}万元，责令改正违法行为。",
        "fine_wan_yuan": fine,
        "decided_on": decided.isoformat(),
        "authority_name": authority,
        "source_org_name": authority,
    }


def _listing(rng: random.Random, company: Mapping[str, str], number: int, at: datetime) -> dict[str, Any]:
    act = rng.choice(ACTS)
    return {
        **company,
        "party_type": "organisation",
        "list_type": ("serious_dishonesty", "market_serious", "monitoring_record")[number % 3],
        "list_authority_basis": "《环境监测数据弄虚作假行为判定及处理办法》（环发〔2015〕175号）",
        "listed_reason": f"因{act.plain}受到行政处罚，情节严重。",
        "acts": [act.code],
        "listing_decision_no": f"许环失信〔{at.year}〕{number + 1}号",
        "listed_on": local_date(at).isoformat(),
        "authority_name": "许昌市生态环境局",
        "measures": "限制参与政府采购；列为重点监管对象。",
    }


def _notice(kind: str, title: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "title": title,
        "notice_type": kind,
        "text": f"<p>{text}</p><p>本公告为演示内容。</p>",
        "authority_name": "许昌市生态环境局",
        "issued_on": local_date(at).isoformat(),
    }


def _publish(
    session: Session,
    kind: DisclosureKind,
    content: dict[str, Any],
    *,
    log: Log,
    author: Actor,
    approver: Actor,
    at: datetime,
) -> None:
    disclosure = operations.draft(session, kind, content, actor=author, at=at)
    operations.submit(session, disclosure, actor=author, at=at)
    settle_consultations(session, disclosure, approver, at)
    operations.approve_and_publish(session, disclosure, log=log, actor=approver, at=at)


def _waiting(
    session: Session, rng: random.Random, companies: list[dict[str, str]], *, author: Actor, now: datetime
) -> None:
    """Two that wait for review and one draft, so that the board has something on it."""
    for number in range(3):
        at = now - timedelta(days=4 - number)
        content = _penalty(rng, companies[number + 3], PENALTIES + number, at)
        disclosure = operations.draft(session, PENALTY, content, actor=author, at=at)
        if number < 2:
            operations.submit(session, disclosure, actor=author, at=at)
