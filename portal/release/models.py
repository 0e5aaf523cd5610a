"""Who may release a data set beside the bureau that holds the unified release, and why a promised release was late.

The words of a reason never change: a better one is a new row, which is shown."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class ReleaseAgreement(Base):
    """常设发布协议: another department may release a data set by itself, for so long and on these terms.

    The terms are public. One person proposes, another of the bureau that holds the unified release agrees.
    """

    __tablename__ = "release_agreement"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="ends_after_it_begins"),
        CheckConstraint("agreed_by IS NULL OR agreed_by <> proposed_by", name="agreed_by_another"),
        CheckConstraint("(agreed_by IS NULL) = (agreed_at IS NULL)", name="agreement_has_its_time"),
        Index("ix_release_agreement_dataset", "dataset", "department_code"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(40))
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    terms: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    to_on: Mapped[date]
    proposed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    agreed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    agreed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]


class ReleaseReason(Base):
    """`period` as portal.release.rules names it; for a data set of records the record's id. Public once confirmed."""

    __tablename__ = "release_reason"
    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> given_by", name="confirmed_by_another"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="a_confirmation_has_its_time"),
        Index("ix_release_reason_release", "dataset", "period", "given_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    dataset: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
