"""Hours of measuring stations as the ledger shows them: a released batch, one hour of it with its proof."""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ledger import reading
from core.ledger.proof import TlogProof
from portal.monitoring.hour_text import line_proof
from portal.monitoring.models import ObservationRelease
from portal.monitoring.releasing import lines_of, release_named, released_hour
from portal.publishing.ledger import LOG

FORM = "%Y-%m-%dT%HZ"
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}Z", re.ASCII)


def batch(session: Session, record_id: str) -> bytes:
    """The lines of a released batch, in the order of their bytes, each with a newline."""
    release = release_named(session, record_id)
    if release is None:
        raise NotFound
    return joined(lines_of(session, release))


def joined(lines: Iterable[bytes]) -> bytes:
    """Lines as a file of them, each with a newline."""
    return b"".join(line + b"\n" for line in lines)


def hour_line(session: Session, station: str, hour: str) -> bytes:
    """The exact bytes of an hour (its end, 2026-11-25T08Z) as the pages show it now."""
    return _found(session, station, hour)[1]


def hour_proof(session: Session, station: str, hour: str) -> TlogProof:
    """The batch's leaf under a checkpoint; in the extra line the leaf itself and the way from the hour to its batch."""
    release, line = _found(session, station, hour)
    lines = lines_of(session, release)
    if line not in lines:
        raise NotFound
    place, hashes = line_proof(lines, line)
    [leaf] = reading.leaves_about(session, LOG, release.record_id)
    way: dict[str, Any] = {"count": len(lines), "hashes": [b64encode(one).decode() for one in hashes], "place": place}
    kept: dict[str, Any] = {"batch": way, "entry": leaf.entry.decode(), "line": line.decode()}
    return reading.proof(session, LOG, leaf.place, rfc8785.dumps(kept))


def _found(session: Session, station: str, hour: str) -> tuple[ObservationRelease, bytes]:
    if not _HOUR.fullmatch(hour):
        raise NotFound
    try:
        at = datetime.strptime(hour, FORM).replace(tzinfo=UTC)
    except ValueError:
        raise NotFound from None
    found = released_hour(session, station, at)
    if found is None:
        raise NotFound
    return found
