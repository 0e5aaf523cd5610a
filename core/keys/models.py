"""Keys at rest. What is secret lies wrapped: under a password, to a member's key, to the escrow."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class UserKey(Base):
    """One person's key pair. `sealed_secret` opens with the password, `escrow_wrap` with the escrow."""

    __tablename__ = "user_key"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    cost: Mapped[str] = mapped_column(String(60))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_secret: Mapped[bytes]
    escrow_epoch: Mapped[int | None] = mapped_column(ForeignKey("escrow_key.epoch"))
    escrow_wrap: Mapped[bytes | None]


class DepartmentKey(Base):
    """A department's key pair of one epoch. Its secret is nowhere but in the members' envelopes.

    `purpose` "case" is held by those who handle reports, "identity" by the custodians of the department.
    """

    __tablename__ = "department_key"

    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class DepartmentKeyMember(Base):
    """The secret key of one epoch, wrapped to one member."""

    __tablename__ = "department_key_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["department_code", "purpose", "epoch"],
            ["department_key.department_code", "department_key.purpose", "department_key.epoch"],
            name="fk_department_key_member_epoch",
        ),
    )

    department_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    wrapped: Mapped[bytes]


class EscrowKey(Base):
    """The escrow's public key. The secret is split between officers and lies in no database."""

    __tablename__ = "escrow_key"

    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
