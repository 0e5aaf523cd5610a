"""What a report holds, opened as the escrow of the tests opens it; and who else could."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from intake import case_keys, reading
from intake.models import Report
from intake.sealing import CaseSecrets
from tests.support.people import ESCROW


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
