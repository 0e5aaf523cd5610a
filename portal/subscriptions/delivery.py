"""The outbox's side of subscriptions: ask for confirmation, verify an endpoint, tell what is new.

A delivery never raises for a receiver that refuses: what came of it is written to the subscription, which decides when
to try again and when to stop. A mail server that is away is no fault of the subscriber's, so that is the outbox's.
"""

import json
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from core import mail
from core.config import Settings
from core.outbound import OutboundError
from core.outbox import Delivery, Job
from portal.subscriptions import mailing, operations, queries, questions, webhooks
from portal.subscriptions.addresses import AddressBook
from portal.subscriptions.models import Subscription
from portal.subscriptions.news import tell
from portal.subscriptions.webhooks import Message
from portal.subscriptions.wording import N_, said


@dataclass(frozen=True)
class Letter:
    """A mail; `sequences` are the changes it tells."""

    smtp_url: str
    message: EmailMessage
    sequences: tuple[int, ...] = ()


@dataclass(frozen=True)
class Call:
    """Messages for one endpoint, in order."""

    url: str
    secret: str
    messages: tuple[Message, ...]
    at: datetime
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Parcel:
    """`silent`: changes that there is nothing to tell of any more. `post` None: only those."""

    post: Letter | Call | None
    silent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    sequences: tuple[int, ...] = ()
    problem: str | None = None


class Confirmation(Delivery[Letter, None]):
    def prepare(self, job: Job) -> Letter | None:
        subscription = job.session.get(Subscription, job.payload["subscription"])
        if subscription is None or subscription.state != "asked":
            return None
        book = address_book(job.settings)
        whom = book.unseal(subscription.sealed, subscription.id)
        words = in_words(subscription)
        return Letter(_server(job.settings), mailing.confirmation(subscription, whom, book, job.settings, words))

    def send(self, parcel: Letter) -> None:
        mail.deliver(parcel.smtp_url, [parcel.message])


class Verification(Delivery[Call, None]):
    """Until the endpoint has answered with the challenge it gets nothing else; the outbox asks until it expires."""

    def prepare(self, job: Job) -> Call | None:
        subscription = job.session.get(Subscription, job.payload["subscription"])
        if subscription is None or subscription.state != "asked":
            return None
        book = address_book(job.settings)
        whom = book.unseal(subscription.sealed, subscription.id)
        challenge = book.token("challenge", subscription.id)
        message = webhooks.challenge_message(subscription.id, challenge, subscription.asked_at)
        return Call(whom.to, whom.secret, (message,), job.now, job.settings.webhook_private_hosts)

    def send(self, parcel: Call) -> None:
        (message,) = parcel.messages
        answer = webhooks.send(message, parcel.url, parcel.secret, parcel.at, parcel.allowed)
        if not answer.is_success or _challenge_in(message) not in answer.body:
            raise OutboundError(f"status_{answer.status}" if not answer.is_success else "no_challenge")

    def settle(self, job: Job, parcel: Call, outcome: None) -> None:  # noqa: ARG002
        subscription = job.session.get(Subscription, job.payload["subscription"])
        if subscription is not None:
            operations.confirm(job.session, subscription, at=job.now)


class Telling(Delivery[Parcel, Outcome]):
    def prepare(self, job: Job) -> Parcel | None:
        subscription = job.session.get(Subscription, job.payload["subscription"])
        if subscription is None or subscription.state != "active":
            return None
        items = queries.waiting_items(job.session, subscription.id)
        before = queries.told_before(job.session, subscription.id)
        news, silent = tell(job.session, items, before, job.settings.base_url)
        if not news:
            return Parcel(None, tuple(silent))
        book = address_book(job.settings)
        whom = book.unseal(subscription.sealed, subscription.id)
        if subscription.channel == "email":
            message = mailing.digest(subscription, whom, book, job.settings, in_words(subscription), news)
            letter = Letter(_server(job.settings), message, tuple(one.sequence for one in news))
            return Parcel(letter, tuple(silent))
        messages = tuple(webhooks.news_message(subscription.id, one) for one in news)
        call = Call(whom.to, whom.secret, messages, job.now, job.settings.webhook_private_hosts)
        return Parcel(call, tuple(silent))

    def send(self, parcel: Parcel) -> Outcome:
        if isinstance(parcel.post, Letter):
            return _post_letter(parcel.post)
        return _post_calls(parcel.post) if parcel.post else Outcome()

    def settle(self, job: Job, parcel: Parcel, outcome: Outcome) -> None:
        subscription = job.session.get(Subscription, job.payload["subscription"])
        if subscription is not None:
            done = (*parcel.silent, *outcome.sequences)
            operations.told(job.session, subscription, done, outcome.problem, at=job.now)


def address_book(settings: Settings) -> AddressBook:
    return AddressBook(settings.read_secret(settings.secret_key_file))


def in_words(subscription: Subscription) -> str:
    parts: Sequence[str] = questions.parts(subscription.question)
    return " · ".join(parts) or said(N_("全部公开事项"), subscription.language)


def _server(settings: Settings) -> str:
    if settings.smtp_url is None:
        raise OutboundError("no_mail_server")
    return settings.smtp_url


def _post_letter(letter: Letter) -> Outcome:
    """A server that refuses this recipient for good is the subscription's trouble; any other is the outbox's."""
    try:
        mail.deliver(letter.smtp_url, [letter.message])
    except smtplib.SMTPRecipientsRefused:
        return Outcome(problem="recipient_refused")
    return Outcome(letter.sequences)


def _post_calls(call: Call) -> Outcome:
    """One after the other, until one is not taken: what comes later must not arrive first."""
    done: list[int] = []
    for message in call.messages:
        try:
            answer = webhooks.send(message, call.url, call.secret, call.at, call.allowed)
        except OutboundError as error:
            return Outcome(tuple(done), error.problem)
        if not answer.is_success:
            return Outcome(tuple(done), f"status_{answer.status}")
        done.append(message.sequence)
    return Outcome(tuple(done))


def _challenge_in(message: Message) -> bytes:
    return str(json.loads(message.body)["data"]["challenge"]).encode()
