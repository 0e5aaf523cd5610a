"""Departments, people, and the sessions in which they are signed in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.accounts.actor import Actor
from core.accounts.permissions import permissions_of
from core.database import Base


class Department(Base):
    """承办单位. `code` is ours and never reused; a renamed or merged body is a new row with dates."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40), index=True)
    county_code: Mapped[str | None] = mapped_column(String(12))
    superior_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    is_functional_zone: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class User(Base):
    """`password_hash` is empty, but in accounts from before there were keys (core.keys), until their next sign-in."""

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("length(sign_in_name) > 0", name="sign_in_name_not_empty"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    department_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"), index=True)
    roles: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    department: Mapped[Department | None] = relationship()

    def as_actor(self) -> Actor:
        return Actor(self.id, self.display_name, self.department_code, permissions_of(self.roles))


class WebSession(Base):
    """One browser's session. The content is encrypted under a key that only the cookie holds.

    `sealed_keys`, the officer's or the reporter's secret key, needs the boot key of this machine as well.
    """

    __tablename__ = "web_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    sealed: Mapped[bytes]
    sealed_keys: Mapped[bytes | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
