"""PostgreSQL: the same terms as a tsvector with a GIN index, in the same transaction.

Columns are weights (A codes, B names, C title, D body and marks). A tsvector counts 16,383 places: terms behind that
are found, but not as part of a quoted phrase.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from search import analysis
from search.document import Document
from search.plan import All, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.stores.base import WEIGHTS
from search.stores.compiling import Asked
from search.stores.sql import Row, SqlStore

LAST_PLACE = 16_383
_LETTERS = {"codes": "A", "names": "B", "title": "C", "body": "D", "marks": "D"}
_HIGHEST = max(WEIGHTS.values())
_RANK_WEIGHTS = ", ".join(str(WEIGHTS[name] / _HIGHEST) for name in ("body", "title", "names", "codes"))
_BY_LENGTH = 1


class Tsquery:
    row = "id"

    def expression(self, plan: Plan, weights: str = "") -> str:
        if isinstance(plan, Term):
            suffix = f"{'*' if plan.is_prefix else ''}{weights}"
            return f"{_quote(plan.text)}{':' if suffix else ''}{suffix}"
        if isinstance(plan, Phrase):
            suffix = f":{weights}" if weights else ""
            return f"({' <-> '.join(f'{_quote(term)}{suffix}' for term in plan.terms)})"
        if isinstance(plan, Within):
            return self.expression(plan.part, "".join(sorted(_LETTERS[one] for one in plan.columns)))
        if isinstance(plan, All | AnyOf):
            joint = " | " if isinstance(plan, AnyOf) else " & "
            return f"({joint.join(self.expression(part, weights) for part in plan.parts)})"
        raise TypeError(f"{plan!r} is a condition, not a text")

    def except_for(self, wanted: str, unwanted: str) -> str:
        return f"({wanted}) & !({unwanted})"

    def condition(self, slot: int, name: str) -> str:
        return f"search_postings_{slot}.terms @@ CAST(:{name} AS tsquery)"

    def candidates(self, asked: Asked) -> str:
        postings = f"search_postings_{asked.slot}"
        source = asked.source if asked.is_filtered else postings
        newest = (
            f"SELECT {postings}.id, {postings}.terms FROM {source} WHERE {asked.where} "  # noqa: S608
            f"ORDER BY {postings}.id DESC LIMIT :ranked"
        )
        score = f"ts_rank(ARRAY[{_RANK_WEIGHTS}]::real[], terms, CAST(:match AS tsquery), {_BY_LENGTH})"
        return f"SELECT id, {score} FROM ({newest}) newest"  # noqa: S608

    def bound(self, column: str, value: Any) -> Any:  # noqa: ARG002
        return value


class PostgresStore(SqlStore):
    dialect = Tsquery()

    def scrub(self, session: Session) -> None:
        """VACUUM's business; docs/operations.md says how to hurry it."""

    def _index(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        statement = f"INSERT INTO search_postings_{slot} (id, terms) VALUES (:id, CAST(:terms AS tsvector))"  # noqa: S608
        session.execute(text(statement), [{"id": row, "terms": tsvector(document)} for row, document in rows])

    def _unindex(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        for row, _document in rows:
            session.execute(text(f"DELETE FROM search_postings_{slot} WHERE id = :id"), {"id": row})  # noqa: S608

    def _clear(self, session: Session, slot: int) -> None:
        tables = ", ".join(f"{name}_{slot}" for name in ("search_postings", "search_document", "search_content"))
        session.execute(text(f"TRUNCATE {tables}"))

    def _fill_begins(self, session: Session, slot: int) -> None:
        """Filling first and indexing then is many times faster."""
        session.execute(text(f"DROP INDEX IF EXISTS ix_search_postings_{slot}"))

    def _fill_ends(self, session: Session, slot: int) -> None:
        session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        index = f"CREATE INDEX ix_search_postings_{slot} ON search_postings_{slot} USING gin (terms)"
        session.execute(text(f"{index} WITH (fastupdate = off)"))
        for table in ("search_postings", "search_document"):
            session.execute(text(f"ANALYZE {table}_{slot}"))


def tsvector(document: Document) -> str:
    """The terms of a document as PostgreSQL reads a tsvector; a gap between columns, so that no phrase spans two."""
    return " ".join(_lexemes(vars(analysis.postings(document))))


def _lexemes(columns: dict[str, str]) -> Iterator[str]:
    place = 0
    for name, letter in _LETTERS.items():
        for term in columns[name].split():
            place += 1
            if place <= LAST_PLACE:
                yield f"'{term}':{place}{letter}"
            else:
                yield f"'{term}'"
        place += 1


def _quote(term: str) -> str:
    plain = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{plain}'"
