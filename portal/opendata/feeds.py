"""One feed in three forms: RSS 2.0 and Atom by feedgen, JSON Feed 1.1.

What feedgen does not know is added by an extension of it: the hub and the archive in RSS (it writes rel=self alone),
RFC 5005's mark of an archive, RFC 6721's tombstones. A record that is gone is a tombstone in Atom and, where the feed
shows what is gone at all, an entry of the same id without a subject in RSS and JSON.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from core.sanitising import visible

NEWEST = 50
FORMATS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


@dataclass(frozen=True)
class Enclosure:
    """A file that comes with an entry."""

    path: str
    media_type: str
    size: int
    name: str


@dataclass(frozen=True)
class Entry:
    """`key` never changes for the same thing; `path` is where people read it. `is_gone`: no longer public.

    RSS has a place for one file; Atom and JSON Feed tell all of them.
    """

    key: str
    path: str
    title: str
    text: str
    published_at: datetime
    updated_at: datetime
    author: str | None = None
    categories: tuple[str, ...] = ()
    is_gone: bool = False
    files: tuple[Enclosure, ...] = ()


@dataclass(frozen=True)
class Address:
    """`path` without its ending, `question` as in a query string, both as the reader asks for them."""

    path: str
    question: str = ""

    def url(self, base_url: str, form: str) -> str:
        return f"{base_url}{self.path}.{form}" + (f"?{self.question}" if self.question else "")


@dataclass(frozen=True)
class Feed:
    """`updated_at` is the newest change, also one that took an entry out.

    `older` and `newer` are the archive's pages on both sides, `current` is the living feed where this one is a page of
    its archive. `shows_gone`: RSS and JSON tell too what is gone, because every reader of this feed has seen it.
    `more` is for programs: JSON Feed lets a publisher add an object of his own, whose name begins with an underscore.
    """

    address: Address
    page: str
    title: str
    description: str
    updated_at: datetime
    entries: Sequence[Entry]
    hub: str | None = None
    current: Address | None = None
    older: Address | None = None
    newer: Address | None = None
    shows_gone: bool = True
    language: str = field(default="zh-CN", kw_only=True)
    more: Mapping[str, Any] | None = field(default=None, kw_only=True)


def render(feed: Feed, form: str, base_url: str) -> bytes:
    """The feed as "rss", "atom" or "json"; entries in the order given."""
    return _json(feed, base_url) if form == "json" else _xml(feed, form, base_url)


def links(feed: Feed, form: str, base_url: str) -> list[tuple[str, str]]:
    """(relation, address) beside self and alternate: the hub, and the ways through the archive."""
    around = (("prev-archive", feed.older), ("next-archive", feed.newer), ("current", feed.current))
    hub = [("hub", feed.hub)] if feed.hub else []
    return hub + [(name, address.url(base_url, form)) for name, address in around if address]


class _Additions(BaseExtension):
    """What this product adds to the head of a feed."""

    links: Sequence[tuple[str, str]] = ()
    gone: Sequence[Entry] = ()
    is_archive = False

    def extend_ns(self) -> dict[str, str]:
        return {"fh": _HISTORY} | ({"at": _TOMBSTONES} if self.gone else {})

    def extend_rss(self, feed: Any) -> Any:
        self._head(feed[0], f"{{{_ATOM}}}link")
        return feed

    def extend_atom(self, feed: Any) -> Any:
        self._head(feed, "link")
        for entry in self.gone:
            stone = xml_elem(f"{{{_TOMBSTONES}}}deleted-entry", feed, ref=entry.key, when=entry.updated_at.isoformat())
            xml_elem(f"{{{_TOMBSTONES}}}comment", stone).text = _text(entry.title)
        return feed

    def _head(self, parent: Any, link: str) -> None:
        for relation, address in self.links:
            xml_elem(link, parent, rel=relation, href=address)
        if self.is_archive:
            xml_elem(f"{{{_HISTORY}}}archive", parent)


class _EntryAdditions(BaseEntryExtension):
    """The files of an entry of Atom. feedgen's own links lose their relation there."""

    files: Sequence[Enclosure] = ()
    base_url = ""

    def extend_atom(self, entry: Any) -> Any:
        for one in self.files:
            told = {"rel": "enclosure", "type": one.media_type, "length": str(one.size), "title": _text(one.name)}
            xml_elem("link", entry, href=self.base_url + one.path, **told)
        return entry


def _xml(feed: Feed, form: str, base_url: str) -> bytes:
    generator = FeedGenerator()
    generator.load_extension("dc", atom=False, rss=True)
    generator.register_extension("additions", _Additions, _EntryAdditions)
    generator.id(_identity(feed, base_url))
    generator.title(_text(feed.title))
    generator.description(_text(feed.description))
    generator.subtitle(_text(feed.description))
    generator.language(feed.language)
    generator.author(name=_text(feed.title))
    generator.link(href=feed.address.url(base_url, form), rel="self", type=FORMATS[form])
    generator.link(href=base_url + feed.page, rel="alternate", type="text/html")
    generator.updated(feed.updated_at)
    generator.lastBuildDate(feed.updated_at)
    generator.additions.links = links(feed, form, base_url)
    generator.additions.is_archive = feed.current is not None
    generator.additions.gone = [one for one in feed.entries if one.is_gone and form == "atom"]
    for entry in _shown(feed, form):
        _add(generator, entry, form, base_url)
    return bytes(generator.rss_str(pretty=True) if form == "rss" else generator.atom_str(pretty=True))


def _identity(feed: Feed, base_url: str) -> str:
    """One name for the living feed and all pages of its archive, whatever the form."""
    address = feed.current or feed.address
    return base_url + address.path + (f"?{address.question}" if address.question else "")


def _shown(feed: Feed, form: str) -> list[Entry]:
    return [one for one in feed.entries if not one.is_gone or (form != "atom" and feed.shows_gone)]


def _add(generator: FeedGenerator, entry: Entry, form: str, base_url: str) -> None:
    item: FeedEntry = generator.add_entry(order="append")
    item.id(entry.key)
    item.guid(entry.key, permalink=False)
    item.title(_text(entry.title))
    item.link(href=base_url + entry.path)
    if entry.text:
        if form == "rss":
            item.description(_markup(entry.text))
        else:
            item.summary(_text(entry.text))
    item.published(entry.published_at)
    item.updated(entry.updated_at)
    if entry.author:
        item.author(name=_text(entry.author))
        item.dc.dc_creator(_text(entry.author))
    for category in entry.categories:
        item.category(term=category)
    for one in entry.files[:1] if form == "rss" else ():
        item.enclosure(base_url + one.path, str(one.size), one.media_type)
    item.additions.files, item.additions.base_url = entry.files, base_url


def _json(feed: Feed, base_url: str) -> bytes:
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _text(feed.title),
        "home_page_url": base_url + feed.page,
        "feed_url": feed.address.url(base_url, "json"),
        "description": _text(feed.description),
        "language": feed.language,
        "authors": [{"name": _text(feed.title), "url": base_url}],
    }
    if feed.older:
        content["next_url"] = feed.older.url(base_url, "json")
    if feed.hub:
        content["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    if feed.more is not None:
        content["_mingjian"] = feed.more
    content["items"] = [_json_item(one, base_url) for one in _shown(feed, "json")]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _json_item(entry: Entry, base_url: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.key,
        "url": base_url + entry.path,
        "title": _text(entry.title),
        "content_text": _text(entry.text),
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
    }
    if entry.author:
        item["authors"] = [{"name": _text(entry.author)}]
    if entry.categories:
        item["tags"] = list(entry.categories)
    if entry.files:
        item["attachments"] = [
            {
                "url": base_url + one.path,
                "mime_type": one.media_type,
                "title": _text(one.name),
                "size_in_bytes": one.size,
            }
            for one in entry.files
        ]
    if entry.is_gone:
        item["_mingjian"] = {"about": base_url + "/feeds", "is_gone": True}
    return item


def _markup(text: str) -> str:
    """The same words for RSS, whose descriptions are read as HTML."""
    return escape(_text(text), quote=False).replace("\n", "<br>")


def _text(text: str) -> str:
    """XML has no place for control characters."""
    return visible(text)
