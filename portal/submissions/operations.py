"""Letting a system in, and taking a draft from it. The draft goes the way of all drafts: nothing is published here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.permissions import Permission
from core.errors import DomainError, InvalidInput, Text
from core.ids import new_id
from intake import api_keys
from intake.api_keys import LONGEST_NAME
from portal.publishing import operations
from portal.publishing.kinds import DisclosureKind, all_kinds
from portal.publishing.models import Disclosure
from portal.submissions.models import Submission, SubmittingSystem

PURPOSE = "submissions"
# What is no draft: hours of measuring stations, by the name that their data set has in /api/v1 (observing.py).
OBSERVATIONS = "observations"


class KindNotAllowed(DomainError):
    code = "kind_not_allowed"
    status = 403
    default_message = _l("这个密钥不能提交这一类内容。需要时请管理员放开。")


class IdempotencyKeyUsed(DomainError):
    code = "idempotency_key_used"
    status = 409
    default_message = _l("这个 Idempotency-Key 已经用于另一份内容。新的内容请用新的键。")


def kinds_taken() -> dict[str, DisclosureKind]:
    """By their names in addresses; a kind that nobody types is not taken from systems either."""
    return {kind.path: kind for kind in all_kinds() if not kind.is_generated}


def what_may_be_sent() -> dict[str, Text]:
    """What a key can be let in for: the names of kinds and of the hours, each with its label."""
    kinds: dict[str, Text] = {kind.name: kind.label for kind in kinds_taken().values()}
    return {**kinds, OBSERVATIONS: _l("空气小时值（核对后立即公开）")}


def must_take(system: SubmittingSystem, name: str) -> None:
    if name not in system.kinds:
        raise KindNotAllowed


def let_in(
    session: Session, name: str, department_code: str, kinds: Sequence[str], *, actor: Actor, at: datetime
) -> str:
    """The system's key, told this once; InvalidInput, or KeyNameTaken."""
    problems: dict[str, Text] = {}
    if not 0 < len(name) <= LONGEST_NAME:
        problems["name"] = _l("名字要 1 到 %(n)s 个字。", n=LONGEST_NAME)
    if session.get(Department, department_code) is None:
        problems["department"] = _l("请选择部门。")
    if not kinds or not set(kinds) <= set(what_may_be_sent()):
        problems["kinds"] = _l("请选择至少一类内容。")
    if problems:
        raise InvalidInput(problems)
    key = api_keys.add(session, PURPOSE, name, actor=actor, at=at)
    account = User(
        id=new_id(),
        sign_in_name=f"{PURPOSE}:{new_id()}",
        display_name=name,
        department_code=department_code,
        roles=[],
        is_active=False,
        created_at=at,
    )
    session.add(account)
    session.flush()
    session.add(SubmittingSystem(name=name, department_code=department_code, kinds=list(kinds), user_id=account.id))
    audit.record(
        session,
        actor=actor,
        action="submissions.let_in",
        subject=f"user:{account.id}",
        at=at,
        department=department_code,
        kinds=list(kinds),
    )
    return key


def take(
    session: Session,
    name: str,
    kind: DisclosureKind,
    content: Mapping[str, Any],
    *,
    idempotency_key: str,
    body_digest: bytes,
    at: datetime,
) -> tuple[Disclosure, bool]:
    """The draft, and whether it is new: the same body under the same key is the draft that there is already."""
    system = system_named(session, name, to_change=True)
    must_take(system, kind.name)
    known = session.get(Submission, (name, idempotency_key))
    if known is not None:
        if known.body_digest != body_digest:
            raise IdempotencyKeyUsed
        return session.get_one(Disclosure, known.disclosure_id), False
    author = Actor(system.user_id, name, system.department_code, frozenset({Permission.DRAFT_DISCLOSURE}))
    made = operations.draft(session, kind, content, actor=author, at=at)
    session.add(
        Submission(system=name, idempotency_key=idempotency_key, body_digest=body_digest, disclosure_id=made.id, at=at)
    )
    session.flush()
    return made, True


def system_named(session: Session, name: str, *, to_change: bool = False) -> SubmittingSystem:
    """Locked where something is taken from it, so that one system's calls take turns."""
    statement = select(SubmittingSystem).where(SubmittingSystem.name == name)
    return session.scalars(statement.with_for_update() if to_change else statement).one()


def sent_by(session: Session, name: str, disclosure_id: str) -> Disclosure | None:
    """What this very system sent under this id."""
    statement = select(Disclosure).join(Submission, Submission.disclosure_id == Disclosure.id)
    return session.scalar(statement.where(Submission.system == name, Disclosure.id == disclosure_id))
