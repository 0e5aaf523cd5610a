"""What a report holds, opened as the escrow of the tests opens it; and who else could."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import User
from core.database import Database
from intake import case_keys, reading
from intake.identity_shares import together
from intake.models import Report
from intake.sealing import CaseSecrets
from tests.support.people import ESCROW, ring_of


def opened(session: Session, report: Report) -> CaseSecrets:
    root = case_keys.opened_by_escrow(session, report, ESCROW.secret, 1)[case_keys.CASE]
    return CaseSecrets.of(report.id, case_keys.epoch_of(session, report), root)


def story(database: Database) -> dict[str, Any]:
    """All that the one report holds, opened by the escrow."""
    with database.read() as session:
        report = session.scalars(select(Report)).one()
        case = opened(session, report)
        identity = case_keys.opened_by_escrow(session, report, ESCROW.secret, 1)[case_keys.IDENTITY]
        files = [(one.name, one.kind, one.size) for one in reading.files_of(session, report, case)]
        known = reading.identity_of(session, report, identity)
        return {**reading.body_of(report, case), "identity": known, "files": files}


def identity_by_two(session: Session, report: Report, people: Mapping[str, User]) -> bytes:
    """The identity's key of what the two custodians' departments hold."""
    rings = (ring_of(people[name]) for name in ("custodian", "second_custodian"))
    own, other = (case_keys.identity_part(session, report, ring) for ring in rings)
    root = together(own or b"", other)
    assert root is not None
    return root
