"""What every store promises; tests/search/test_stores.py holds each of them to it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Protocol

from sqlalchemy.orm import Session

from core.database import Database
from core.errors import InvalidInput
from core.paging import Cursor
from search.document import Document, Query, Results
from search.plan import Plan

CAP = 200_000
RANKED = 1_000
BATCH = 2_000
WEIGHTS = {"title": 3.0, "names": 4.0, "codes": 6.0, "body": 1.0, "marks": 0.5}
UNDATED = date.min
WITHOUT_AMOUNT = -1
Class = tuple[str, str, str, int]


class Store(Protocol):
    """`put` replaces by kind and key. What a transaction put is found once it is committed."""

    def put(self, session: Session, documents: Sequence[Document]) -> None: ...
    def delete(self, session: Session, kind: str, key: str) -> None: ...
    def search(self, session: Session, query: Query, plan: Plan | None) -> Results: ...
    def count(self, session: Session) -> int: ...
    def tally(self, session: Session, parties: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many documents of each kind there are of each party."""
        ...

    def scrub(self, session: Session) -> None:
        """Let go of what deleted documents left behind in the index."""
        ...

    def is_outdated(self, session: Session) -> bool:
        """Whether the index was made by another analysis than this one and must be rebuilt."""
        ...

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        """Build a new index beside the old one, then swap; searching and putting go on. The number of documents."""
        ...


def class_of(document: Document) -> Class:
    """What a document is counted by; year 0 where it has no day."""
    year = document.on.year if document.on else 0
    return (document.kind, document.county or "", document.authority or "", year)


def facets(counts: Mapping[Class, int]) -> dict[str, dict[str, int]]:
    """Counts by kind, county, authority and year, the commonest first."""
    found: dict[str, Counter[str]] = {name: Counter() for name in ("kind", "county", "authority", "year")}
    for (kind, county, authority, year), count in counts.items():
        values = {"kind": kind, "county": county, "authority": authority, "year": str(year) if year else ""}
        for name, value in values.items():
            if value:
                found[name][value] += count
    return {name: dict(counter.most_common()) for name, counter in found.items()}


def border(query: Query, types: tuple[type, ...]) -> Cursor | None:
    """The cursor of a question, whose key is of these types; InvalidInput for any other."""
    cursor = Cursor.decode(query.cursor, parts=len(types))
    if cursor is not None and not all(isinstance(part, one) for part, one in zip(cursor.key, types, strict=True)):
        raise InvalidInput({"cursor": "cursor"})
    return cursor


def to_json(document: Document) -> str:
    content = {**vars(document), "on": document.on.isoformat() if document.on else None}
    return json.dumps(content, ensure_ascii=False)


def from_json(text: str) -> Document:
    content = json.loads(text)
    lists: dict[str, tuple[Any, ...]] = {name: tuple(content[name]) for name in ("names", "codes", "acts")}
    lists["files"] = tuple((name, said) for name, said in content.get("files", ()))
    return Document(**{**content, **lists, "on": date.fromisoformat(content["on"]) if content["on"] else None})


def batches(documents: Iterable[Document]) -> Iterable[list[Document]]:
    source = iter(documents)
    while batch := list(islice(source, BATCH)):
        yield batch
