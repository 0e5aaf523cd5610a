"""SQLite FTS5 in the same database. The postings keep no text: to take a document out it is cut once more."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from search import analysis
from search.plan import All, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.stores.base import WEIGHTS
from search.stores.compiling import CLOSE, Asked
from search.stores.models import SLOTS
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

    def close_expression(self, text: Plan, unwanted: Plan | None) -> str:
        close = self.expression(Within(CLOSE, text))
        return self.except_for(close, self.expression(unwanted)) if unwanted else close

    def close_condition(self, slot: int) -> str:
        return self.condition(slot, "close")

    def candidates(self, asked: Asked, where: str) -> str:
        postings = f"search_postings_{asked.slot}"
        score = f"-bm25({postings}, {', '.join(str(weight) for weight in WEIGHTS.values())})"
        source = asked.source if asked.is_filtered else postings
        return (
            f"SELECT {postings}.rowid, {score} FROM {source} WHERE {where} "  # noqa: S608
            f"ORDER BY {postings}.rowid DESC LIMIT :ranked"
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

    def _index(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        statement = f"INSERT INTO search_postings_{slot}(rowid, {_COLUMNS}) VALUES (:row, {_PLACES})"  # noqa: S608
        session.execute(text(statement), _postings(rows))

    def _unindex(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        if rows:
            table = f"search_postings_{slot}"
            statement = f"INSERT INTO {table}({table}, rowid, {_COLUMNS}) VALUES ('delete', :row, {_PLACES})"  # noqa: S608
            session.execute(text(statement), _postings(rows))

    def _clear(self, session: Session, slot: int) -> None:
        session.execute(text(f"INSERT INTO search_postings_{slot}(search_postings_{slot}) VALUES ('delete-all')"))  # noqa: S608
        for table in ("search_document", "search_content"):
            session.execute(text(f"DELETE FROM {table}_{slot}"))  # noqa: S608


def _postings(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"row": row, **vars(analysis.postings(document))} for row, document in rows]


def _quote(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
