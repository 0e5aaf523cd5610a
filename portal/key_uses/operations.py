"""Telling the public that the escrow was opened, in the transaction that opened it.

The two officers are the gate's two persons: the first one's file makes them the author, the second one's the approver.
Nobody else can hold the record back, and what the gate refuses is not opened. The number says how often it was.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.clock import local_date
from core.keys.escrow import Use, account_of
from core.keys.models import EscrowKey
from core.ledger.log import Log
from portal.key_uses.kinds import KEY_USE, PURPOSES
from portal.publishing import operations
from portal.publishing.models import Disclosure, PublicRecord


def publish_use(session: Session, use: Use, *, log: Log, at: datetime) -> PublicRecord:
    """The next record; EscrowRefused where an officer has no account to answer with."""
    author, approver = (account_of(session, name) for name in use.escrow.opened_by)
    office = session.get_one(Department, session.get_one(EscrowKey, use.escrow.epoch).department_code)
    content = {
        "number": str(_uses(session) + 1),
        "authority_name": office.name,
        "used_on": local_date(at).isoformat(),
        "purpose": PURPOSES[use.purpose],
        "reports": str(use.reports) if use.reports else None,
        "officers": str(len(use.escrow.opened_by)),
        "epoch": str(use.escrow.epoch),
    }
    writes = _answering(author, Permission.DRAFT_DISCLOSURE)
    drafted = operations.draft(session, KEY_USE, content, actor=writes, at=at)
    operations.submit(session, drafted, actor=writes, at=at)
    answers = _answering(approver, Permission.REVIEW_DISCLOSURE)
    return operations.approve_and_publish(session, drafted, log=log, actor=answers, at=at)


def _uses(session: Session) -> int:
    """How many there were; two openings at once are told one after the other."""
    audit.hold(session)
    return session.scalar(select(func.count()).select_from(Disclosure).where(Disclosure.kind == KEY_USE.name)) or 0


def _answering(officer: User, permission: Permission) -> Actor:
    """Their share of the escrow is what entitles them to this one record, whatever their account may do otherwise."""
    return Actor(officer.id, officer.display_name, officer.department_code, frozenset({permission}))
