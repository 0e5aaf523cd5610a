"""有奖举报 without a name: who holds the claim code is paid, and nobody learns who that is.

The reporter draws the code once, under their receipt, when the case is answered. Stored is what the code derives to,
as with a receipt. Whether there is a reward and how much is for the department by its own rules; here it is only
settled that the one who comes for it is the one who reported, and that it is paid once.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import DomainError
from intake.models import CaseEvent, Report
from intake.timeline import Desk, add_event, notify

CLAIM, PAY = "claim_reward", "pay_reward"
ANSWERED = ("replied", "closed")


class NotClaimable(DomainError):
    code = "reward_not_claimable"
    status = 409
    default_message = _l("答复以后才能申请奖励，每件只能申请一次。")


class NotPayable(DomainError):
    """One sentence for a wrong code, a reward that nobody claimed, and one that is paid."""

    code = "reward_not_payable"
    status = 422
    default_message = _l("受理编号和领奖码对不上，或者已经领过。")


def may_claim(session: Session, report: Report) -> bool:
    return report.state in ANSWERED and _event(session, report, CLAIM) is None


def is_claimed(session: Session, report: Report) -> bool:
    return _event(session, report, CLAIM) is not None


def claim(session: Session, report: Report, verifier: bytes, desk: Desk) -> None:
    """By the reporter. `verifier` is derived from the code, slowly and with the pepper; it leads back to nothing."""
    if not may_claim(session, report):
        raise NotClaimable
    add_event(session, report, CLAIM, desk, is_public=True, detail={"verifier": verifier.hex()})
    notify(session, report, "new_message", desk)


def pay(session: Session, report: Report | None, verifier: bytes, desk: Desk) -> None:
    """By a custodian, once. The reporter reads that it was paid."""
    claimed = _event(session, report, CLAIM) if report is not None else None
    if report is None or claimed is None or claimed.detail["verifier"] != verifier.hex():
        raise NotPayable
    if _event(session, report, PAY) is not None:
        raise NotPayable
    add_event(session, report, PAY, desk, is_public=True)


def _event(session: Session, report: Report, action: str) -> CaseEvent | None:
    statement = select(CaseEvent).where(CaseEvent.report_id == report.id, CaseEvent.action == action)
    return session.scalars(statement).first()
