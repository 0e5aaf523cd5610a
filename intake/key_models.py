"""A report's keys at rest, and the sealed words of its steps."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class ReportKey(Base):
    """The public keys of one report, and the reporter's secret key under their receipt.

    `epoch` counts changes of the report's key, `identity_epoch` those of the identity's.
    """

    __tablename__ = "report_key"

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    epoch: Mapped[int]
    identity_epoch: Mapped[int]
    shared_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    internal_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    reporter_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_reporter_secret: Mapped[bytes]


class ReportWrap(Base):
    """One envelope: the key of a report ("case") or of its identity, for one recipient.

    `recipient` is "department:<code>", "escrow" or "reporter"; `recipient_epoch` which of its keys. A share is noise
    until another department's share of the same identity is laid beside it.
    """

    __tablename__ = "report_wrap"
    __table_args__ = (Index("ix_report_wrap_recipient", "recipient", "purpose", "recipient_epoch"),)

    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(60), primary_key=True)
    recipient_epoch: Mapped[int]
    key_epoch: Mapped[int]
    is_share: Mapped[bool] = mapped_column(default=False, server_default=false())
    wrapped: Mapped[bytes]


class EventText(Base):
    """The sealed words of a step of the timeline (`CaseEvent.text_id`). The step is append-only, its seal changes."""

    __tablename__ = "event_text"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    is_shared: Mapped[bool]
    sealed: Mapped[bytes]
