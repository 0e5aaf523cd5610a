"""What only the house itself can compare: rows that outsiders never see whole, beside the leaves and the texts.

Lists, search and feeds read `public_record`; it must say what its version says. The audit chain must hang together.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import AuditEvent
from core.keys import escrow
from core.ledger.models import LogLeaf
from portal.key_uses.kinds import KEY_USE
from portal.ledger.verify.findings import Finding
from portal.ledger.verify.records import LIVE
from portal.monitoring.models import Observation, PastObservation
from portal.publishing.kinds import kind_named
from portal.publishing.ledger import LOG
from portal.publishing.models import DisclosureVersion, PublicRecord, PublicRecordAct

Leaf = Mapping[str, Any]


def findings(session: Session) -> Iterator[Finding]:
    leaves = select(LogLeaf.entry).where(LogLeaf.log == LOG).order_by(LogLeaf.place)
    published = {}
    for entry in session.scalars(leaves):
        leaf = json.loads(entry)
        if leaf["k"] in LIVE:
            published[leaf["r"], leaf["rev"]] = leaf
    yield from _version_findings(session, dict(published))
    for record in session.scalars(select(PublicRecord).order_by(PublicRecord.id)):
        yield from _projection_findings(session, record, published)
    yield from _hour_findings(session)
    yield from _escrow_findings(session, published)
    broken = audit.first_break(session.scalars(select(AuditEvent).order_by(AuditEvent.number)))
    if broken is not None:
        yield Finding("audit-broken", f"审计链从第 {broken} 条起接不上（the audit chain breaks）")


def _hour_findings(session: Session) -> Iterator[Finding]:
    """Hours that no batch holds, and those put back to what an earlier batch said."""
    unlogged = session.scalar(select(func.count()).select_from(Observation).where(Observation.release_id.is_(None)))
    if unlogged:
        yield Finding("hours-unlogged", f"{unlogged} 个小时值不在账本里（measured hours that are not in the log）")
    place = and_(PastObservation.station_id == Observation.station_id, PastObservation.hour_end == Observation.hour_end)
    older = PastObservation.release_id >= Observation.release_id
    back = session.scalar(select(func.count()).select_from(Observation).join(PastObservation, place).where(older))
    if back:
        yield Finding("hours-reordered", f"{back} 个小时值被换回更正以前的数值（hours put back to what was corrected）")


def _escrow_findings(session: Session, published: Mapping[tuple[str, int], Leaf]) -> Iterator[Finding]:
    """Every opening of the escrow has its public record. Openings from before there were any name no purpose."""
    opened = select(AuditEvent.detail).where(AuditEvent.action == escrow.OPENED)
    uses = sum(1 for detail in session.scalars(opened) if "purpose" in detail)
    told = sum(1 for (_record, number), leaf in published.items() if leaf["y"] == KEY_USE.name and number == 1)
    if uses != told:
        text = f"保管密钥使用过 {uses} 次，账本里有 {told} 次（uses of the escrow that the log does not tell）"
        yield Finding("escrow-untold", text)


def _version_findings(session: Session, published: dict[tuple[str, int], Leaf]) -> Iterator[Finding]:
    """Also of records that are no longer public."""
    for version in session.scalars(select(DisclosureVersion)):
        leaf = published.pop((version.disclosure_id, version.version), None)
        name = f"记录 {version.disclosure_id} 第 {version.version} 版"
        if leaf is None:
            yield Finding("unlogged", f"{name}账本里没有（a version that is not in the log）")
        elif (leaf["c"], leaf["t"], leaf["u"]) != _as_logged(version):
            yield Finding("version-changed", f"{name}的承诺、时间或公示期与账本不同（commitment, time or term differ）")
    for record, number in published:
        yield Finding("silent-deletion", f"记录 {record} 第 {number} 版静默删除（its version row is gone）")


def _as_logged(version: DisclosureVersion) -> tuple[str, str, str | None]:
    until = version.publicity_until.isoformat() if version.publicity_until else None
    return version.commitment, f"{version.at:%Y-%m-%dT%H:%M:%SZ}", until


def _projection_findings(
    session: Session, record: PublicRecord, published: Mapping[tuple[str, int], Leaf]
) -> Iterator[Finding]:
    summary = kind_named(record.kind).summarise(record.body)
    first, last = published.get((record.id, 1)), published.get((record.id, record.version))
    acts = set(session.scalars(select(PublicRecordAct.act_code).where(PublicRecordAct.record_id == record.id)))
    shown = {
        "title": (record.title, summary.title),
        "summary": (record.summary, summary.summary),
        "party_name": (record.party_name, summary.party_name),
        "party_uscc": (record.party_uscc, summary.party_uscc),
        "county_code": (record.county_code, summary.county_code),
        "authority": (record.authority, summary.authority),
        "decided_on": (record.decided_on, summary.decided_on),
        "acts": (acts, set(summary.acts)),
        "published_at": (f"{record.published_at:%Y-%m-%dT%H:%M:%SZ}", first and first["t"]),
        "updated_at": (f"{record.updated_at:%Y-%m-%dT%H:%M:%SZ}", last and last["t"]),
        "publicity_until": (record.publicity_until and record.publicity_until.isoformat(), last and last["u"]),
        "kind": (record.kind, last and last["y"]),
    }
    changed = [name for name, (is_, must_be) in shown.items() if is_ != must_be]
    if changed:
        names = "、".join(changed)
        yield Finding(
            "list-changed", f"记录 {record.id} 在列表里的 {names} 被改，与公开的版本不同（projection changed）"
        )
