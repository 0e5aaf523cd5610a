"""From one key to many: what an installation of before sealed under its key file is sealed anew to departments.

`setup` does it after the upgrade. It needs somebody to seal to, so the escrow has to be there; what cannot be sealed
anew yet stays as it is and waits for the next `setup`. Then the old key file and its backups can be destroyed.
"""

import json
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.envelopes import unlock, unpadded
from intake import case_keys
from intake.case_keys import Directory
from intake.key_models import EventText, ReportKey
from intake.models import CaseEvent, Report, SealedFile
from intake.receipt import ReceiptKeys
from intake.recipients import NobodyCanOpen


@dataclass(frozen=True)
class Resealed:
    """How many were sealed anew, and how many still wait."""

    done: int
    waiting: int


def reseal(session: Session, old_key: bytes, directory: Directory) -> Resealed:
    done = waiting = 0
    for report in session.scalars(select(Report).where(Report.id.not_in(select(ReportKey.report_id)))).all():
        try:
            directory.recipients(session, report)
        except NobodyCanOpen:
            waiting += 1
        else:
            _reseal_one(session, report, old_key, directory)
            done += 1
    return Resealed(done, waiting)


def _reseal_one(session: Session, report: Report, old_key: bytes, directory: Directory) -> None:
    """The old lookup was the receipt's master key itself, so the reporter's code goes on working."""

    def text(sealed: bytes, part: str) -> str:
        return unpadded(unlock(sealed, old_key, f"report|{report.id}|{part}")).decode()

    identity = text(report.sealed_identity, "identity") if report.sealed_identity else "null"
    body = json.dumps({**json.loads(text(report.sealed_body, "body")), "named": identity != "null"}, ensure_ascii=False)
    words = {one.id: text(one.sealed, f"event|{one.id}") for one in case_keys.texts_of(session, report)}
    metas = {one.id: text(one.sealed_meta, f"file|{one.id}") for one in case_keys.files_of(session, report)}
    shown = set(session.scalars(select(CaseEvent.text_id).where(CaseEvent.report_id == report.id, CaseEvent.is_public)))
    session.execute(delete(EventText).where(EventText.report_id == report.id))
    session.execute(delete(SealedFile).where(SealedFile.report_id == report.id))
    session.flush()
    session.expire_all()
    keys = ReceiptKeys.of(report.lookup)
    report.lookup = keys.lookup
    case_keys.create(session, report, keys, body=body, identity=identity, directory=directory)
    for text_id, content in words.items():
        case_keys.seal_event(session, report, text_id, content, is_shared=text_id in shown)
    for file_id, meta in metas.items():
        case_keys.seal_file_meta(session, report, file_id, meta)
    session.flush()
