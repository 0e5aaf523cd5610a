"""What subscriptions wait for, and how their deliveries are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.subscriptions.models import Subscription, SubscriptionItem

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Standing:
    """A subscription as an administrator sees it: how it is doing, not whose it is."""

    subscription: Subscription
    waiting: int


def questions(session: Session) -> dict[str, list[str]]:
    """Each question that somebody waits for, with the subscriptions that ask it."""
    asked: dict[str, list[str]] = {}
    for identifier, question in session.execute(
        select(Subscription.id, Subscription.question).where(Subscription.state != "asked")
    ):
        asked.setdefault(question, []).append(identifier)
    return asked


def heard_of(session: Session, record_id: str) -> set[str]:
    """The subscriptions that were told of a record, or are about to be."""
    return set(session.scalars(select(SubscriptionItem.subscription_id).where(SubscriptionItem.record_id == record_id)))


def waiting_items(session: Session, subscription_id: str) -> Sequence[SubscriptionItem]:
    statement = select(SubscriptionItem).where(
        SubscriptionItem.subscription_id == subscription_id, SubscriptionItem.sent_at.is_(None)
    )
    return session.scalars(statement.order_by(SubscriptionItem.sequence).limit(MOST_AT_ONCE)).all()


def told_before(session: Session, subscription_id: str) -> set[str]:
    """The records that this subscription was told of."""
    statement = select(SubscriptionItem.record_id).where(
        SubscriptionItem.subscription_id == subscription_id, SubscriptionItem.sent_at.is_not(None)
    )
    return set(session.scalars(statement))


def digests_due(session: Session, cadence: str, before: datetime) -> Sequence[Subscription]:
    """Those of a cadence that were last told before an instant and have something waiting."""
    waiting = select(SubscriptionItem.sequence).where(
        SubscriptionItem.subscription_id == Subscription.id, SubscriptionItem.sent_at.is_(None)
    )
    statement = select(Subscription).where(
        Subscription.state == "active",
        Subscription.cadence == cadence,
        Subscription.told_at < before,
        ~Subscription.is_queued,
        waiting.exists(),
    )
    return session.scalars(statement).all()


def never_confirmed(session: Session, before: datetime) -> Sequence[str]:
    statement = select(Subscription.id).where(Subscription.state == "asked", Subscription.asked_at < before)
    return session.scalars(statement).all()


def long_stopped(session: Session, before: datetime) -> Sequence[str]:
    statement = select(Subscription.id).where(Subscription.state == "stopped", Subscription.failing_since < before)
    return session.scalars(statement).all()


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many subscriptions there are, by channel and state."""
    statement = select(Subscription.channel, Subscription.state, func.count()).group_by(
        Subscription.channel, Subscription.state
    )
    return {(channel, state): count for channel, state, count in session.execute(statement)}


def troubled(session: Session, limit: int = 200) -> list[Standing]:
    """Stopped or failing, and every webhook: the worst first."""
    waiting = (
        select(SubscriptionItem.subscription_id, func.count().label("count"))
        .where(SubscriptionItem.sent_at.is_(None))
        .group_by(SubscriptionItem.subscription_id)
        .subquery()
    )
    statement = (
        select(Subscription, func.coalesce(waiting.c.count, 0))
        .outerjoin(waiting, waiting.c.subscription_id == Subscription.id)
        .where((Subscription.channel == "webhook") | Subscription.failing_since.is_not(None))
        .order_by(Subscription.state.desc(), Subscription.failing_since.desc(), Subscription.asked_at)
        .limit(limit)
    )
    return [Standing(one, count) for one, count in session.execute(statement)]
