"""Hours of measuring stations from a department's system: through the import's own reader, released with its leaf.

What is taken is public at once, on the ground of the unified release or of a standing agreement; nothing waits for an
editor, because nobody reviews forty thousand numbers an hour one by one. Each refused row is told with its reason.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.actor import Actor
from core.accounts.permissions import Permission
from core.errors import InvalidInput
from core.ledger.log import Log
from portal.monitoring.importers import Reject, Source
from portal.monitoring.operations import COUNTS, ImportReport, import_hours
from portal.submissions.models import ObservationSubmission
from portal.submissions.operations import OBSERVATIONS, IdempotencyKeyUsed, must_take, system_named

ORIGIN = "api"
MOST_LISTED = 1000
LARGEST_ID = 2**31 - 1


@dataclass
class _Refused:
    """The first refused rows, in the words of whoever sent them."""

    source: Source
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, reject: Reject) -> None:
        if len(self.listed) < MOST_LISTED:
            column = self.source.shown(reject.column)
            value = reject.value.encode("utf-8", "backslashreplace").decode()
            said = {"row": reject.line, "column": column, "value": value, "reason": str(reject.reason)}
            self.listed.append(said)


def take_hours(
    session: Session,
    name: str,
    source: Source,
    *,
    idempotency_key: str,
    body_digest: bytes,
    log: Log,
    at: datetime,
) -> tuple[ObservationSubmission, bool]:
    """What became of the rows, and whether they are new: the same body under the same key is not read again.

    InvalidInput, and nothing kept, where no row at all could be taken.
    """
    system = system_named(session, name, to_change=True)
    must_take(system, OBSERVATIONS)
    known = session.get(ObservationSubmission, (name, idempotency_key))
    if known is not None:
        if known.body_digest != body_digest:
            raise IdempotencyKeyUsed
        return known, False
    actor = Actor(system.user_id, name, system.department_code, frozenset({Permission.IMPORT_DATA}))
    refused = _Refused(source)
    report = import_hours(
        session, source, name=idempotency_key, source=ORIGIN, log=log, actor=actor, at=at, on_reject=refused.add
    )
    if not report.inserted + report.changed + report.unchanged:
        raise InvalidInput(_all_refused(refused.listed))
    taken = ObservationSubmission(
        system=name,
        idempotency_key=idempotency_key,
        body_digest=body_digest,
        batch_id=report.batch_id,
        answer=_answer(report, refused.listed),
        at=at,
    )
    session.add(taken)
    session.flush()
    return taken, True


def sent_hours(session: Session, name: str, batch_id: int) -> ObservationSubmission | None:
    """What this very system sent in that batch."""
    if batch_id > LARGEST_ID:
        return None
    these = (ObservationSubmission.system == name, ObservationSubmission.batch_id == batch_id)
    return session.scalar(select(ObservationSubmission).where(*these))


def _answer(report: ImportReport, listed: list[dict[str, Any]]) -> dict[str, Any]:
    counts = {name: getattr(report, name) for name in COUNTS}
    return {"rows": report.rows, **counts, "new_stations": report.new_stations, "rejected": listed}


def _all_refused(listed: list[dict[str, Any]]) -> dict[str, str]:
    """Row and column, and what is wrong there."""
    found = {f"{one['row']}.{one['column']}".rstrip("."): one["reason"] for one in listed}
    return found or {"observations": _("没有一行可以读取。")}
