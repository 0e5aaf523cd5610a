"""The last look before a record goes out: everything that would be sent is rendered and scanned, in its transaction.

Whoever gives records to the public registers how a record looks there. A leak in any of them is a hard stop: nothing of
the transaction stays. Scanned for numbers that are never public, and for every word that was taken out of this record.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.errors import DomainError
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.leak_scan import leaks, literal_leaks
from portal.publishing.models import Disclosure, PublicRecord
from portal.publishing.redacted import taken_out

LONG_ENOUGH = 6
# Identifiers and commitments are random: among many, some look like somebody's number.
_IDENTIFIER = re.compile(
    r"(?<![\w\-])(?:(?=(?:[0-9]*[a-z]){3})[0-9a-hjkmnp-tv-z]{26}|(?=(?:[0-9_\-]*[A-Za-z]){3})[\w\-]{43})(?![\w\-])",
    re.ASCII,
)


@dataclass(frozen=True)
class Output:
    """`place` names where the text would go: an address, or a word for what is sent elsewhere.

    `is_plain`: no markup, whatever stands in it.
    """

    place: str
    text: str
    is_plain: bool = False


Renderer = Callable[[Session, PublicRecord], Iterator[Output]]
_RENDERERS: dict[str, Renderer] = {}


class WouldLeak(DomainError):
    """What would have gone out holds personal data; `places` says where."""

    code = "would_leak"
    status = 422

    def __init__(self, places: list[str]) -> None:
        shown = "、".join(places)
        super().__init__(_l("公开前的最后检查在将要发出的内容里发现个人信息，没有公开：%(places)s。", places=shown))
        self.places = places


def register(name: str, renderer: Renderer) -> None:
    """Give the gate another way in which records go out; the same name again takes its place."""
    _RENDERERS[name] = renderer


def outputs(session: Session, record: PublicRecord) -> Iterator[Output]:
    """Everything that would go out about a record."""
    yield Output("record", rfc8785.dumps(record.body).decode())
    yield Output("list", "\n".join(filter(None, (record.title, record.summary, record.party_name, record.authority))))
    for renderer in _RENDERERS.values():
        yield from renderer(session, record)


def must_go_out_clean(session: Session, disclosure: Disclosure, record: PublicRecord) -> None:
    """WouldLeak, which rolls everything back, where anything that would go out holds what must not."""
    forbidden = forbidden_words(kind_named(disclosure.kind), disclosure.draft, record.body)
    places = [one.place for one in outputs(session, record) if _leaks(one, forbidden)]
    if places:
        raise WouldLeak(list(dict.fromkeys(places)))


def forbidden_words(kind: DisclosureKind, draft: Mapping[str, Any], body: Mapping[str, Any]) -> list[str]:
    """What was taken out, the name behind a mask, and what is for internal use, unless it is public elsewhere."""
    words = taken_out(draft)
    name = str(draft.get("party_name") or "")
    if name and body.get("party_name") not in (None, name):
        words.append(name)
    said = "\n".join(str(value) for value in body.values())
    for one in kind.fields:
        value = draft.get(one.name)
        if not one.is_public and isinstance(value, str) and len(value) >= LONG_ENOUGH and value not in said:
            words.append(value)
    return words


def _leaks(output: Output, forbidden: list[str]) -> bool:
    """Markup is taken off first: what the eye reads together must be found together. Identifiers say nothing."""
    is_markup = "<" in output.text and not output.is_plain
    text = html.unescape(re.sub(r"<[^>]*>", "", output.text)) if is_markup else output.text
    text = _IDENTIFIER.sub("", text)
    return bool(leaks({"": text}) or literal_leaks(text, forbidden))
