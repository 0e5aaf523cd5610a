"""A department's own system hears that something waits: signed (Standard Webhooks), and nothing of what it is.

The body has the department, the kind of notice and the day. It goes over core.outbound, which lets nobody use us
against the machines nearby; the address and the secret lie sealed. Who is away for five days is not told any more.
"""

import json
import secrets
from base64 import b64encode
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from standardwebhooks import Webhook

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department
from core.clock import local_date
from core.config import Settings
from core.database import Base
from core.envelopes import derived, lock, unlock
from core.errors import DomainError
from core.outbound import OutboundError, post, target
from core.outbox import Delivery, Job, OutboxJob, enqueue

HOOK = "intake.department_hook"
TEST = "test"
GIVE_UP_AFTER = timedelta(days=5)
OVERLAP = timedelta(days=1)
LOOKED_AT, SHOWN = 500, 10


class NoSuchDepartment(DomainError):
    code = "no_such_department"
    status = 404
    default_message = _l("没有这个部门，或它没有登记接收地址。")


class BadHookAddress(DomainError):
    code = "bad_hook_address"
    status = 422
    default_message = _l("这个地址不能用：要完整的 https:// 网址，并且在公网上（内网主机要先写进设置）。")


class DepartmentHook(Base):
    """Where a department's system listens. `sealed` holds address, secret and, for a day, the secret before it."""

    __tablename__ = "department_hook"

    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Listening:
    url: str
    secret: str
    former: str = ""
    former_until: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    def secrets(self, now: datetime) -> tuple[str, ...]:
        is_under_way = bool(self.former) and now < datetime.fromisoformat(self.former_until)
        return (self.secret, self.former) if is_under_way else (self.secret,)


@dataclass(frozen=True)
class Told:
    """One message of the last week: `told_on` None while it waits, with what went wrong the last time."""

    notice: str
    queued_on: date
    told_on: date | None
    attempts: int
    problem: str | None


@dataclass(frozen=True)
class Call:
    """`secrets`: the one before as well while a rotation is under way."""

    url: str
    secrets: tuple[str, ...]
    id: str
    body: str
    at: datetime
    allowed: tuple[str, ...]


def add(session: Session, department: str, url: str, *, settings: Settings, actor: Actor, at: datetime) -> str:
    """The secret, told this once. Adding again gives the department a new address and a new secret."""
    if session.get(Department, department) is None:
        raise NoSuchDepartment
    try:
        where = target(url, allowed=settings.webhook_private_hosts)
    except OutboundError as error:
        raise BadHookAddress(problem=error.problem) from error
    if not where.is_https and where.host not in settings.webhook_private_hosts:
        raise BadHookAddress
    secret = _new_secret()
    sealed = _sealed(settings, department, Listening(url, secret))
    session.merge(
        DepartmentHook(department_code=department, sealed=sealed, created_at=at, told_at=None, paused_at=None)
    )
    _record(session, "add", department, actor, at)
    return secret


def rotate(session: Session, department: str, *, settings: Settings, actor: Actor, at: datetime) -> str:
    """A new secret, told this once; for a day each message is signed with both."""
    found = _found(session, department)
    before, secret = listening(found, settings), _new_secret()
    after = Listening(before.url, secret, former=before.secret, former_until=(at + OVERLAP).isoformat())
    found.sealed = _sealed(settings, department, after)
    _record(session, "rotate", department, actor, at)
    return secret


def pause(session: Session, department: str, *, actor: Actor, at: datetime) -> None:
    """Say nothing to it until it is resumed; what waits for it is dropped."""
    _found(session, department).paused_at = at
    _record(session, "pause", department, actor, at)


def resume(session: Session, department: str, *, actor: Actor, at: datetime) -> None:
    _found(session, department).paused_at = None
    _record(session, "resume", department, actor, at)


def try_out(session: Session, department: str, *, actor: Actor, at: datetime) -> None:
    """A message that says nothing, to see that it arrives."""
    _found(session, department)
    tell(session, department, TEST, at=at)
    _record(session, "try", department, actor, at)


def remove(session: Session, department: str, *, actor: Actor, at: datetime) -> None:
    session.delete(_found(session, department))
    _record(session, "remove", department, actor, at)


def last_told(session: Session, department: str) -> list[Told]:
    """The newest messages to a department, waiting or told, for as long as the outbox keeps them."""
    jobs = session.scalars(
        select(OutboxJob).where(OutboxJob.topic == HOOK).order_by(OutboxJob.id.desc()).limit(LOOKED_AT)
    )
    mine = [job for job in jobs if job.payload["department"] == department]
    return [
        Told(
            job.payload["notice"],
            date.fromisoformat(job.payload["day"]),
            local_date(job.done_at) if job.done_at else None,
            job.attempts,
            job.last_error,
        )
        for job in mine[:SHOWN]
    ]


def tell(session: Session, department: str, notice: str, *, at: datetime) -> None:
    """Queue a message where the department has a system that listens."""
    hook = session.get(DepartmentHook, department)
    if hook is not None and hook.paused_at is None:
        enqueue(session, HOOK, at=at, department=department, notice=notice, day=local_date(at).isoformat())


class DepartmentTelling(Delivery[Call, None]):
    """Any answer but 2xx puts it off, later and later; the message keeps its id, so that a repeat is known as one."""

    def prepare(self, job: Job) -> Call | None:
        department, day = job.payload["department"], job.payload["day"]
        hook = job.session.get(DepartmentHook, department)
        if hook is None or hook.paused_at or local_date(job.now) - date.fromisoformat(day) > GIVE_UP_AFTER:
            return None
        there = listening(hook, job.settings)
        content = {
            "type": TEST if job.payload["notice"] == TEST else f"case.{job.payload['notice']}",
            "timestamp": f"{day}T00:00:00+08:00",
            "data": {"department": department, "url": f"{job.settings.base_url}/desk"},
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return Call(
            there.url, there.secrets(job.now), f"msg_case_{job.id}", body, job.now, job.settings.webhook_private_hosts
        )

    def send(self, parcel: Call) -> None:
        signatures = [Webhook(one).sign(parcel.id, parcel.at, parcel.body) for one in parcel.secrets]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Mingjian-Webhooks",
            "webhook-id": parcel.id,
            "webhook-timestamp": str(int(parcel.at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        answer = post(target(parcel.url, allowed=parcel.allowed), parcel.body.encode(), headers)
        if not answer.is_success:
            raise OutboundError(f"status_{answer.status}")

    def settle(self, job: Job, parcel: Call, outcome: None) -> None:  # noqa: ARG002
        hook = job.session.get(DepartmentHook, job.payload["department"])
        if hook is not None:
            hook.told_at = job.now


def listening(hook: DepartmentHook, settings: Settings) -> Listening:
    """Address and secrets, for whoever delivers and for the administrator's page, which shows the host alone."""
    return Listening(*json.loads(unlock(hook.sealed, _key(settings), hook.department_code)))


def _sealed(settings: Settings, department: str, there: Listening) -> bytes:
    return lock(json.dumps(astuple(there)).encode(), _key(settings), department)


def _found(session: Session, department: str) -> DepartmentHook:
    found = session.get(DepartmentHook, department)
    if found is None:
        raise NoSuchDepartment
    return found


def _record(session: Session, action: str, department: str, actor: Actor, at: datetime) -> None:
    audit.record(session, actor=actor, action=f"hook.{action}", subject=f"department:{department}", at=at)


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def _key(settings: Settings) -> bytes:
    return derived(settings.read_secret(settings.secret_key_file), "department-hook")
