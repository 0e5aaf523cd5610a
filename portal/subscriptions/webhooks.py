"""Messages to a program, by the Standard Webhooks specification: signed, with a stable id, small."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

from core.outbound import Answer, post, target
from portal.subscriptions.news import News

SECONDS = 10.0
EVENTS = {
    "publish": "record.published",
    "correct": "record.corrected",
    "withdraw": "record.withdrawn",
    "expire": "record.expired",
    "repair": "record.repaired",
}


@dataclass(frozen=True)
class Message:
    """`sequence` 0 for the question whether the address is the owner's."""

    id: str
    sequence: int
    body: str


def news_message(subscription_id: str, news: News) -> Message:
    data: dict[str, Any] = {"id": news.record_id, "kind": news.kind, "url": news.url, "sequence": news.sequence}
    content = _content(EVENTS.get(news.event, f"record.{news.event}"), news.at, {**data, **news.values})
    return Message(f"msg_{subscription_id}_{news.sequence}", news.sequence, content)


def challenge_message(subscription_id: str, challenge: str, at: datetime) -> Message:
    """The receiver shows that it wants messages by answering 2xx with the challenge in its body."""
    return Message(f"msg_{subscription_id}_0", 0, _content("subscription.verify", at, {"challenge": challenge}))


def send(message: Message, url: str, secret: str, at: datetime, allowed: tuple[str, ...]) -> Answer:
    """The answer, whatever its status; OutboundError where there is none or the address is refused."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Mingjian-Webhooks",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message.id, at, message.body),
    }
    return post(target(url, allowed=allowed), message.body.encode(), headers, seconds=SECONDS)


def _content(event: str, at: datetime, data: dict[str, Any]) -> str:
    content = {"type": event, "timestamp": at.isoformat(), "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
