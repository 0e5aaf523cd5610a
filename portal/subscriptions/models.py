"""Who waits for the answers to which question, and what they were told. The address is sealed; see addresses.py."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import RowNumber
from core.database import Base


class Subscription(Base):
    """订阅. Ended by its owner it leaves no row; `stopped` is what failed for too long, until somebody looks."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'webhook')", name="channel_is_known"),
        CheckConstraint("state IN ('asked', 'active', 'stopped')", name="state_is_known"),
        CheckConstraint("cadence IN ('at_once', 'daily', 'weekly')", name="cadence_is_known"),
        Index("ix_subscription_state", "state", "cadence"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(Text)  # as in the address of a search
    cadence: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # the address; of a webhook its secret too
    recipient: Mapped[str] = mapped_column(String(64), index=True)  # keyed hash of channel and address
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)  # of recipient and question
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    is_queued: Mapped[bool] = mapped_column(default=False)  # a delivery of it waits in the outbox
    failing_since: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(40))


class SubscriptionItem(Base):
    """One change to tell of, and once told, the memory of it: only who was told of a record hears that it is gone."""

    __tablename__ = "subscription_item"
    __table_args__ = (
        Index("ix_subscription_item_waiting", "subscription_id", "sent_at", "sequence"),
        Index("ix_subscription_item_record", "record_id"),
    )

    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    record_id: Mapped[str] = mapped_column(String(26))
    kind: Mapped[str] = mapped_column(String(30))
    event: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
