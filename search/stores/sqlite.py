"""SQLite FTS5 in the same database: put and deleted in the caller's transaction, found as soon as that is committed.

The text is cut by search.analysis before it gets here, so that FTS5's own tokenizer only splits at blanks. Two
generations may stand side by side while the index is rebuilt; what is put meanwhile goes into both.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from core.database import Database, unit_of_work
from search import analysis
from search.document import Document, Hit, Query, Results
from search.plan import All, Column, Not, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.stores.base import CAP, WEIGHTS, Match, arrange, facets
from search.stores.models import SearchDocument, SearchState

BATCH = 500
_INSERT = text(
    "INSERT INTO search_postings(rowid, title, names, codes, body, ends) "
    "VALUES (:row, :title, :names, :codes, :body, :ends)"
)
_RANK = f"bm25(search_postings, {WEIGHTS['title']}, {WEIGHTS['names']}, {WEIGHTS['codes']}, {WEIGHTS['body']}, 0.1)"


class SqliteStore:
    def put(self, session: Session, documents: Sequence[Document]) -> None:
        state = _state(session)
        for generation in {state.active, state.building} - {None}:
            for document in documents:
                self._forget(session, generation, document.kind, document.key)
            self._insert(session, generation, documents)

    def delete(self, session: Session, kind: str, key: str) -> None:
        state = _state(session)
        for generation in {state.active, state.building} - {None}:
            self._forget(session, generation, kind, key)
        if state.building:
            _remember_deleted(session, state.building, kind, key)

    def scrub(self, session: Session) -> None:
        session.execute(text("INSERT INTO search_postings(search_postings) VALUES ('optimize')"))

    def count(self, session: Session) -> int:
        active = _state(session).active
        return session.scalar(select(func.count()).where(SearchDocument.generation == active)) or 0

    def search(self, session: Session, query: Query, plan: Plan | None) -> Results:
        statement, values = _statement(query, plan, _state(session).active)
        rows = session.execute(text(statement), values).all()
        matches = [Match(row.id, -row.score, row.kind, row.county, _day(row.on_day)) for row in rows[:CAP]]
        page = arrange(matches, query)
        contents = _contents(session, [one.row for one in page])
        hits = tuple(Hit(contents[one.row], one.score) for one in page)
        return Results(hits, len(matches), len(rows) > CAP, facets(matches))

    def rebuild(self, database: Database, documents: Callable[[Session], Iterable[Document]]) -> int:
        with unit_of_work(database) as session:
            new = _begin_building(session)
        count = 0
        with database.read() as reading:
            for batch in _batches(documents(reading)):
                with unit_of_work(database) as session:
                    known = _known(session, new, batch)
                    self._insert(session, new, [one for one in batch if (one.kind, one.key) not in known])
                count += len(batch)
        with unit_of_work(database) as session:
            session.execute(update(SearchState).values(active=new, building=None))
        with unit_of_work(database) as session:
            _drop_all_but(session, new)
        return count

    def _insert(self, session: Session, generation: int | None, documents: Sequence[Document]) -> None:
        rows = [_row(generation or 0, document) for document in documents]
        session.add_all(rows)
        session.flush()
        if rows:
            session.execute(_INSERT, [_postings(row.id, one) for row, one in zip(rows, documents, strict=True)])

    def _forget(self, session: Session, generation: int | None, kind: str, key: str) -> None:
        row = session.scalar(
            select(SearchDocument).where(
                SearchDocument.generation == generation, SearchDocument.kind == kind, SearchDocument.key == key
            )
        )
        if row is not None:
            session.execute(text("DELETE FROM search_postings WHERE rowid = :row"), {"row": row.id})
            session.delete(row)
            session.flush()


def _statement(query: Query, plan: Plan | None, active: int) -> tuple[str, dict[str, Any]]:
    """The SQL for a question; everything typed is a bound value."""
    values: dict[str, Any] = {"generation": active, "cap": CAP + 1}
    conditions = ["d.generation = :generation", *_filters(query, values)]
    match = _compile(plan, values, conditions) if plan is not None else None
    if match is None:
        source, score = "search_document d", "0.0"
    else:
        values["match"] = match
        source = "search_postings JOIN search_document d ON d.id = search_postings.rowid"
        conditions.append("search_postings MATCH :match")
        score = _RANK
    order = "d.on_day DESC, d.id DESC" if query.sort == "date" or match is None else "score"
    columns = f"d.id, {score} AS score, d.kind, d.county, d.on_day"
    where = " AND ".join(conditions)
    return f"SELECT {columns} FROM {source} WHERE {where} ORDER BY {order} LIMIT :cap", values  # noqa: S608


def _filters(query: Query, values: dict[str, Any]) -> Iterator[str]:
    if query.kinds:
        values["kinds"] = json.dumps(query.kinds)
        yield "d.kind IN (SELECT value FROM json_each(:kinds))"
    for name, value in (("county", query.county), ("authority", query.authority)):
        if value:
            values[name] = value
            yield f"d.{name} = :{name}"
    if query.without:
        values["without"] = json.dumps(query.without)
        yield "d.key NOT IN (SELECT value FROM json_each(:without))"
    if query.act:
        values["act"] = f"|{query.act}|"
        yield "instr(d.acts, :act) > 0"
    for name, day, operator in (("since", query.since, ">="), ("until", query.until, "<=")):
        if day:
            values[name] = day.isoformat()
            yield f"d.on_day {operator} :{name}"


def _compile(plan: Plan, values: dict[str, Any], conditions: list[str]) -> str | None:
    """The FTS5 expression. Columns asked for at the top become SQL conditions; deeper ones are words like others."""
    parts = plan.parts if isinstance(plan, All) else (plan,)
    wanted: list[str] = []
    unwanted: list[str] = []
    for part in parts:
        target = part.part if isinstance(part, Not) else part
        if not _is_text(target):
            conditions.append(_condition(part, values))
        else:
            (unwanted if isinstance(part, Not) else wanted).append(_expression(target))
    if unwanted and not wanted:
        rows = "SELECT rowid FROM search_postings WHERE search_postings MATCH :unwanted"
        conditions.append(f"d.id NOT IN ({rows})")
        values["unwanted"] = " OR ".join(f"({one})" for one in unwanted)
    if not wanted:
        return None
    positive = " AND ".join(f"({one})" for one in wanted)
    return " NOT ".join([f"({positive})", *(f"({one})" for one in unwanted)]) if unwanted else positive


def _is_text(plan: Plan) -> bool:
    """Whether one FTS5 expression can say it: no column and no exception inside."""
    if isinstance(plan, All | AnyOf):
        return all(_is_text(part) for part in plan.parts)
    return not isinstance(plan, Column | Not)


def _condition(plan: Plan, values: dict[str, Any]) -> str:
    """Any plan as an SQL condition, for questions that mix words, columns and exceptions."""
    if isinstance(plan, Not):
        return f"NOT {_condition(plan.part, values)}"
    if isinstance(plan, Column):
        return _column(plan, values)
    if isinstance(plan, All | AnyOf) and not _is_text(plan):
        joint = " AND " if isinstance(plan, All) else " OR "
        return f"({joint.join(_condition(part, values) for part in plan.parts)})"
    name = f"match_{len(values)}"
    values[name] = _expression(plan)
    return f"(d.id IN (SELECT rowid FROM search_postings WHERE search_postings MATCH :{name}))"  # noqa: S608


def _column(column: Column, values: dict[str, Any]) -> str:
    name = f"column_{len(values)}"
    if column.name == "act":
        values[name] = f"|{column.value}|"
        return f"(instr(d.acts, :{name}) > 0)"
    values[name] = column.value
    safe = column.name if column.name in ("kind", "county", "authority") else "key"
    return f"(d.{safe} = :{name})"


def _expression(plan: Plan) -> str:
    """The FTS5 expression of a plan that is all text."""
    if isinstance(plan, Term):
        quoted = _quote(plan.text)
        return f"({quoted}* OR ends : {quoted})" if plan.is_prefix else quoted
    if isinstance(plan, Phrase):
        return _quote(" ".join(plan.terms))
    if isinstance(plan, Within):
        return f"{plan.column} : ({_expression(plan.part)})"
    if isinstance(plan, All | AnyOf):
        joint = " OR " if isinstance(plan, AnyOf) else " AND "
        return joint.join(f"({_expression(part)})" for part in plan.parts)
    raise TypeError(f"{plan!r} is a condition, not a text")


def _quote(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _row(generation: int, document: Document) -> SearchDocument:
    return SearchDocument(
        generation=generation,
        kind=document.kind,
        key=document.key,
        county=document.county,
        authority=document.authority,
        acts="|" + "".join(f"{act}|" for act in document.acts),
        on_day=document.on,
        content={
            "url": document.url,
            "title": document.title,
            "body": document.body,
            "names": list(document.names),
            "codes": list(document.codes),
        },
    )


def _postings(row: int, document: Document) -> dict[str, Any]:
    texts = [document.title, *document.names, document.body]
    numbers = [analysis.number_term(code) for code in document.codes]
    numbers += [number for one in texts for number in analysis.whole_numbers(one)]
    return {
        "row": row,
        "title": " ".join(analysis.terms(document.title)),
        "names": " ".join(" ".join(analysis.terms(name)) for name in document.names),
        "codes": " ".join([*numbers, *(term for code in document.codes for term in analysis.terms(code))]),
        "body": " ".join(analysis.terms(document.body)),
        "ends": " ".join(sorted({end for one in texts for end in analysis.ends(one)})),
    }


def _contents(session: Session, rows: Sequence[int]) -> dict[int, Document]:
    found = session.scalars(select(SearchDocument).where(SearchDocument.id.in_(rows)))
    return {row.id: _document(row) for row in found}


def _document(row: SearchDocument) -> Document:
    content = row.content
    return Document(
        kind=row.kind,
        key=row.key,
        url=content["url"],
        title=content["title"],
        body=content["body"],
        names=tuple(content["names"]),
        codes=tuple(content["codes"]),
        county=row.county,
        authority=row.authority,
        acts=tuple(act for act in row.acts.split("|") if act),
        on=row.on_day,
    )


def _state(session: Session) -> SearchState:
    return session.scalars(select(SearchState).execution_options(populate_existing=True)).one()


def _begin_building(session: Session) -> int:
    state = _state(session)
    new = max(state.active, state.building or 0) + 1
    _drop_all_but(session, state.active)
    state.building = new
    session.flush()
    return new


def _drop_all_but(session: Session, generation: int) -> None:
    old = "SELECT id FROM search_document WHERE generation <> :generation"
    session.execute(text(f"DELETE FROM search_postings WHERE rowid IN ({old})"), {"generation": generation})  # noqa: S608
    session.execute(delete(SearchDocument).where(SearchDocument.generation != generation))


def _remember_deleted(session: Session, building: int, kind: str, key: str) -> None:
    """Under the negative generation, so that the rebuild does not bring back what it read before."""
    row = {"generation": -building, "kind": kind, "key": key, "acts": "", "content": {}}
    session.execute(insert(SearchDocument).values(row).on_conflict_do_nothing())


def _known(session: Session, generation: int, batch: Sequence[Document]) -> set[tuple[str, str]]:
    """Those of `batch` that were put or deleted since the rebuild began."""
    keys = [one.key for one in batch]
    rows = session.execute(
        select(SearchDocument.kind, SearchDocument.key).where(
            SearchDocument.generation.in_((generation, -generation)), SearchDocument.key.in_(keys)
        )
    )
    return {(kind, key) for kind, key in rows}


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    source = iter(documents)
    while batch := list(islice(source, BATCH)):
        yield batch


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
