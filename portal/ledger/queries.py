"""What the ledger's pages read of the published records."""

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ledger import reading
from core.ledger.proof import TlogProof
from portal.publishing.ledger import LOG
from portal.publishing.models import Disclosure, DisclosureVersion, PublicRecord
from portal.publishing.queries import record, versions

IDS_A_PAGE = 5000


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
            "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
            "commitment": one.commitment,
            "until": one.publicity_until.isoformat() if one.publicity_until else None,
        }
        for one in versions(session, record_id)
    ]


def public_ids(session: Session, after: str) -> Sequence[str]:
    statement = select(PublicRecord.id).where(PublicRecord.id > after).order_by(PublicRecord.id)
    return session.scalars(statement.limit(IDS_A_PAGE)).all()


def _version(session: Session, record_id: str, number: int) -> DisclosureVersion:
    found = session.get(DisclosureVersion, (record_id, number))
    if found is None or found.content is None:
        raise NotFound
    return found
