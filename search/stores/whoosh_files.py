"""Whoosh's own index in files: the reference for the stores in a database, and enough for a small city.

Writers take turns by a lock file. Readers look for a newer state at each question. A rebuild fills a folder beside;
what is put meanwhile goes into the old one and into a journal, which is played into the new one before the swap. The
folder before stays until the next rebuild, for readers who are still in it.
"""

import fcntl
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy.orm import Session
from whoosh import index, query
from whoosh.analysis import KeywordAnalyzer
from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, STORED, TEXT, Schema
from whoosh.writing import IndexWriter

from core.database import Database
from core.ids import new_id
from core.paging import Cursor
from search import analysis, ranges
from search.document import Document, Hit, Query, Results
from search.plan import Any, Column, Not, Phrase, Plan, Term, Within
from search.ranges import Range
from search.stores.base import UNDATED, WEIGHTS, WITHOUT_AMOUNT, Class, border, class_of, facets, from_json, to_json

CAP = 10_000
POINTER = "current"
Change = tuple[str, Document | None]
_SCHEMA = Schema(
    reference=ID(unique=True, stored=True),
    kind=ID,
    key=ID,
    county=ID,
    authority=ID,
    acts=KEYWORD,
    party=ID,
    on=DATETIME,
    amount=NUMERIC(int, bits=64, signed=True),
    content=STORED,
    **{name: TEXT(analyzer=KeywordAnalyzer(), phrase=True, field_boost=weight) for name, weight in WEIGHTS.items()},
)


class WhooshStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._open: tuple[str, index.Index] | None = None

    def put(self, session: Session, documents: Sequence[Document]) -> None:  # noqa: ARG002 - the files are not in it
        self._write([(_reference(one.kind, one.key), one) for one in documents])

    def delete(self, session: Session, kind: str, key: str) -> None:  # noqa: ARG002
        self._write([(_reference(kind, key), None)])

    def scrub(self, session: Session) -> None:  # noqa: ARG002
        with self._turn():
            self._index().writer().commit(optimize=True)
            current = self._current()
            for old in self.folder.iterdir():
                if old.is_dir() and old.name != current:
                    shutil.rmtree(old, ignore_errors=True)

    def count(self, session: Session) -> int:  # noqa: ARG002
        return int(self._index().doc_count())

    def is_outdated(self, session: Session) -> bool:  # noqa: ARG002
        return not self._current().startswith(_version())

    def search(self, session: Session, query: Query, plan: Plan | None) -> Results:  # noqa: ARG002
        """Reads all that was found, up to the cap; a cursor is a place in the order."""
        with self._index().searcher() as searcher:
            found = searcher.search(
                _compile(plan), limit=CAP + 1, filter=_filter(query), mask=_mask(query), scored=plan is not None
            )
            matches = [_Match(from_json(row["content"]), row.score or 0.0, row.docnum) for row in list(found)]
        cursor = border(query, (int,))
        start = min(max(int(cursor.key[0]), 0), CAP) if cursor else 0
        end = start + query.limit
        counts: Counter[Class] = Counter(class_of(one.document) for one in matches[:CAP])
        return Results(
            tuple(Hit(one.document) for one in _arranged(matches[:CAP], query.sort)[start:end]),
            total=min(len(matches), CAP),
            capped=len(matches) > CAP,
            facets=facets(counts),
            next_cursor=Cursor((end,)).encode() if end < min(len(matches), CAP) else None,
            previous_cursor=Cursor((max(0, start - query.limit),)).encode() if start else None,
        )

    def tally(self, session: Session, parties: Sequence[str]) -> dict[str, dict[str, int]]:  # noqa: ARG002
        with self._index().searcher() as searcher:
            found = {party: searcher.search(query.Term("party", party), limit=CAP) for party in parties}
            kinds = {party: Counter(from_json(row["content"]).kind for row in rows) for party, rows in found.items()}
        return {party: dict(counts.most_common()) for party, counts in kinds.items()}

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        name, count = _new_name(), 0
        with self._turn():
            self._current()
            fresh = self._create(name)
            self._journal.write_text("", "utf-8")
        try:
            with fresh.writer(limitmb=256) as writer, database.read() as session:
                for document in documents(session):
                    writer.update_document(**_fields(document))
                    count += 1
            with self._turn():
                meanwhile = dict(_read_line(line) for line in self._journal.read_text("utf-8").splitlines())
                writer = fresh.writer()
                for reference, newest in meanwhile.items():
                    _apply(writer, reference, newest)
                writer.commit(optimize=True)
                self._point_to(name)
        finally:
            self._journal.unlink(missing_ok=True)
            fresh.close()
        return count

    def _write(self, changes: Sequence[Change]) -> None:
        with self._turn():
            writer = self._index().writer()
            for reference, document in changes:
                _apply(writer, reference, document)
            writer.commit()
            if self._journal.exists():
                with self._journal.open("a", encoding="utf-8") as journal:
                    journal.writelines(f"{_line(*change)}\n" for change in changes)

    @property
    def _journal(self) -> Path:
        """There while a rebuild runs."""
        return self.folder / "journal.jsonl"

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time, threads and processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock, (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _index(self) -> index.Index:
        name = self._current()
        if self._open is None or self._open[0] != name:
            self._open = (name, index.open_dir(str(self.folder / name)))
        return self._open[1]

    def _current(self) -> str:
        pointer = self.folder / POINTER
        if not pointer.exists():
            name = _new_name()
            self._create(name).close()
            self._point_to(name)
        return pointer.read_text("ascii")

    def _create(self, name: str) -> index.Index:
        path = self.folder / name
        path.mkdir(parents=True)
        return index.create_in(str(path), _SCHEMA)

    def _point_to(self, name: str) -> None:
        pointer = self.folder / POINTER
        kept = {name, pointer.read_text("ascii") if pointer.exists() else name}
        beside = self.folder / f"{POINTER}.{name}"
        beside.write_text(name, "ascii")
        beside.replace(pointer)
        for old in self.folder.iterdir():
            if old.is_dir() and old.name not in kept:
                shutil.rmtree(old, ignore_errors=True)


def _apply(writer: IndexWriter, reference: str, document: Document | None) -> None:
    if document is None:
        writer.delete_by_term("reference", reference)
    else:
        writer.update_document(**_fields(document))


def _line(reference: str, document: Document | None) -> str:
    return json.dumps([reference, to_json(document) if document else None], ensure_ascii=False)


def _read_line(line: str) -> Change:
    reference, content = json.loads(line)
    return reference, from_json(content) if content else None


def _version() -> str:
    return f"{analysis.VERSION}-"


def _new_name() -> str:
    return _version() + new_id()


@dataclass(frozen=True)
class _Match:
    document: Document
    score: float
    row: int


def _arranged(matches: Sequence[_Match], sort: str) -> list[_Match]:
    def order(one: _Match) -> tuple[float, ...]:
        day = float((one.document.on or UNDATED).toordinal())
        amount = float(WITHOUT_AMOUNT if one.document.amount is None else one.document.amount)
        return {"date": (day,), "amount": (amount,)}.get(sort, (one.score, day))

    return sorted(matches, key=lambda one: (*order(one), one.row), reverse=True)


def _fields(document: Document) -> dict[str, object]:
    return {
        "reference": _reference(document.kind, document.key),
        "kind": document.kind,
        "key": document.key,
        "county": document.county,
        "authority": document.authority,
        "acts": " ".join(document.acts),
        "party": document.party,
        "on": _midnight(document.on),
        "amount": document.amount,
        "content": to_json(document),
        **vars(analysis.postings(document)),
    }


def _reference(kind: str, key: str) -> str:
    return json.dumps([kind, key])


def _compile(plan: Plan | None, columns: Sequence[str] = tuple(WEIGHTS)) -> query.Query:  # noqa: PLR0911 - one answer a kind of node
    if plan is None:
        return query.Every()
    if isinstance(plan, Term):
        kind = query.Prefix if plan.is_prefix else query.Term
        return query.Or([kind(name, plan.text) for name in columns])
    if isinstance(plan, Phrase):
        return query.Or([query.Phrase(name, list(plan.terms)) for name in columns])
    if isinstance(plan, Within):
        return _compile(plan.part, plan.columns)
    if isinstance(plan, Column):
        return query.Term("acts" if plan.name == "act" else plan.name, plan.value)
    if isinstance(plan, Range):
        return _range(plan)
    if isinstance(plan, Not):
        return query.And([query.Every(), query.Not(_compile(plan.part, columns))])
    parts = [_compile(part, columns) for part in plan.parts if not isinstance(part, Not)]
    unwanted = [query.Not(_compile(part.part, columns)) for part in plan.parts if isinstance(part, Not)]
    if isinstance(plan, Any):
        return query.Or([*parts, *(query.And([query.Every(), one]) for one in unwanted)])
    return query.And([*(parts or [query.Every()]), *unwanted])


def _range(wanted: Range) -> query.Query:
    if wanted.low is not None and wanted.high is not None and wanted.low > wanted.high:
        return query.NullQuery
    if wanted.name == "amount":
        return query.NumericRange("amount", wanted.low if wanted.low is not None else 0, wanted.high)
    ends = (None if end is None else _midnight(ranges.day_of(end)) for end in (wanted.low, wanted.high))
    return query.DateRange("on", *ends)


def _filter(wanted: Query) -> query.Query | None:
    parts: list[query.Query] = []
    if wanted.kinds:
        parts.append(query.Or([query.Term("kind", kind) for kind in wanted.kinds]))
    singles = {"county": wanted.county, "authority": wanted.authority, "acts": wanted.act}
    parts += [query.Term(name, value) for name, value in singles.items() if value]
    if wanted.since or wanted.until:
        parts.append(query.DateRange("on", _midnight(wanted.since), _midnight(wanted.until)))
    return query.And(parts) if parts else None


def _mask(wanted: Query) -> query.Query | None:
    return query.Or([query.Term("key", key) for key in wanted.without]) if wanted.without else None


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - whoosh keeps naive days
