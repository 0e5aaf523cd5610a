"""What the W3C feed validator (AA) looks for and a feed of ours could get wrong, in our words."""

import json
import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from werkzeug.test import TestResponse

ATOM = "{http://www.w3.org/2005/Atom}"
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d ([+-]\d{4}|GMT)"
)


def checked_feed(response: TestResponse, url: str) -> Any:
    """The parsed feed (an element, or a dict for JSON), once nothing is wrong with it. `url`: where it was read."""
    assert response.status_code == 200, (url, response.status_code, response.data[:300])
    form = urlsplit(url).path.rpartition(".")[2]
    assert response.headers["Content-Type"] == f"{TYPES[form]}; charset=utf-8"
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", response.data)
    if form == "json":
        return _json(json.loads(response.data), url)
    tree = etree.fromstring(response.data)
    (_rss if form == "rss" else _atom)(tree, url)
    return tree


def _rss(tree: etree._Element, url: str) -> None:
    assert tree.tag == "rss" and tree.get("version") == "2.0"
    (channel,) = tree
    for name in ("title", "link", "description"):
        assert (channel.findtext(name) or "").strip(), f"{url}: no {name}"
    assert _self(channel) == url
    assert RFC822.fullmatch(channel.findtext("lastBuildDate"))
    guids = Counter(one.findtext("guid") for one in channel.iter("item"))
    assert (guids.keys() and max(guids.values()) == 1) or not guids, f"{url}: a guid twice"
    for item in channel.iter("item"):
        assert (item.findtext("title") or item.findtext("description") or "").strip()
        assert item.find("guid").get("isPermaLink") == "false"
        assert RFC822.fullmatch(item.findtext("pubDate")), item.findtext("pubDate")
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        _absolute(item.findtext("link"))
        _harmless(item.findtext("description") or "")


def _atom(tree: etree._Element, url: str) -> None:
    assert tree.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert (tree.findtext(f"{ATOM}{name}") or "").strip(), f"{url}: no {name}"
    assert _self(tree) == url
    kinds = Counter((one.get("rel"), one.get("type")) for one in tree.findall(f"{ATOM}link"))
    assert max(kinds.values()) == 1, f"{url}: a link twice"
    assert tree.find(f"{ATOM}author/{ATOM}name") is not None
    entries = tree.findall(f"{ATOM}entry")
    ids = [tree.findtext(f"{ATOM}id"), *(one.findtext(f"{ATOM}id") for one in entries)]
    assert len(set(ids)) == len(ids), f"{url}: an id twice"
    for entry in entries:
        _absolute(entry.findtext(f"{ATOM}id"))
        assert entry.findtext(f"{ATOM}title").strip()
        for name in ("updated", "published"):
            assert datetime.fromisoformat(entry.findtext(f"{ATOM}{name}")).tzinfo
        _absolute(entry.find(f"{ATOM}link").get("href"))


def _json(content: dict[str, Any], url: str) -> dict[str, Any]:
    assert content["version"] == "https://jsonfeed.org/version/1.1"
    assert content["title"] and content["feed_url"] == url
    _absolute(content["home_page_url"])
    ids = [one["id"] for one in content["items"]]
    assert len(set(ids)) == len(ids)
    for item in content["items"]:
        assert isinstance(item["content_text"], str) and isinstance(item["id"], str)
        _absolute(item["url"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo
        assert all(isinstance(one, str) for one in item.get("tags", []))
    return content


def _self(parent: etree._Element) -> str:
    (one,) = [one for one in parent.findall(f"{ATOM}link") if one.get("rel") == "self"]
    return str(one.get("href"))


def _absolute(address: str | None) -> None:
    parts = urlsplit(address or "")
    assert parts.scheme in ("http", "https") and parts.netloc, f"not an absolute address: {address}"


def _harmless(markup: str) -> None:
    assert not re.search(r"<\s*(script|iframe|object|embed|style|meta|link)|\son\w+\s*=|javascript:", markup, re.I)
