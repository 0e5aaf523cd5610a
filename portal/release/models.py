"""Why a promised release was late. The words of a reason never change: a better one is a new row, which is shown."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


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
