"""Credit repair: its result is taken in, and display, sharing and measures end together, in one transaction.

What hangs together ends together: a penalty with the listings that name it, a listing with the penalties that it names.
Whether the party's other records are repaired too is for the decision to say, so for the person who takes it in.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.clock import local_date
from core.errors import InvalidInput, Text
from core.identifiers import decision_number_key
from core.ids import new_id
from core.ledger.log import Log
from portal.enforcement.models import CreditRepair, RepairedRecord
from portal.publishing.endings import end
from portal.publishing.models import Disclosure, PublicRecord
from portal.publishing.queries import of_party

KINDS: dict[str, Text] = {
    "early": _l("提前终止公示"),
    "removed": _l("移出名单"),
    "measures": _l("解除惩戒措施"),
}
MOST_OF_A_PARTY = 200


@dataclass(frozen=True)
class Repair:
    """The decision that was taken in."""

    decided_by: str
    decision_no: str
    decided_on: date
    kind: str


def of_same_party(session: Session, record: PublicRecord) -> Sequence[PublicRecord]:
    found = of_party(session, record.party_uscc, record.party_name, but=record.id, limit=MOST_OF_A_PARTY)
    return [one for one in found if one.kind in ("penalty", "blacklist")]


def linked(record: PublicRecord, others: Sequence[PublicRecord]) -> list[PublicRecord]:
    """Those of `others` that name the record, or that it names, or that hang on such a one."""
    joined, waiting = {record.id: record}, [record]
    while waiting:
        one = waiting.pop()
        for other in others:
            if other.id not in joined and (_names(one, other) or _names(other, one)):
                joined[other.id] = other
                waiting.append(other)
    return [one for one in others if one.id in joined]


def repair(
    session: Session,
    record: PublicRecord,
    also: Collection[str],
    decision: Repair,
    *,
    log: Log,
    actor: Actor,
    at: datetime,
) -> list[str]:
    """End the record, all that is linked, and those of the party's others that `also` names; the ids of all of them."""
    _must_be_possible(record, decision, local_date(at))
    others = of_same_party(session, record)
    tied = {one.id for one in linked(record, others)}
    ended = [record, *(one for one in others if one.id in tied or one.id in also)]
    kept = CreditRepair(
        id=new_id(),
        decided_by=decision.decided_by,
        decision_no=decision.decision_no,
        decided_on=decision.decided_on,
        kind=decision.kind,
        recorded_by=actor.user_id,
        at=at,
    )
    session.add(kept)
    session.flush()
    for one in ended:
        session.add(RepairedRecord(repair_id=kept.id, disclosure_id=one.id))
        disclosure = session.get_one(Disclosure, one.id)
        end(session, disclosure, "repair", f"repair:{decision.kind}", log=log, actor=actor, at=at)
    return [one.id for one in ended]


def _names(listing: PublicRecord, penalty: PublicRecord) -> bool:
    """Whether a listing says that it rests on this penalty."""
    related, number = listing.body.get("related_decision_no"), penalty.body.get("decision_no")
    if listing.kind != "blacklist" or penalty.kind != "penalty" or not related or not number:
        return False
    keys = {decision_number_key(part) for part in re.split(r"[；;、,，\s]+", related) if part}
    return decision_number_key(number) in keys


def _must_be_possible(record: PublicRecord, decision: Repair, today: date) -> None:
    if decision.decided_on > today:
        raise InvalidInput({"decided_on": _l("修复决定的日期不能在今天以后。")})
    if decision.decided_on < record.decided_on:
        raise InvalidInput(
            {"decided_on": _l("修复决定不会早于处罚或列入的日期（%(day)s）。", day=f"{record.decided_on}")}
        )
