"""What the stores inside a database share: put and deleted in the caller's transaction, two slots, plain columns.

The text is cut by search.analysis before it gets here. While one slot is rebuilt, the other answers, and what is put
meanwhile goes into both. Very many matches are not scored: those come first that say it in title, names or codes, then
those that have all of it, then the newest; counts come from the columns and are kept until the index changes.
"""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from core.database import Database, unit_of_work
from core.paging import Cursor, page_of
from search import analysis
from search.document import Document, Hit, Query, Results
from search.plan import Plan
from search.stores.base import (
    CAP,
    RANKED,
    UNDATED,
    WITHOUT_AMOUNT,
    Class,
    batches,
    border,
    class_of,
    facets,
    from_json,
    to_json,
)
from search.stores.compiling import Asked, Dialect, asked_of
from search.stores.models import FORGOTTEN, SLOTS, SearchClass, SearchState, mark_of

KEPT_COUNTS = 256
MOST_RANKED = 2 * RANKED
FEW = 20
Row = tuple[int, Document]


class SqlStore(ABC):
    """What differs between databases is below; everything typed is a bound value."""

    dialect: Dialect

    def __init__(self, cap: int = CAP) -> None:
        self.cap = cap
        self._counts: OrderedDict[tuple[object, ...], dict[Class, int]] = OrderedDict()

    @abstractmethod
    def _index(self, session: Session, slot: int, rows: Sequence[Row], classes: Mapping[Class, int]) -> None: ...
    @abstractmethod
    def _unindex(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        """Take out postings; the documents are as they were put."""

    @abstractmethod
    def _class_counts(self, session: Session, asked: Asked, classes: Mapping[int, Class]) -> dict[Class, int]:
        """How many documents of each class there are among the first `cap` + 1 found."""

    @abstractmethod
    def _clear(self, session: Session, slot: int) -> None: ...
    @abstractmethod
    def _tune(self, session: Session) -> None:
        """Before a question, for its transaction."""

    @abstractmethod
    def _fill_begins(self, session: Session, slot: int) -> None: ...
    @abstractmethod
    def _fill_ends(self, session: Session, slot: int) -> None: ...
    @abstractmethod
    def scrub(self, session: Session) -> None: ...

    def put(self, session: Session, documents: Sequence[Document]) -> None:
        state = _state(session, to_change=True)
        newest = {(one.kind, one.key): one for one in documents}
        rows = _numbered(state, list(newest.values()))
        for slot in _slots(state):
            for kind, key in newest:
                self._forget(session, state, slot, kind, key)
            self._insert(session, slot, rows)

    def delete(self, session: Session, kind: str, key: str) -> None:
        state = _state(session, to_change=True)
        state.revision += 1
        for slot in _slots(state):
            self._forget(session, state, slot, kind, key)
        if state.building:
            gone = {"id": state.revision, "kind": kind, "key": key, "class_id": FORGOTTEN, "acts": "", "party": None}
            gone |= {"class_mark": mark_of(FORGOTTEN), "on_day": UNDATED.isoformat(), "amount": WITHOUT_AMOUNT}
            self._write(session, f"search_document_{state.building}", [gone])

    def count(self, session: Session) -> int:
        statement = f"SELECT count(*) FROM search_document_{_state(session).active}"  # noqa: S608
        return int(session.scalar(text(statement)) or 0)

    def is_outdated(self, session: Session) -> bool:
        return _state(session).analysis != analysis.VERSION

    def search(self, session: Session, query: Query, plan: Plan | None) -> Results:
        """Asks again where the slots were swapped in between."""
        self._tune(session)
        while True:
            state = _state(session)
            slot, revision = state.active, state.revision
            results = self._answer(session, slot, revision, query, plan)
            if _state(session).active == slot:
                return results

    def tally(self, session: Session, parties: Sequence[str]) -> dict[str, dict[str, int]]:
        names = {f"party_{n}": party for n, party in enumerate(parties)}
        found: dict[str, dict[str, int]] = {party: {} for party in parties}
        if not names:
            return found
        statement = (
            f"SELECT d.party, c.kind, count(*) FROM search_document_{_state(session).active} d "  # noqa: S608
            f"JOIN search_class c ON c.id = d.class_id WHERE d.party IN ({', '.join(f':{one}' for one in names)}) "
            "GROUP BY d.party, c.kind ORDER BY count(*) DESC, c.kind"
        )
        for party, kind, count in session.execute(text(statement), names):
            found[party][kind] = count
        return found

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        with unit_of_work(database) as session:
            state = _state(session, to_change=True)
            slot = next(one for one in SLOTS if one != state.active)
            self._clear(session, slot)
            state.building = slot
            self._fill_begins(session, slot)
        count = 0
        with database.read() as reading:
            for batch in batches(documents(reading)):
                with unit_of_work(database) as session:
                    state = _state(session, to_change=True)
                    known = _known(session, slot, batch)
                    wanted = [one for one in batch if (one.kind, one.key) not in known]
                    self._insert(session, slot, _numbered(state, wanted))
                count += len(batch)
        with unit_of_work(database) as session:
            self._fill_ends(session, slot)
        with unit_of_work(database) as session:
            session.execute(text(f"DELETE FROM search_document_{slot} WHERE class_id = {FORGOTTEN}"))  # noqa: S608
            changed = {"active": slot, "building": None, "analysis": analysis.VERSION}
            session.execute(update(SearchState).values(**changed, revision=SearchState.revision + 1))
        with unit_of_work(database) as session:
            self._clear(session, next(one for one in SLOTS if one != slot))
        return count

    def _answer(self, session: Session, slot: int, revision: int, query: Query, plan: Plan | None) -> Results:
        asked = asked_of(self.dialect, slot, query, plan)
        counts = self._counted(session, asked, revision)
        total = sum(counts.values())
        by_score = query.sort == "relevance" and asked.match is not None
        page = self._ranked(session, asked, query, total) if by_score else self._sorted(session, asked, query)
        return Results(
            page.hits, min(total, self.cap), total > self.cap, facets(counts), page.next_cursor, page.previous_cursor
        )

    def _counted(self, session: Session, asked: Asked, revision: int) -> dict[Class, int]:
        """Documents found, by class; kept while the index stays as it is."""
        key = (revision, asked.source, asked.where, tuple(sorted(asked.values.items())))
        if key not in self._counts:
            self._counts[key] = self._class_counts(session, asked, _classes(session))
            while len(self._counts) > KEPT_COUNTS:
                self._counts.popitem(last=False)
        return self._counts[key]

    def _ranked(self, session: Session, asked: Asked, query: Query, total: int) -> Results:
        """A page of the best; its cursor is a place among them."""
        cursor = border(query, (int,))
        start = min(max(int(cursor.key[0]), 0), MOST_RANKED) if cursor else 0
        following = start + query.limit
        are_many = total > RANKED
        order = self._by_nearness(session, asked, following + 1) if are_many else self._by_score(session, asked)
        wanted = order[start:following]
        contents = _contents(session, asked.slot, wanted)
        return Results(
            tuple(Hit(contents[row]) for row in wanted if row in contents),
            next_cursor=Cursor((following,)).encode() if following < len(order) else None,
            previous_cursor=Cursor((max(0, start - query.limit),)).encode() if start else None,
        )

    def _by_nearness(self, session: Session, asked: Asked, some: int) -> list[int]:
        """At least the first `some` rows of very many, level by level, the newest of each first.

        Where nearly all documents say the same words, a score tells little of any of them and costs a look at every
        place where they stand. Few of a level need no order among them, and asking for more goes through everything.
        """
        found: dict[int, None] = {}
        for *fuller, last in asked.levels:
            if len(found) < some:
                most = max(min(some + len(found), MOST_RANKED), FEW + 1)
                newest = self._newest(session, asked, last, most)
                for where in fuller if len(newest) > FEW else ():
                    found |= dict.fromkeys(self._newest(session, asked, where, most))
                found |= dict.fromkeys(newest)
        return list(found)[:MOST_RANKED]

    def _newest(self, session: Session, asked: Asked, where: str, some: int) -> list[int]:
        values = {**asked.values, "some": some}
        return list(session.scalars(text(self.dialect.newest(asked, where)), values))

    def _by_score(self, session: Session, asked: Asked) -> list[int]:
        """All matches, the best first and of equals the newest."""
        values = {**asked.values, "some": RANKED}
        found = session.execute(text(self.dialect.scored(asked, asked.where)), values).all()
        return [row for row, _score in sorted(found, key=lambda one: (one[1], one[0]), reverse=True)]

    def _sorted(self, session: Session, asked: Asked, query: Query) -> Results:
        """A page by day or amount, found by the row it borders on."""
        column, kind = ("amount", int) if query.sort == "amount" else ("on_day", str)
        cursor = border(query, (kind, int))
        backwards = cursor is not None and cursor.backwards
        values, where = {**asked.values, "some": query.limit + 1}, asked.where
        if cursor is not None:
            values |= {"border": cursor.key[0], "border_row": cursor.key[1]}
            where += f" AND (d.{column}, d.id) {'>' if backwards else '<'} (:border, :border_row)"
        way = "ASC" if backwards else "DESC"
        statement = (
            f"SELECT d.id, d.{column} FROM {asked.source} WHERE {where} "  # noqa: S608
            f"ORDER BY d.{column} {way}, d.id {way} LIMIT :some"
        )
        rows = [(row, kind(value)) for row, value in session.execute(text(statement), values)]
        page = page_of(rows, limit=query.limit, cursor=cursor, key=lambda one: (one[1], one[0]))
        contents = _contents(session, asked.slot, [row for row, _value in page.items])
        hits = tuple(Hit(contents[row]) for row, _value in page.items if row in contents)
        return Results(hits, next_cursor=page.next_cursor, previous_cursor=page.previous_cursor)

    def _insert(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        if not rows:
            return
        classes = _class_numbers(session, {class_of(one) for _row, one in rows})
        contents = [{"id": row, "content": to_json(one)} for row, one in rows]
        self._write(session, f"search_document_{slot}", [_columns(row, one, classes) for row, one in rows])
        self._write(session, f"search_content_{slot}", contents)
        self._index(session, slot, rows, classes)

    def _write(self, session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """All rows have the same columns."""
        columns = ", ".join(rows[0])
        places = ", ".join(f":{name}" for name in rows[0])
        session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), rows)  # noqa: S608

    def _forget(self, session: Session, state: SearchState, slot: int, kind: str, key: str) -> None:
        at = {"kind": kind, "key": key}
        row = session.scalar(text(f"SELECT id FROM search_document_{slot} WHERE kind = :kind AND key = :key"), at)  # noqa: S608
        if row is None:
            return
        if state.analysis == analysis.VERSION or slot == state.building:
            self._unindex(session, slot, list(_contents(session, slot, [row]).items()))
        for table in ("search_document", "search_content"):
            session.execute(text(f"DELETE FROM {table}_{slot} WHERE id = :id"), {"id": row})  # noqa: S608


def _columns(row: int, document: Document, classes: dict[Class, int]) -> dict[str, Any]:
    return {
        "id": row,
        "kind": document.kind,
        "key": document.key,
        "class_id": classes[class_of(document)],
        "class_mark": mark_of(classes[class_of(document)]),
        "on_day": (document.on or UNDATED).isoformat(),
        "amount": WITHOUT_AMOUNT if document.amount is None else document.amount,
        "acts": "|" + "".join(f"{act}|" for act in document.acts),
        "party": document.party,
    }


def _contents(session: Session, slot: int, rows: Sequence[int]) -> dict[int, Document]:
    if not rows:
        return {}
    numbers = ", ".join(str(int(row)) for row in rows)
    found = session.execute(text(f"SELECT id, content FROM search_content_{slot} WHERE id IN ({numbers})"))  # noqa: S608
    return {row: from_json(content) for row, content in found}


def _state(session: Session, *, to_change: bool = False) -> SearchState:
    """The one row; whoever changes the index locks it, so that writers take turns."""
    statement = select(SearchState).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update() if to_change else statement).one()


def _slots(state: SearchState) -> list[int]:
    return [state.active, *([state.building] if state.building else [])]


def _numbered(state: SearchState, documents: Sequence[Document]) -> list[Row]:
    first = state.revision + 1
    state.revision += len(documents)
    return list(enumerate(documents, first))


def _known(session: Session, slot: int, batch: Sequence[Document]) -> set[tuple[str, str]]:
    """Those of `batch` that were put or deleted since the rebuild began."""
    keys = {f"key_{n}": one.key for n, one in enumerate(batch)}
    names = ", ".join(f":{one}" for one in keys)
    statement = f"SELECT kind, key FROM search_document_{slot} WHERE key IN ({names})"  # noqa: S608
    return {(kind, key) for kind, key in session.execute(text(statement), keys)}


def _classes(session: Session) -> dict[int, Class]:
    found = session.execute(text("SELECT id, kind, county, authority, year FROM search_class"))
    return {number: (kind, county, authority, year) for number, kind, county, authority, year in found}


def _class_numbers(session: Session, wanted: set[Class]) -> dict[Class, int]:
    known = {one: number for number, one in _classes(session).items()}
    missing = sorted(wanted - known.keys())
    if missing:
        names = ("kind", "county", "authority", "year")
        session.execute(insert(SearchClass), [dict(zip(names, one, strict=True)) for one in missing])
        known = {one: number for number, one in _classes(session).items()}
    return known
