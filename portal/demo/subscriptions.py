"""Two invented subscriptions, so that the administrator's page has something to show. Neither address can exist."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.subscriptions import operations
from portal.subscriptions.addresses import AddressBook


def seed_subscriptions(session: Session, now: datetime, book: AddressBook) -> None:
    for channel, to, question in (
        ("email", "reader@example.invalid", "county=411002&kind=penalty"),
        ("webhook", "https://hooks.example.invalid/mingjian", "kind=blacklist"),
    ):
        made = operations.ask(
            session,
            book,
            channel=channel,
            to=to,
            question=question,
            cadence="weekly",
            language="zh",
            at=now - timedelta(days=20),
        )
        if made is None:
            continue
        subscription, _whom = made
        operations.confirm(session, subscription, at=now - timedelta(days=20))
        if channel == "webhook":
            subscription.state, subscription.problem, subscription.attempts = "stopped", "status_503", 14
            subscription.failing_since = now - timedelta(days=6)
    session.flush()
