"""Ask, confirm, end; queue what is new; write down what came of telling it. All flush, none commits."""

import secrets
from base64 import b64encode
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.ids import new_id
from core.outbox import enqueue
from portal.subscriptions.addresses import AddressBook, Recipient
from portal.subscriptions.models import Subscription, SubscriptionItem

CONFIRM, VERIFY, DELIVER = "subscriptions.confirm", "subscriptions.verify", "subscriptions.deliver"
ASKED_FOR = timedelta(hours=48)
GIVE_UP_AFTER = timedelta(days=5)
STOPPED_FOR = timedelta(days=60)
MOST_UNCONFIRMED = 5
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))


def ask(
    session: Session,
    book: AddressBook,
    *,
    channel: str,
    to: str,
    question: str,
    cadence: str,
    language: str,
    at: datetime,
) -> tuple[Subscription, Recipient] | None:
    """A subscription that its owner still has to confirm; None where there is one already or too many wait.

    Whoever asks is told the same in each case: an answer must not say whose address is known here.
    """
    recipient = book.mark(channel, to.lower() if channel == "email" else to)
    fingerprint = book.mark(recipient, question)
    if session.scalar(select(Subscription.id).where(Subscription.fingerprint == fingerprint)) is not None:
        return None
    waiting = select(func.count()).where(Subscription.recipient == recipient, Subscription.state == "asked")
    if (session.scalar(waiting) or 0) >= MOST_UNCONFIRMED:
        return None
    identifier = new_id()
    whom = Recipient(to, _new_secret() if channel == "webhook" else "")
    subscription = Subscription(
        id=identifier,
        channel=channel,
        state="asked",
        question=question,
        cadence=cadence if channel == "email" else "at_once",
        language=language,
        sealed=book.seal(whom, identifier),
        recipient=recipient,
        fingerprint=fingerprint,
        asked_at=at,
        is_queued=False,
        attempts=0,
    )
    session.add(subscription)
    session.flush()
    enqueue(session, CONFIRM if channel == "email" else VERIFY, at=at, subscription=identifier)
    return subscription, whom


def confirm(session: Session, subscription: Subscription, *, at: datetime) -> None:
    """From here on, what is new is told. Confirming again changes nothing."""
    if subscription.state == "asked":
        subscription.state, subscription.confirmed_at = "active", at
        subscription.told_at = at
        session.flush()


def end(session: Session, subscription_id: str) -> None:
    """The address, the question and the memory of what was told are gone. Ending what has ended does no harm."""
    session.execute(delete(SubscriptionItem).where(SubscriptionItem.subscription_id == subscription_id))
    session.execute(delete(Subscription).where(Subscription.id == subscription_id))
    session.flush()


def add_items(
    session: Session, ids: Collection[str], *, record_id: str, kind: str, event: str, sequence: int, at: datetime
) -> None:
    """One change to tell to each of `ids`; those told at once are queued. Adding it again changes nothing."""
    for subscription in session.scalars(select(Subscription).where(Subscription.id.in_(list(ids)))):
        if session.get(SubscriptionItem, (subscription.id, sequence)) is None:
            item = SubscriptionItem(sequence=sequence, record_id=record_id, kind=kind, event=event, at=at)
            item.subscription_id = subscription.id
            session.add(item)
            if subscription.cadence == "at_once":
                queue(session, subscription, at=at)
    session.flush()


def queue(session: Session, subscription: Subscription, *, at: datetime, wait: timedelta = timedelta()) -> None:
    """One delivery of a subscription waits at a time: who is away is tried once a while, not once a change."""
    if subscription.state == "active" and not subscription.is_queued:
        subscription.is_queued = True
        enqueue(session, DELIVER, at=at, wait=wait, subscription=subscription.id)


def told(
    session: Session, subscription: Subscription, sequences: Collection[int], problem: str | None, *, at: datetime
) -> None:
    """What a delivery came to: `sequences` were told; `problem` is why the rest was not."""
    items = select(SubscriptionItem).where(
        SubscriptionItem.subscription_id == subscription.id, SubscriptionItem.sequence.in_(list(sequences))
    )
    for item in session.scalars(items):
        item.sent_at = at
    subscription.is_queued = False
    if sequences:
        subscription.told_at = at
    if problem is None:
        subscription.failing_since, subscription.problem, subscription.attempts = None, None, 0
        session.flush()
        if _has_waiting(session, subscription.id):
            queue(session, subscription, at=at)
    else:
        _failed(session, subscription, problem, at)
    session.flush()


def resume(session: Session, subscription: Subscription, *, at: datetime) -> None:
    """Try again what was stopped, from where it stopped."""
    subscription.state, subscription.failing_since, subscription.attempts = "active", None, 0
    queue(session, subscription, at=at)
    session.flush()


def _failed(session: Session, subscription: Subscription, problem: str, at: datetime) -> None:
    subscription.failing_since = subscription.failing_since or at
    subscription.problem = problem
    subscription.attempts += 1
    if problem == "status_410" or at - subscription.failing_since >= GIVE_UP_AFTER:
        subscription.state = "stopped"
    else:
        wait = BACK_OFF[min(subscription.attempts, len(BACK_OFF)) - 1]
        queue(session, subscription, at=at, wait=wait)


def _has_waiting(session: Session, subscription_id: str) -> bool:
    waiting = select(SubscriptionItem.sequence).where(
        SubscriptionItem.subscription_id == subscription_id, SubscriptionItem.sent_at.is_(None)
    )
    return session.scalar(waiting.limit(1)) is not None


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()
