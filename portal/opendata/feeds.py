"""RSS 2.0 and Atom by feedgen, from the records changed last and from the air of the last days.

The air feed has one entry a day: an entry an hour would be noise, so a day's entry carries the newest hour and is
updated until the day ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedgen.feed import FeedGenerator

from core.sanitising import visible

NEWEST = 50
FORMATS = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@dataclass(frozen=True)
class Entry:
    """`key` never changes for the same thing; `path` is where people read it."""

    key: str
    path: str
    title: str
    text: str
    published_at: datetime
    updated_at: datetime
    author: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """`updated_at` is the newest change, also one that took an entry out."""

    name: str
    path: str
    title: str
    description: str
    updated_at: datetime
    entries: Sequence[Entry]


def render(feed: Feed, kind: str, base_url: str) -> bytes:
    """The feed as "rss" or "atom"; entries in the order given."""
    generator = FeedGenerator()
    generator.id(f"{base_url}/feeds/{feed.name}")
    generator.title(_text(feed.title))
    generator.description(_text(feed.description))
    generator.subtitle(_text(feed.description))
    generator.language("zh-CN")
    generator.author(name=_text(feed.title))
    generator.link(href=base_url + feed.path, rel="alternate")
    generator.link(href=f"{base_url}/feeds/{feed.name}.{kind}", rel="self")
    generator.updated(feed.updated_at)
    generator.lastBuildDate(feed.updated_at)
    for entry in feed.entries:
        _add(generator, entry, base_url)
    return bytes(generator.rss_str(pretty=True) if kind == "rss" else generator.atom_str(pretty=True))


def _add(generator: FeedGenerator, entry: Entry, base_url: str) -> None:
    item = generator.add_entry(order="append")
    item.id(entry.key)
    item.guid(entry.key, permalink=False)
    item.title(_text(entry.title))
    item.link(href=base_url + entry.path)
    item.summary(_text(entry.text))
    item.published(entry.published_at)
    item.updated(entry.updated_at)
    if entry.author:
        item.author(name=_text(entry.author))
    for category in entry.categories:
        item.category(term=category)


def _text(text: str) -> str:
    """XML has no place for control characters."""
    return visible(text)
