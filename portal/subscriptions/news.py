"""What there is to tell of a change by the time it is told: the record as it is public now, or that it is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.opendata.feed_queries import public_records
from portal.publishing.kinds import kind_named
from portal.subscriptions.models import SubscriptionItem

WITHDRAWN = "withdraw"


@dataclass(frozen=True)
class News:
    """`title`, `text` and `values` are empty of a subject where the record is no longer public."""

    sequence: int
    event: str
    kind: str
    record_id: str
    url: str
    title: str
    text: str
    at: datetime
    values: dict[str, Any]

    @property
    def is_gone(self) -> bool:
        return not self.values


def tell(
    session: Session, items: Sequence[SubscriptionItem], told_before: set[str], base_url: str
) -> tuple[list[News], list[int]]:
    """The news of `items`, one a record (its newest change), and the numbers there is nothing to tell of any more.

    A record that came and went before anybody was told of it is not told at all.
    """
    public = public_records(session, {one.record_id for one in items})
    newest = {one.record_id: one for one in items}
    news, silent = [], [one.sequence for one in items if newest[one.record_id] is not one]
    for item in newest.values():
        record = public.get(item.record_id)
        if record is None and item.record_id not in told_before:
            silent.append(item.sequence)
            continue
        kind = kind_named(item.kind)
        event = item.event if record is not None or item.event not in ("publish", "correct") else WITHDRAWN
        values = {"version": record.version, "title": record.title, "summary": record.summary} if record else {}
        title, text = (record.title, record.summary) if record else (str(kind.label), "")
        url = f"{base_url}/{kind.path}/{item.record_id}"
        news.append(News(item.sequence, event, item.kind, item.record_id, url, title, text, item.at, values))
    return news, silent
