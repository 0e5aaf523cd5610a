"""The clocks of a case: which deadlines run, when they are met, stopped, extended and counted again.

What may be done stands in the table of deadlines; here it is kept with the case. A clock that is recounted (a holiday
table arrived) keeps its round; one that starts anew or is extended begins a new one, and the ladder climbs anew.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError
from core.ids import new_id
from core.working_calendar import WorkingCalendar
from intake import deadlines
from intake.case_models import CasePause, CaseRung, Handling
from intake.deadlines import Count, Pause
from intake.models import Deadline, Report
from intake.timeline import Desk

DUTIES = frozenset({"accept", "transfer", "tell", "finish", "reply", "dispute"})
WITH_ARRIVAL = ("accept", "transfer", "dispute")


class PauseNotAllowed(DomainError):
    code = "pause_not_allowed"
    status = 422
    default_message = _l("没有规定允许因为这个理由暂停计算期限。")


class NotPaused(DomainError):
    code = "not_paused"
    status = 409
    default_message = _l("期限没有暂停。")


class AlreadyPaused(DomainError):
    code = "already_paused"
    status = 409
    default_message = _l("期限已经暂停。")


class ExtensionNotAllowed(DomainError):
    code = "extension_not_allowed"
    status = 422
    default_message = _l("没有规定允许延长正在计算的期限。")


def regimes_of(report: Report, department_kind: str) -> tuple[str, ...]:
    return deadlines.regimes_of(department_kind, subject=report.subject, received_by=report.received_by)


def start(session: Session, report: Report, regimes: Iterable[str], event: str, desk: Desk) -> None:
    """Set every clock that `event` starts under these regimes."""
    on = local_date(desk.at)
    for regime in regimes:
        for row in deadlines.rules_starting(regime, event, on):
            if row["step"] in DUTIES:
                _set(session, report, regime, row["step"], on, desk.calendar)


def running_regimes(session: Session, report: Report) -> tuple[str, ...]:
    """The department's own first, then those that any clock of the case has run under."""
    known = session.scalars(select(Deadline.regime).where(Deadline.report_id == report.id).distinct())
    return tuple(dict.fromkeys((report.regime, *sorted(known))))


def meet(session: Session, report: Report, steps: Iterable[str], desk: Desk) -> None:
    """A pause ends with the last clock that it stopped."""
    on = local_date(desk.at)
    for row in open_clocks(session, report):
        if row.step in steps:
            row.met_on, row.is_paused = on, False
    if not any(row.is_paused for row in open_clocks(session, report)):
        for one in _open_pauses(session, report):
            one.to_on = on


def leave(session: Session, report: Report) -> None:
    """The case goes to another department: what only this one owed ends unmet; what the ladder did about it stays."""
    for row in open_clocks(session, report):
        if row.step in WITH_ARRIVAL or row.regime == report.regime or row.regime.startswith("market"):
            session.delete(row)
    for pause in _open_pauses(session, report):
        pause.to_on = pause.from_on
    session.flush()


def pause(session: Session, report: Report, reason: str, desk: Desk) -> list[str]:
    """Stop the clocks that a rule lets stop for this reason; the regimes it stops. PauseNotAllowed where none does."""
    on = local_date(desk.at)
    if _open_pauses(session, report):
        raise AlreadyPaused
    stopped = [row for row in open_clocks(session, report) if reason in deadlines.pause_rules(row.regime, row.step, on)]
    if not stopped:
        raise PauseNotAllowed(reason=reason)
    for row in stopped:
        row.is_paused = True
    session.add(CasePause(id=new_id(), report_id=report.id, reason=reason, from_on=on))
    session.flush()
    return sorted({row.regime for row in stopped})


def resume(session: Session, report: Report, desk: Desk) -> None:
    found = _open_pauses(session, report)
    if not found:
        raise NotPaused
    found[0].to_on = local_date(desk.at)
    session.flush()
    for row in open_clocks(session, report):
        if row.is_paused:
            row.is_paused = False
            _put(row, counted(session, row, desk.calendar))


def is_paused(session: Session, report: Report) -> bool:
    return bool(_open_pauses(session, report))


def pause_reasons(session: Session, report: Report, on: date) -> dict[str, str]:
    """What the clocks of this case may be stopped for: reason and label."""
    found: dict[str, str] = {}
    for row in open_clocks(session, report):
        found |= {reason: one["label"] for reason, one in deadlines.pause_rules(row.regime, row.step, on).items()}
    return found


def extendable(session: Session, report: Report, on: date) -> tuple[Deadline, int] | None:
    """The running clock that a rule lets be extended, the first to end, and the days still free; None where none."""
    for row in open_clocks(session, report):
        rule = deadlines.extension_rule(row.regime, row.step, on)
        if rule is not None and row.extra_days < rule["limit_days"]:
            return row, int(rule["limit_days"]) - row.extra_days
    return None


def extend(session: Session, report: Report, days: int, desk: Desk) -> Deadline:
    """Add `days`, at most what the rule still leaves, to the clock that may be extended."""
    on = local_date(desk.at)
    found = extendable(session, report, on)
    if found is None:
        raise ExtensionNotAllowed
    row, free = found
    rule = deadlines.extension_rule(row.regime, row.step, on)
    row.extra_days, row.extra_unit = row.extra_days + min(days, free), rule["unit"] if rule else None
    row.round += 1
    _put(row, counted(session, row, desk.calendar))
    return row


def recount(session: Session, calendar: WorkingCalendar) -> list[tuple[Deadline, date]]:
    """Count every running clock again; those whose last day moved, with the day it was before."""
    moved = []
    for row in session.scalars(select(Deadline).where(Deadline.met_on.is_(None), Deadline.is_paused.is_(False))):
        before = row.due_on
        _put(row, counted(session, row, calendar))
        if row.due_on != before:
            moved.append((row, before))
    session.flush()
    return moved


def counted(session: Session, row: Deadline, calendar: WorkingCalendar) -> Count:
    """How the last day comes about: the days, the extension, what was skipped on the way."""
    pauses = _pauses_of(session, row)
    first = deadlines.count(row.started_on, row.days, row.unit, calendar, pauses)
    if not row.extra_days:
        return first
    more = deadlines.count(first.on, row.extra_days, row.extra_unit or row.unit, calendar, pauses)
    return Count(more.on, first.provisional or more.provisional, (*first.spans, *more.spans))


def open_clocks(session: Session, report: Report) -> Sequence[Deadline]:
    statement = select(Deadline).where(Deadline.report_id == report.id, Deadline.met_on.is_(None))
    return session.scalars(statement.order_by(Deadline.due_on, Deadline.regime, Deadline.step)).all()


def handling(session: Session, report: Report) -> Handling:
    return session.get_one(Handling, report.id)


def _set(session: Session, report: Report, regime: str, step: str, on: date, calendar: WorkingCalendar) -> None:
    limit = deadlines.limit(regime, step, on, calendar)
    row = session.get(Deadline, (report.id, regime, step))
    if row is None:
        row = Deadline(
            report_id=report.id, regime=regime, step=step, round=_rounds_climbed(session, report, regime, step)
        )
        session.add(row)
    row.label, row.started_on, row.days, row.unit = limit.label, limit.started_on, limit.days, limit.unit
    row.due_on, row.provisional = limit.due_on, limit.provisional
    row.source, row.article, row.verified = limit.source, limit.article, limit.verified
    row.extra_days, row.extra_unit, row.met_on, row.is_paused = 0, None, None, False
    row.round += 1
    session.flush()


def _rounds_climbed(session: Session, report: Report, regime: str, step: str) -> int:
    """A clock that was ended and starts again must not meet the rungs of its first life."""
    statement = select(func.max(CaseRung.round)).where(
        CaseRung.report_id == report.id, CaseRung.regime == regime, CaseRung.step == step
    )
    return session.scalar(statement) or 0


def _put(row: Deadline, count: Count) -> None:
    row.due_on, row.provisional = count.on, count.provisional


def _pauses_of(session: Session, row: Deadline) -> list[Pause]:
    reasons = deadlines.pause_rules(row.regime, row.step, row.started_on)
    closed = select(CasePause).where(CasePause.report_id == row.report_id, CasePause.to_on.is_not(None))
    return [
        Pause(one.from_on, one.to_on)
        for one in session.scalars(closed)
        if one.to_on is not None and one.reason in reasons
    ]


def _open_pauses(session: Session, report: Report) -> Sequence[CasePause]:
    return session.scalars(select(CasePause).where(CasePause.report_id == report.id, CasePause.to_on.is_(None))).all()
