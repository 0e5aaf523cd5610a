"""Keys that follow their cases: at a transfer, when somebody is named, and at every sign-in for what waited.

What can wait: a department that had nobody when the report came, a new epoch after somebody left, a transfer by
somebody who cannot open the case, a new escrow. Whoever signs in and can open such a report renews its key, a few
hundred at a time; the escrow's command does it for what nobody else can open.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import User
from core.clock import local_date
from core.keys.escrow import Escrow
from core.keys.keyring import KeyPurpose, Keyring
from intake import case_keys
from intake.case_keys import CASE, ESCROW, IDENTITY, Directory, department_recipient
from intake.identity_shares import is_share
from intake.key_models import ReportWrap
from intake.models import CO, EXCLUDED, Report, ReportDepartment
from intake.sealing import CaseSecrets

AT_ONCE = 300


def renew(session: Session, report: Report, case: CaseSecrets | None, on: date) -> None:
    """The report's departments have changed: a new key for them, or at least no envelope for who is excluded."""
    if case is None:
        case_keys.revoke_excluded(session, report)
    else:
        case_keys.rekey(session, report, case, Directory.load(session, on))


def settle(session: Session, user: User, ring: Keyring, at: datetime) -> None:
    """At a sign-in: renew what waits for somebody who can open it."""
    if user.department_code is None:
        return
    directory = Directory.load(session, local_date(at))
    cases = 0
    for report in _waiting(session, user.department_code, CASE, directory):
        case = case_keys.opened(session, report, ring)
        if case is not None:
            case_keys.rekey(session, report, case, directory)
            cases += 1
    for report in _waiting(session, user.department_code, IDENTITY, directory):
        _renew_identity(session, report, user.department_code, ring, directory)
    if cases:
        subject = f"department:{user.department_code}"
        audit.record(session, actor=user.as_actor(), action="keys.settle", subject=subject, at=at, reports=cases)


def settle_by_escrow(session: Session, escrow: Escrow, *, actor: Actor, at: datetime) -> int:
    """Two officers give out again what only the escrow can open; how many reports."""
    directory = Directory.load(session, local_date(at))
    held = select(ReportWrap.report_id).where(
        ReportWrap.recipient == ESCROW, ReportWrap.recipient_epoch == escrow.epoch
    )
    reports = session.scalars(select(Report).where(Report.id.in_(held)).order_by(Report.id)).all()
    for report in reports:
        roots = case_keys.opened_by_escrow(session, report, escrow.secret, escrow.epoch)
        if IDENTITY in roots:
            case_keys.rekey_identity(session, report, roots[IDENTITY], directory)
        if CASE in roots:
            epoch = case_keys.epoch_of(session, report)
            case_keys.rekey(session, report, CaseSecrets.of(report.id, epoch, roots[CASE]), directory)
    subject, officers = f"escrow:{escrow.epoch}", list(escrow.opened_by)
    audit.record(
        session, actor=actor, action="escrow.hand_over", subject=subject, at=at, officers=officers, reports=len(reports)
    )
    return len(reports)


def _renew_identity(session: Session, report: Report, code: str, ring: Keyring, directory: Directory) -> None:
    """Who holds the whole deals it out anew; who holds a share can put that share alone under today's key."""
    part = case_keys.identity_part(session, report, ring)
    if part is not None and is_share(part):
        case_keys.renew_share(session, report, code, part, directory)
    elif part is not None:
        case_keys.rekey_identity(session, report, part, directory)


def _waiting(session: Session, code: str, purpose: KeyPurpose, directory: Directory) -> Sequence[Report]:
    """Reports that this department has an envelope of, and whose envelopes are not today's."""
    mine = directory.keys.get((code, purpose))
    held = ReportWrap.recipient == department_recipient(code)
    own = select(ReportWrap.report_id).where(held, ReportWrap.purpose == purpose)
    stale = own.where(ReportWrap.recipient_epoch != (mine.epoch if mine else 0))
    reasons: list[ColumnElement[bool]] = [Report.id.in_(stale)]
    if purpose is CASE:
        living = [one for one, what in directory.keys if what is CASE]
        reasons += [_responsible_lacks(living), _helper_lacks(living)]
    lacking = [_custodian_lacks(code) for code in directory.custodians()] if purpose is IDENTITY else []
    if directory.escrow is not None:
        lacking.append(_escrow_lacks(purpose, directory.escrow.epoch, directory.escrow.department_code))
    if lacking:
        # Only who holds the whole can give to others.
        reasons.append(and_(Report.id.in_(own.where(~ReportWrap.is_share)), or_(*lacking)))
    statement = select(Report).where(Report.id.in_(own), or_(*reasons)).order_by(Report.id).limit(AT_ONCE)
    return session.scalars(statement).all()


def _responsible_lacks(living: list[str]) -> ColumnElement[bool]:
    has = _envelope(CASE, "department:" + Report.responsible_code)
    return and_(Report.responsible_code.in_(living), ~has)


def _helper_lacks(living: list[str]) -> ColumnElement[bool]:
    part = ReportDepartment
    has = _envelope(CASE, "department:" + part.department_code)
    return exists().where(part.report_id == Report.id, part.part == CO, part.department_code.in_(living), ~has)


def _escrow_lacks(purpose: KeyPurpose, epoch: int, department: str) -> ColumnElement[bool]:
    return and_(~_envelope(purpose, ESCROW, ReportWrap.recipient_epoch == epoch), ~_kept_out(department))


def _custodian_lacks(code: str) -> ColumnElement[bool]:
    return and_(~_envelope(IDENTITY, department_recipient(code)), ~_kept_out(code))


def _kept_out(code: str) -> ColumnElement[bool]:
    part = ReportDepartment
    return exists().where(part.report_id == Report.id, part.part == EXCLUDED, part.department_code == code)


def _envelope(purpose: KeyPurpose, recipient: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    wrap = ReportWrap
    return exists().where(wrap.report_id == Report.id, wrap.purpose == purpose, wrap.recipient == recipient, *more)
