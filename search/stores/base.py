"""What every store promises; tests/search/test_stores.py holds each of them to it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from core.database import Database
from search.document import Document, Query, Results
from search.plan import Plan

CAP = 10_000
WEIGHTS = {"title": 3.0, "names": 4.0, "codes": 6.0, "body": 1.0}


class Store(Protocol):
    """`put` replaces by kind and key. What a transaction put is found once it is committed."""

    def put(self, session: Session, documents: Sequence[Document]) -> None: ...
    def delete(self, session: Session, kind: str, key: str) -> None: ...
    def search(self, session: Session, query: Query, plan: Plan | None) -> Results: ...
    def count(self, session: Session) -> int: ...
    def scrub(self, session: Session) -> None:
        """Let go of what deleted documents left behind in the index."""
        ...

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        """Build a new index beside the old one, then swap; searching and putting go on. The number of documents."""
        ...


@dataclass(frozen=True)
class Match:
    """One found document before its content is read: what filters, facets and order need."""

    row: int
    score: float
    kind: str
    county: str | None
    on: date | None


def arrange(matches: Sequence[Match], query: Query) -> list[Match]:
    """The page asked for: by score or by day, newest first, ties by row."""
    if query.sort == "date":
        ordered = sorted(matches, key=lambda one: (one.on or date.min, one.score, one.row), reverse=True)
    else:
        ordered = sorted(matches, key=lambda one: (one.score, one.on or date.min, one.row), reverse=True)
    return ordered[query.offset : query.offset + query.limit]


def facets(matches: Iterable[Match]) -> dict[str, dict[str, int]]:
    """Counts by kind, county and year, the commonest first."""
    counts: dict[str, Counter[str]] = {"kind": Counter(), "county": Counter(), "year": Counter()}
    for one in matches:
        counts["kind"][one.kind] += 1
        if one.county:
            counts["county"][one.county] += 1
        if one.on:
            counts["year"][str(one.on.year)] += 1
    return {name: dict(counter.most_common()) for name, counter in counts.items()}
