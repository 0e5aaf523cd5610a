"""What the ledger's pages read of the published records."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ledger import reading
from core.ledger.log import Log
from core.ledger.models import LogWitness
from core.ledger.proof import TlogProof
from portal.publishing.kinds import Summary, all_kinds
from portal.publishing.ledger import LOG
from portal.publishing.models import Change, Disclosure, DisclosureVersion, PublicRecord
from portal.publishing.queries import record, versions

A_PAGE = 5000
CANDIDATES = 50
_RECORD_ADDRESS = re.compile(r"(?:https?://\S+/)?([0-9a-hjkmnp-tv-z]{26})(?:[/?#.]\S*)?")


def public_record(session: Session, record_id: str) -> PublicRecord:
    """NotFound or Gone as for the record's page."""
    disclosure = session.get(Disclosure, record_id)
    if disclosure is None:
        raise NotFound
    return record(session, disclosure.kind, record_id)


def body(session: Session, record_id: str, number: int | None) -> bytes:
    """The exact bytes of a version. The newest is read from what the pages show, so that nothing else is proved."""
    found = public_record(session, record_id)
    if number is None or number == found.version:
        return rfc8785.dumps(found.body)
    return _version(session, record_id, number).content.body.encode()  # type: ignore[union-attr]


def salt(session: Session, record_id: str, number: int | None) -> bytes:
    found = public_record(session, record_id)
    return bytes(_version(session, record_id, number or found.version).content.salt)  # type: ignore[union-attr]


def proof(session: Session, record_id: str, number: int | None) -> TlogProof:
    """With the salt and the entry in its extra line, so that it can be checked without the site."""
    found = public_record(session, record_id)
    wanted = number or found.version
    content = _version(session, record_id, wanted).content
    for leaf in reading.leaves_about(session, LOG, record_id):
        if json.loads(leaf.entry)["rev"] == wanted:
            kept = {"entry": leaf.entry.decode(), "salt": b64encode(content.salt if content else b"").decode()}
            return reading.proof(session, LOG, leaf.place, rfc8785.dumps(kept))
    raise NotFound


def history(session: Session, record_id: str) -> list[dict[str, Any]]:
    public_record(session, record_id)
    return [
        {
            "version": one.version,
            "event": one.event,
            "at": _instant(one.at),
            "reason": one.reason,
            "commitment": one.commitment,
            "until": one.publicity_until.isoformat() if one.publicity_until else None,
        }
        for one in versions(session, record_id)
    ]


def public_ids(session: Session, after: str) -> Sequence[str]:
    statement = select(PublicRecord.id).where(PublicRecord.id > after).order_by(PublicRecord.id)
    return session.scalars(statement.limit(A_PAGE)).all()


def changes(session: Session, after: int) -> list[dict[str, Any]]:
    """The change sequence, from the one after `after` on."""
    statement = select(Change).where(Change.sequence > after).order_by(Change.sequence).limit(A_PAGE)
    return [
        {"sequence": one.sequence, "record": one.record_id, "event": one.event, "at": _instant(one.at)}
        for one in session.scalars(statement)
    ]


def keys(session: Session, log: Log) -> list[dict[str, str | None]]:
    """Every key that ever signed, the oldest first; each later one with the proof that the log announced it."""
    proofs = [None, *map(str, reading.key_proofs(session, log.name))]
    return [{"vkey": str(one), "proof": proof} for one, proof in zip(log.verifiers(session), proofs, strict=True)]


def identical_version(session: Session, text: str) -> tuple[str, int] | None:
    """The public record and version that holds exactly this text (JSON in any layout); None where none does.

    Found by what lists index (kind, day, title), so that no text is compared with all there are.
    """
    try:
        body = json.loads(text)
        canonical = rfc8785.dumps(body).decode()
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        return None
    for candidate in _alike(session, body):
        for version in versions(session, candidate):
            if version.content is not None and version.content.body == canonical:
                return candidate, version.version
    return None


def _alike(session: Session, body: Any) -> Sequence[str]:
    found: list[str] = []
    for kind in all_kinds():
        try:
            summary = kind.summarise(body)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        statement = select(PublicRecord.id).where(
            PublicRecord.kind == kind.name, PublicRecord.decided_on == summary.decided_on
        )
        same_day = select(PublicRecord.id).where(PublicRecord.id.in_(statement), _is_about(summary))
        found += session.scalars(same_day.limit(CANDIDATES)).all()
    return found


def _is_about(summary: Summary) -> ColumnElement[bool]:
    return or_(PublicRecord.title == summary.title, PublicRecord.party_name == summary.party_name)


def record_named(text: str) -> str | None:
    """The id in a pasted id or address of a record's page; None for anything else."""
    found = _RECORD_ADDRESS.fullmatch(text.strip())
    return found[1] if found else None


def witnesses(session: Session) -> Sequence[LogWitness]:
    return session.scalars(select(LogWitness).where(LogWitness.log == LOG).order_by(LogWitness.name)).all()


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _version(session: Session, record_id: str, number: int) -> DisclosureVersion:
    found = session.get(DisclosureVersion, (record_id, number))
    if found is None or found.content is None:
        raise NotFound
    return found
