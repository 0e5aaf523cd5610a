"""Opening accounts and signing in."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.accounts.models import Department, User
from core.accounts.passwords import MINIMUM_LENGTH, hash_password
from core.accounts.permissions import Role
from core.errors import InvalidInput, Text
from core.ids import new_id


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
) -> User:
    """A new account; InvalidInput where the name is taken, the department unknown or the password too short."""
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
        password_hash=hash_password(password),
        department_code=department_code,
        roles=[str(role) for role in roles],
        created_at=at,
    )
    session.add(user)
    session.flush()
    audit.record(session, actor=actor, action="open_account", subject=f"user:{user.id}", at=at, roles=user.roles)
    return user


def user_named(session: Session, sign_in_name: str) -> User | None:
    return session.scalars(select(User).where(User.sign_in_name == sign_in_name.strip().lower())).one_or_none()
