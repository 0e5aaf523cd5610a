"""A department's own system hears that something waits: signed (Standard Webhooks), and nothing of what it is.

The body has the department, the kind of notice and the day. It goes over core.outbound, which lets nobody use us
against the machines nearby; the address and the secret lie sealed. Who is away for five days is not told any more.
"""

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
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
from core.outbox import Delivery, Job, enqueue

HOOK = "intake.department_hook"
GIVE_UP_AFTER = timedelta(days=5)


class NoSuchDepartment(DomainError):
    code = "no_such_department"
    status = 404
    default_message = _l("没有这个部门，或它没有登记接收地址。")


class BadHookAddress(DomainError):
    code = "bad_hook_address"
    status = 422
    default_message = _l("这个地址不能用：要完整的 https:// 网址，并且在公网上（内网主机要先写进设置）。")


class DepartmentHook(Base):
    """Where a department's system listens. `sealed` holds address and secret."""

    __tablename__ = "department_hook"

    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Call:
    url: str
    secret: str
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
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    sealed = lock(json.dumps([url, secret]).encode(), _key(settings), department)
    session.merge(DepartmentHook(department_code=department, sealed=sealed, created_at=at, told_at=None))
    audit.record(session, actor=actor, action="hook.add", subject=f"department:{department}", at=at)
    return secret


def remove(session: Session, department: str, *, actor: Actor, at: datetime) -> None:
    found = session.get(DepartmentHook, department)
    if found is None:
        raise NoSuchDepartment
    session.delete(found)
    audit.record(session, actor=actor, action="hook.remove", subject=f"department:{department}", at=at)


def tell(session: Session, department: str, notice: str, *, at: datetime) -> None:
    """Queue a message where the department has a system that listens."""
    if session.get(DepartmentHook, department) is not None:
        enqueue(session, HOOK, at=at, department=department, notice=notice, day=local_date(at).isoformat())


class DepartmentTelling(Delivery[Call, None]):
    """Any answer but 2xx puts it off, later and later; the message keeps its id, so that a repeat is known as one."""

    def prepare(self, job: Job) -> Call | None:
        department, day = job.payload["department"], job.payload["day"]
        hook = job.session.get(DepartmentHook, department)
        if hook is None or local_date(job.now) - date.fromisoformat(day) > GIVE_UP_AFTER:
            return None
        url, secret = json.loads(unlock(hook.sealed, _key(job.settings), department))
        content = {
            "type": f"case.{job.payload['notice']}",
            "timestamp": f"{day}T00:00:00+08:00",
            "data": {"department": department, "url": f"{job.settings.base_url}/desk"},
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return Call(url, secret, f"msg_case_{job.id}", body, job.now, job.settings.webhook_private_hosts)

    def send(self, parcel: Call) -> None:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Mingjian-Webhooks",
            "webhook-id": parcel.id,
            "webhook-timestamp": str(int(parcel.at.timestamp())),
            "webhook-signature": Webhook(parcel.secret).sign(parcel.id, parcel.at, parcel.body),
        }
        answer = post(target(parcel.url, allowed=parcel.allowed), parcel.body.encode(), headers)
        if not answer.is_success:
            raise OutboundError(f"status_{answer.status}")

    def settle(self, job: Job, parcel: Call, outcome: None) -> None:  # noqa: ARG002
        hook = job.session.get(DepartmentHook, job.payload["department"])
        if hook is not None:
            hook.told_at = job.now


def _key(settings: Settings) -> bytes:
    return derived(settings.read_secret(settings.secret_key_file), "department-hook")
