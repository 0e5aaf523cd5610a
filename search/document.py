"""What search knows: documents put in, questions asked, hits given back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Document:
    """One public record as search sees it. `key` is unique within `kind`; `on` is the day that sorts it."""

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


class SearchSource(Protocol):
    """Where the documents of one kind come from. The answer is what is public now, so asking twice does no harm."""

    @property
    def kind(self) -> str: ...
    def document(self, session: Session, key: str) -> Document | None: ...
    def documents(self, session: Session) -> Iterator[Document]: ...


@dataclass(frozen=True)
class Query:
    """`text` as typed. Empty filters do not filter; an empty text with filters lists what they leave.

    `without` are keys that must not be found, nor counted: still indexed, but no longer public.
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
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True)
class Hit:
    document: Document
    score: float


@dataclass(frozen=True)
class Results:
    """`total` counts up to the store's cap; `capped` says that there are more. Facet counts cover the same set."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    capped: bool = False
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
