"""The figures of /statistics as they stood when a day ended, kept because they cannot be worked out again.

Cases go on: they are finished, transferred, rated, marked. What is kept is what everybody could read that day, small
counts hidden already, so that keeping it tells nobody more.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import local_date
from core.database import Base
from core.outbox import Job
from intake.statistics import Figures, cases_received, figures, months_before

Shown = dict[str, Any]  # months, lines, total


class ShownStatistics(Base):
    """One row a day, written again while the day lasts."""

    __tablename__ = "shown_statistics"

    day: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]


def shown_now(session: Session, today: date) -> Shown:
    months = months_before(today)
    lines, total = figures(cases_received(session, months[-1], today.replace(day=1), today), months)
    return {"lines": lines, "total": total, "months": months}


def shown_on(session: Session, day: date) -> Shown | None:
    """None where the platform kept nothing that day."""
    kept = session.get(ShownStatistics, day)
    if kept is None:
        return None
    months = tuple(date.fromisoformat(one) for one in kept.figures["months"])
    return {**kept.figures, "lines": [Figures(**one) for one in kept.figures["lines"]], "months": months}


def keep(job: Job) -> None:
    """Sweep: what the page says of today at this moment."""
    today = local_date(job.now)
    shown = shown_now(job.session, today)
    told = {
        "lines": [{**asdict(one), "received": list(one.received)} for one in shown["lines"]],
        "total": list(shown["total"]),
        "months": [one.isoformat() for one in shown["months"]],
    }
    kept = job.session.get(ShownStatistics, today)
    if kept is None:
        job.session.add(ShownStatistics(day=today, figures=told))
    elif kept.figures != told:
        kept.figures = told
