"""Whoosh's own index in files: for databases without a store of their own, and the reference for the others.

Writers take turns by a lock file. Readers look for a newer state at each question. A rebuild fills a folder beside;
what is put meanwhile goes into the old one and into a journal, which is played into the new one before the swap. The
folder before stays until the next rebuild, for readers who are still in it.
"""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy.orm import Session
from whoosh import index, query
from whoosh.analysis import KeywordAnalyzer
from whoosh.fields import DATETIME, ID, KEYWORD, STORED, TEXT, Schema
from whoosh.writing import IndexWriter

from core.database import Database
from core.ids import new_id
from search import analysis
from search.document import Document, Hit, Query, Results
from search.plan import Any, Column, Not, Phrase, Plan, Term, Within
from search.stores.base import CAP, WEIGHTS, Match, arrange, facets

POINTER = "current"
Change = tuple[str, Document | None]
_SCHEMA = Schema(
    reference=ID(unique=True, stored=True),
    kind=ID(stored=True),
    key=ID(stored=True),
    county=ID(stored=True),
    authority=ID(stored=True),
    acts=KEYWORD(stored=True),
    on=DATETIME(stored=True),
    content=STORED,
    ends=KEYWORD,
    **{
        name: TEXT(
            analyzer=KeywordAnalyzer() if name == "codes" else analysis.PairTokenizer(), phrase=True, field_boost=weight
        )
        for name, weight in WEIGHTS.items()
    },
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

    def search(self, session: Session, query: Query, plan: Plan | None) -> Results:  # noqa: ARG002
        with self._index().searcher() as searcher:
            found = searcher.search(
                _compile(plan), limit=CAP + 1, filter=_filter(query), mask=_mask(query), scored=plan is not None
            )
            rows = list(found)
            matches = [_match(row) for row in rows[:CAP]]
            contents = {row.docnum: row for row in rows[:CAP]}
            page = arrange(matches, query)
            hits = tuple(Hit(_document(contents[one.row]), one.score) for one in page)
            return Results(hits, len(matches), len(rows) > CAP, facets(matches))

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        name, count = new_id(), 0
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
            name = new_id()
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
    content = asdict(document) | {"on": str(document.on) if document.on else None} if document else None
    return json.dumps([reference, content], ensure_ascii=False)


def _read_line(line: str) -> Change:
    reference, content = json.loads(line)
    if content is None:
        return reference, None
    lists = {name: tuple(content[name]) for name in ("names", "codes", "acts")}
    on = date.fromisoformat(content["on"]) if content["on"] else None
    return reference, Document(**{**content, **lists, "on": on})


def _fields(document: Document) -> dict[str, object]:
    texts = [document.title, *document.names, document.body]
    numbers = [analysis.number_term(code) for code in document.codes]
    numbers += [number for one in texts for number in analysis.whole_numbers(one)]
    codes = [*numbers, *(term for code in document.codes for term in analysis.terms(code))]
    content = {"url": document.url, "title": document.title, "body": document.body}
    return {
        "reference": _reference(document.kind, document.key),
        "kind": document.kind,
        "key": document.key,
        "county": document.county,
        "authority": document.authority,
        "acts": " ".join(document.acts),
        "on": datetime(document.on.year, document.on.month, document.on.day) if document.on else None,  # noqa: DTZ001
        "content": {**content, "names": list(document.names), "codes": list(document.codes)},
        "ends": " ".join(sorted({end for one in texts for end in analysis.ends(one)})),
        "title": document.title,
        "names": " \n ".join(document.names),
        "codes": " ".join(codes),
        "body": document.body,
    }


def _reference(kind: str, key: str) -> str:
    return json.dumps([kind, key])


def _compile(plan: Plan | None, columns: Sequence[str] = tuple(WEIGHTS)) -> query.Query:  # noqa: PLR0911 - one answer a kind of node
    if plan is None:
        return query.Every()
    if isinstance(plan, Term):
        return _term(plan, columns)
    if isinstance(plan, Phrase):
        return query.Or([query.Phrase(name, list(plan.terms)) for name in columns])
    if isinstance(plan, Within):
        return _compile(plan.part, (plan.column,))
    if isinstance(plan, Column):
        return query.Term("acts" if plan.name == "act" else plan.name, plan.value)
    if isinstance(plan, Not):
        return query.And([query.Every(), query.Not(_compile(plan.part, columns))])
    parts = [_compile(part, columns) for part in plan.parts if not isinstance(part, Not)]
    unwanted = [query.Not(_compile(part.part, columns)) for part in plan.parts if isinstance(part, Not)]
    if isinstance(plan, Any):
        return query.Or([*parts, *(query.And([query.Every(), one]) for one in unwanted)])
    return query.And([*(parts or [query.Every()]), *unwanted])


def _term(term: Term, columns: Sequence[str]) -> query.Query:
    ways: list[query.Query] = [query.Term(name, term.text) for name in columns]
    if term.is_prefix:
        ways = [query.Prefix(name, term.text) for name in columns] + [query.Term("ends", term.text)]
    return query.Or(ways)


def _filter(wanted: Query) -> query.Query | None:
    parts: list[query.Query] = []
    if wanted.kinds:
        parts.append(query.Or([query.Term("kind", kind) for kind in wanted.kinds]))
    parts += [query.Term(name, value) for name, value in _single_filters(wanted) if value]
    if wanted.since or wanted.until:
        parts.append(query.DateRange("on", _midnight(wanted.since), _midnight(wanted.until)))
    return query.And(parts) if parts else None


def _mask(wanted: Query) -> query.Query | None:
    return query.Or([query.Term("key", key) for key in wanted.without]) if wanted.without else None


def _single_filters(wanted: Query) -> tuple[tuple[str, str | None], ...]:
    return (("county", wanted.county), ("authority", wanted.authority), ("acts", wanted.act))


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day) if day else None  # noqa: DTZ001 - whoosh keeps naive days


def _match(row: index.Index) -> Match:
    on = row.get("on")
    return Match(row.docnum, row.score or 0.0, row["kind"], row.get("county"), on.date() if on else None)


def _document(row: index.Index) -> Document:
    content, on = row["content"], row.get("on")
    return Document(
        kind=row["kind"],
        key=row["key"],
        url=content["url"],
        title=content["title"],
        body=content["body"],
        names=tuple(content["names"]),
        codes=tuple(content["codes"]),
        county=row.get("county"),
        authority=row.get("authority"),
        acts=tuple((row.get("acts") or "").split()),
        on=on.date() if on else None,
    )
