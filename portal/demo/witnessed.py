"""The ledger of the demo city: a second key, announced by the log itself, and a checkpoint that a witness cosigned."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from core.accounts import SYSTEM
from core.ledger import reading
from core.ledger.cosigning import BROUGHT
from core.ledger.keys import SEED_BYTES
from core.ledger.log import Log
from core.ledger.models import LogCosignature, LogWitness
from core.ledger.note import Cosigner, taken_apart

NEWSPAPER = "witness.newspaper.example/demo"


def seed_second_key(session: Session, log: Log, now: datetime) -> None:
    """The last leaf of the fill: from it on both keys sign."""
    log.rotate(session, at=now)
    subject = f"ledger:{log.name}"
    audit.record(session, actor=SYSTEM, action="ledger.rotate_key", subject=subject, at=now, generation=2)


def seed_witness(session: Session, log: Log, now: datetime) -> None:
    """A newspaper's cosignature on the first checkpoint, once that is committed.

    Its key is forgotten at once, so that nobody, this site included, can cosign in its name again.
    """
    newest = reading.newest_checkpoint(session, log.name)
    assert newest is not None  # noqa: S101 - the fill published
    newspaper = Cosigner(NEWSPAPER, secrets.token_bytes(SEED_BYTES))
    line = newspaper.line(taken_apart(newest.note)[0], int(now.timestamp()))
    vkey = str(newspaper.verifier)
    session.add(LogWitness(log=log.name, name=NEWSPAPER, vkey=vkey, url=BROUGHT, last_size=newest.size, asked_at=now))
    session.add(LogCosignature(log=log.name, size=newest.size, witness=NEWSPAPER, line=line, at=now))
