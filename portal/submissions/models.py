"""Which systems may send drafts, and what each has sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from intake.api_keys import LONGEST_NAME

LONGEST_IDEMPOTENCY_KEY = 100


class SubmittingSystem(Base):
    """`name` is its key's in `api_key`; `user_id` the account that its drafts are signed with, which nobody opens."""

    __tablename__ = "submitting_system"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    kinds: Mapped[list[str]]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


class Submission(Base):
    """What a system sent under a key of its own choice, so that sending it again makes no second draft."""

    __tablename__ = "submission"

    system: Mapped[str] = mapped_column(ForeignKey("submitting_system.name"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(LONGEST_IDEMPOTENCY_KEY), primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), index=True)
    at: Mapped[datetime]


class ObservationSubmission(Base):
    """Hours that a system sent: the import that they became, and what was answered, rejected rows and all."""

    __tablename__ = "observation_submission"

    system: Mapped[str] = mapped_column(ForeignKey("submitting_system.name"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(LONGEST_IDEMPOTENCY_KEY), primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
