"""What search knows: documents put in, questions asked, hits given back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

SORTS = ("relevance", "date", "amount")


@dataclass(frozen=True)
class Document:
    """One public record as search sees it. `key` is unique within `kind`; `on` is the day that sorts it.

    `party` tells one company from all others over the kinds, its credit code where it has one; `amount` is in yuan.
    `files` are what comes with it, (name, text) each, found as the body is and told apart where a hit is shown.
    `language` is set where the same is there in several.
    """

    kind: str
    key: str
    url: str
    title: str
    body: str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    county: str | None = None
    authority: str | None = None
    acts: tuple[str, ...] = ()
    on: date | None = None
    amount: int | None = None
    party: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    language: str | None = None


class SearchSource(Protocol):
    """Where the documents of one kind come from. The answer is what is public now, so asking twice does no harm.

    `documents` come oldest first: an index built in this order ranks the newest of very many matches.
    """

    @property
    def kind(self) -> str: ...
    def document(self, session: Session, key: str) -> Document | None: ...
    def documents(self, session: Session) -> Iterator[Document]: ...


@dataclass(frozen=True)
class Query:
    """`text` as typed. Empty filters do not filter; an empty text with filters lists what they leave.

    `without` are keys that must not be found, nor counted: still indexed, but no longer public. `cursor` is a page's
    border as Results named it; one that is none of ours is InvalidInput.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    county: str | None = None
    authority: str | None = None
    act: str | None = None
    since: date | None = None
    until: date | None = None
    without: tuple[str, ...] = ()
    sort: str = "relevance"
    cursor: str | None = None
    limit: int = 20


@dataclass(frozen=True)
class Hit:
    document: Document


@dataclass(frozen=True)
class Results:
    """`total` counts up to the store's cap; `capped` says that there are more. Facet counts cover the same set.

    By relevance only the best are put in order: where `next_cursor` ends before the total, the rest is found by date.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    capped: bool = False
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    next_cursor: str | None = None
    previous_cursor: str | None = None
