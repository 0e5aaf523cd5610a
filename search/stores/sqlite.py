"""SQLite FTS5 in the same database. The postings keep no text: to take a document out it is cut once more."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from search import analysis
from search.plan import All, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.stores.base import WEIGHTS, Class
from search.stores.compiling import CLOSE, Asked
from search.stores.models import SLOTS, mark_of
from search.stores.sql import Row, SqlStore

_COLUMNS = "title, names, codes, body, marks"
_PLACES = ":title, :names, :codes, :body, :marks"


class Fts5:
    row = "rowid"

    def expression(self, plan: Plan) -> str:
        if isinstance(plan, Term):
            return f"{_quote(plan.text)}{'*' if plan.is_prefix else ''}"
        if isinstance(plan, Phrase):
            return _quote(" ".join(plan.terms))
        if isinstance(plan, Within):
            return f"{{{' '.join(plan.columns)}}} : ({self.expression(plan.part)})"
        if isinstance(plan, All | AnyOf):
            joint = " OR " if isinstance(plan, AnyOf) else " AND "
            return joint.join(f"({self.expression(part)})" for part in plan.parts)
        raise TypeError(f"{plan!r} is a condition, not a text")

    def except_for(self, wanted: str, unwanted: str) -> str:
        return f"({wanted}) NOT ({unwanted})"

    def condition(self, slot: int, name: str) -> str:
        return f"search_postings_{slot} MATCH :{name}"

    def in_order(self, slot: int, place: str) -> str | None:  # noqa: ARG002 - FTS5 keeps places beside its terms
        return None

    def close_expression(self, text: Plan, unwanted: Plan | None) -> str:
        close = self.expression(Within(CLOSE, text))
        return self.except_for(close, self.expression(unwanted)) if unwanted else close

    def close_condition(self, slot: int, name: str, whole: str) -> str:  # noqa: ARG002 - `name` says all of it
        return self.condition(slot, name)

    def newest(self, asked: Asked, where: str) -> str:
        return self._newest(asked, where, "")

    def scored(self, asked: Asked, where: str) -> str:
        score = f"-bm25(search_postings_{asked.slot}, {', '.join(str(weight) for weight in WEIGHTS.values())})"
        return self._newest(asked, where, f", {score}")

    def _newest(self, asked: Asked, where: str, more: str) -> str:
        """FTS5 walks from the newest row on and stops when there are enough."""
        postings = f"search_postings_{asked.slot}"
        source = asked.source if asked.is_filtered else postings
        return (
            f"SELECT {postings}.rowid{more} FROM {source} WHERE {where} "  # noqa: S608
            f"ORDER BY {postings}.rowid DESC LIMIT :some"
        )


class SqliteStore(SqlStore):
    dialect = Fts5()

    def scrub(self, session: Session) -> None:
        for slot in SLOTS:
            session.execute(text(f"INSERT INTO search_postings_{slot}(search_postings_{slot}) VALUES ('optimize')"))  # noqa: S608

    def _tune(self, session: Session) -> None:
        pass

    def _fill_begins(self, session: Session, slot: int) -> None:
        pass

    def _fill_ends(self, session: Session, slot: int) -> None:
        pass

    def _index(self, session: Session, slot: int, rows: Sequence[Row], classes: Mapping[Class, int]) -> None:  # noqa: ARG002
        self._write(session, f"search_postings_{slot}", _postings(rows))

    def _unindex(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        if rows:
            table = f"search_postings_{slot}"
            statement = f"INSERT INTO {table}({table}, rowid, {_COLUMNS}) VALUES ('delete', :rowid, {_PLACES})"  # noqa: S608
            session.execute(text(statement), _postings(rows))

    def _class_counts(self, session: Session, asked: Asked, classes: Mapping[int, Class]) -> dict[Class, int]:
        """Counted in one string of marks: GROUP BY would sort all that was found, which costs more than finding it."""
        marks, source = "d.class_mark", f"{asked.source} WHERE {asked.where}"
        if self._may_exceed_cap(session, asked.slot):  # a limit alone costs as much as the finding
            marks, source = "class_mark", f"(SELECT d.class_mark FROM {source} LIMIT {self.cap + 1})"  # noqa: S608
        found = session.scalar(text(f"SELECT group_concat({marks}, '') FROM {source}"), asked.values) or ""  # noqa: S608
        there = set(found)
        return {one: found.count(mark) for number, one in classes.items() if (mark := mark_of(number)) in there}

    def _may_exceed_cap(self, session: Session, slot: int) -> bool:
        """Rows are numbered upwards, so that the first and the last say how many there are at most."""
        ends = " - ".join(f"(SELECT {end}(id) FROM search_document_{slot})" for end in ("max", "min"))  # noqa: S608
        return (session.scalar(text(f"SELECT {ends}")) or 0) >= self.cap

    def _clear(self, session: Session, slot: int) -> None:
        session.execute(text(f"INSERT INTO search_postings_{slot}(search_postings_{slot}) VALUES ('delete-all')"))  # noqa: S608
        for table in ("search_document", "search_content"):
            session.execute(text(f"DELETE FROM {table}_{slot}"))  # noqa: S608


def _postings(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"rowid": row, **vars(analysis.postings(document))} for row, document in rows]


def _quote(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
