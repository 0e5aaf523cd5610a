"""Opening, moving and closing accounts. Each of it moves keys: who comes gets a department's, who leaves loses them."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.passwords import MINIMUM_LENGTH, Stretched, stretched
from core.accounts.permissions import Role
from core.errors import InvalidInput, Text
from core.ids import new_id
from core.keys import department_keys, user_keys
from core.keys.keyring import Keyring
from core.keys.models import UserKey


def open_account(
    session: Session,
    *,
    sign_in_name: str,
    display_name: str,
    password: str,
    roles: list[Role],
    department_code: str | None = None,
    email: str | None = None,
    actor: Actor,
    at: datetime,
    under: Stretched | None = None,
) -> User:
    """A new account; InvalidInput where the name is taken, the department unknown or the password too short.

    `under`: what `stretched` made of the password, where the caller has it already.
    """
    problems: dict[str, Text] = {}
    if user_named(session, sign_in_name):
        problems["sign_in_name"] = _l("这个登录名已经有人使用。")
    if len(password) < MINIMUM_LENGTH:
        problems["password"] = _l("密码至少 %(n)s 个字符。", n=MINIMUM_LENGTH)
    if department_code and session.get(Department, department_code) is None:
        problems["department_code"] = _l("没有这个部门代码。")
    if problems:
        raise InvalidInput(problems)
    user = User(
        id=new_id(),
        sign_in_name=sign_in_name,
        display_name=display_name,
        email=email,
        department_code=department_code,
        roles=[str(role) for role in roles],
        created_at=at,
    )
    session.add(user)
    session.flush()
    audit.record(session, actor=actor, action="open_account", subject=f"user:{user.id}", at=at, roles=user.roles)
    user_keys.create(session, user, under or stretched(password))
    department_keys.admit(session, user, actor=actor, at=at)
    return user


def move_account(
    session: Session, user: User, *, department_code: str | None, roles: list[Role], actor: Actor, at: datetime
) -> None:
    """Another department or other work: the old department's keys are gone the new one's are theirs."""
    if department_code and session.get(Department, department_code) is None:
        raise InvalidInput({"department_code": _l("没有这个部门代码。")})
    left, user.department_code, user.roles = user.department_code, department_code, [str(role) for role in roles]
    session.flush()
    audit.record(session, actor=actor, action="move_account", subject=f"user:{user.id}", at=at, roles=user.roles)
    department_keys.dismiss(session, user, left, actor=actor, at=at)
    department_keys.admit(session, user, actor=actor, at=at)


def close_account(session: Session, user: User, *, actor: Actor, at: datetime) -> None:
    """Nobody signs in with it any more, and its keys open nothing."""
    user.is_active = False
    session.flush()
    audit.record(session, actor=actor, action="close_account", subject=f"user:{user.id}", at=at)
    department_keys.dismiss(session, user, user.department_code, actor=actor, at=at)


def change_password(session: Session, ring: Keyring, password: Stretched, *, at: datetime) -> None:
    """The same person, the same key, another password."""
    user = session.get_one(User, ring.user_id)
    user_keys.change_password(session.get_one(UserKey, user.id), ring, password)
    audit.record(session, actor=user.as_actor(), action="change_password", subject=f"user:{user.id}", at=at)


def user_named(session: Session, sign_in_name: str) -> User | None:
    return session.scalars(select(User).where(User.sign_in_name == sign_in_name.strip().lower())).one_or_none()
