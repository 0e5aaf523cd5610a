"""每日摘要: on each working morning everybody who handles reports hears how many wait, are due today, are overdue.

Counts alone: no case, no matter, no word. A job of its own for each person, so that one address that fails is tried
again by itself; what is old by the next day is not sent any more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from core import mail
from core.accounts.models import User
from core.accounts.permissions import Permission
from core.clock import CHINA, local_date
from core.outbox import Delivery, Job, OutboxJob, Sweep, enqueue
from core.working_calendar import WorkingCalendar
from intake.models import Deadline, Report
from intake.queries import DONE

DIGEST = "intake.digest"
FROM_HOUR, UNTIL_HOUR = 8, 10


@dataclass(frozen=True)
class Waiting:
    """What waits in a department. A case may be in more than one count."""

    to_accept: int
    due_today: int
    overdue: int

    @property
    def is_nothing(self) -> bool:
        return not (self.to_accept or self.due_today or self.overdue)


@dataclass(frozen=True)
class Letter:
    smtp_url: str
    message: EmailMessage


class Digest(Delivery[Letter, None]):
    def prepare(self, job: Job) -> Letter | None:
        """Counted when it is sent: what was done since this morning is not named."""
        user, today = job.session.get(User, job.payload["user"]), local_date(job.now)
        if job.settings.smtp_url is None or user is None or job.payload["day"] != today.isoformat():
            return None
        found = waiting_in(job.session, user.department_code, today) if _wants(user) else None
        if found is None or found.is_nothing or user.email is None:
            return None
        return Letter(job.settings.smtp_url, mail.notice(job, user.email, "今日待办", _text(found), "/desk"))

    def send(self, parcel: Letter) -> None:
        mail.deliver(parcel.smtp_url, [parcel.message])


def sweep_digest(job: Job) -> None:
    """Once on a working day, between eight and ten; what comes in later that day has its own notice."""
    local, today = job.now.astimezone(CHINA), local_date(job.now)
    works, _guessed = WorkingCalendar.load(job.session).is_workday(today)
    if (
        job.settings.smtp_url is None
        or not works
        or not FROM_HOUR <= local.hour < UNTIL_HOUR
        or _is_sent(job.session, local)
    ):
        return
    enqueue(job.session, DIGEST, at=job.now, user="", day=today.isoformat())  # the mark that this morning is done
    for user in job.session.scalars(select(User).where(User.is_active, User.email.is_not(None)).order_by(User.id)):
        if _wants(user) and not waiting_in(job.session, user.department_code, today).is_nothing:
            enqueue(job.session, DIGEST, at=job.now, user=user.id, day=today.isoformat())


SWEEPS = (Sweep("intake.digest", timedelta(minutes=15), sweep_digest),)


def waiting_in(session: Session, department_code: str | None, today: date) -> Waiting:
    def count(*conditions: ColumnElement[bool]) -> int:
        mine = Report.responsible_code == department_code
        return session.scalar(select(func.count()).select_from(Report).where(mine, *conditions)) or 0

    def has_clock(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        runs = and_(Deadline.report_id == Report.id, Deadline.met_on.is_(None), Deadline.is_paused.is_(False))
        return and_(Report.state.not_in(DONE), exists().where(runs, *conditions))

    return Waiting(
        to_accept=count(Report.state == "received"),
        due_today=count(has_clock(Deadline.due_on == today)),
        overdue=count(has_clock(Deadline.due_on < today)),
    )


def _wants(user: User) -> bool:
    return bool(user.is_active and user.department_code and user.as_actor().may(Permission.HANDLE_REPORT))


def _is_sent(session: Session, local: datetime) -> bool:
    """Whether this morning's letters are in the outbox, sent or not."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    known = select(OutboxJob.id).where(OutboxJob.topic == DIGEST, OutboxJob.created_at >= midnight)
    return session.scalar(known.limit(1)) is not None


def _text(found: Waiting) -> str:
    lines = ["您的部门今天："]
    counts = (("待受理", found.to_accept), ("今天到期", found.due_today), ("已经超期", found.overdue))
    lines += [f"{label} {count} 件" for label, count in counts if count]
    return "\n".join([*lines, "", "请登录承办台办理。"])
