"""PostgreSQL: the same terms as a tsvector with a GIN index, in the same transaction.

Columns are weights (A codes, B names, C title, D body and marks). A GIN index knows no places, and the vectors that do
lie apart: reading them for each candidate of a quoted phrase took 5 µs each. So the order of a phrase is read in
search_words, the same terms as one short text, a quarter of a vector. Phrases inside OR and NOT are still left to the
vector, which counts 16,383 places: terms behind that are found, but not as part of such a phrase.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from search import analysis
from search.plan import All, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.stores.base import WEIGHTS, Class, class_of
from search.stores.compiling import CLOSE, Asked
from search.stores.sql import Row, SqlStore

LAST_PLACE = 16_383
_LETTERS = {"codes": "A", "names": "B", "title": "C", "body": "D", "marks": "D"}
_HIGHEST = max(WEIGHTS.values())
_RANK_WEIGHTS = ", ".join(str(WEIGHTS[name] / _HIGHEST) for name in ("body", "title", "names", "codes"))
_BY_LENGTH = 1
_TUNING = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
    "set_config('plan_cache_mode', 'force_custom_plan', true)"
)


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

    def in_order(self, slot: int, place: str) -> str | None:
        words = f"SELECT 1 FROM search_words_{slot} w WHERE w.id = search_postings_{slot}.id"  # noqa: S608
        return f"EXISTS ({words} AND strpos(w.words, CAST({place} AS text)) > 0)"

    def close_expression(self, text: Plan, unwanted: Plan | None) -> str:  # noqa: ARG002 - :match says what is unwanted
        return self.expression(text)

    def close_condition(self, slot: int, name: str, whole: str) -> str:
        return f"search_postings_{slot}.close @@ CAST(:{name} AS tsquery) AND {self.condition(slot, whole)}"

    def newest(self, asked: Asked, where: str) -> str:
        return self._newest(asked, where, "")

    def scored(self, asked: Asked, where: str) -> str:
        newest = self._newest(asked, where, f", search_postings_{asked.slot}.terms")
        score = f"ts_rank(ARRAY[{_RANK_WEIGHTS}]::real[], terms, CAST(:match AS tsquery), {_BY_LENGTH})"
        return f"SELECT id, {score} FROM ({newest}) newest"  # noqa: S608

    def _newest(self, asked: Asked, where: str, more: str) -> str:
        postings = f"search_postings_{asked.slot}"
        source = asked.source if asked.is_filtered else postings
        return (
            f"SELECT {postings}.id{more} FROM {source} WHERE {where} "  # noqa: S608
            f"ORDER BY {postings}.id DESC LIMIT :some"
        )


class PostgresStore(SqlStore):
    dialect = Tsquery()

    def scrub(self, session: Session) -> None:
        """VACUUM's business; docs/operations.md says how to hurry it."""

    def _tune(self, session: Session) -> None:
        """A scan of the table would unpack every vector, which the planner does not count."""
        session.execute(text(_TUNING))

    def _index(self, session: Session, slot: int, rows: Sequence[Row], classes: Mapping[Class, int]) -> None:
        values = (
            {
                "id": row,
                "class_id": classes[class_of(document)],
                "terms": tsvector(columns, _LETTERS),
                "close": tsvector(columns, CLOSE),
            }
            for row, document in rows
            for columns in [vars(analysis.postings(document))]
        )
        self._copy(session, f"search_postings_{slot}", ("id", "class_id", "terms", "close"), values)
        words = ({"id": row, "words": analysis.sequence(document)} for row, document in rows)
        self._copy(session, f"search_words_{slot}", ("id", "words"), words)

    def _write(self, session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._copy(session, table, tuple(rows[0]), rows)

    def _copy(self, session: Session, table: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """COPY, so that the server takes in one row while the next is cut here."""
        cursor = session.connection().connection.cursor()
        with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])

    def _unindex(self, session: Session, slot: int, rows: Sequence[Row]) -> None:
        for row, _document in rows:
            for table in ("search_postings", "search_words"):
                session.execute(text(f"DELETE FROM {table}_{slot} WHERE id = :id"), {"id": row})  # noqa: S608

    def _class_counts(self, session: Session, asked: Asked, classes: Mapping[int, Class]) -> dict[Class, int]:
        """The postings know their class too, so that what is not filtered need not be joined."""
        postings = f"search_postings_{asked.slot}"
        column, source = (
            ("d.class_id", asked.source) if asked.is_filtered or not asked.match else ("class_id", postings)
        )
        inner = f"SELECT {column} AS class_id FROM {source} WHERE {asked.where} LIMIT :cap"  # noqa: S608
        statement = f"SELECT class_id, count(*) FROM ({inner}) found GROUP BY class_id"  # noqa: S608
        found = session.execute(text(statement), {**asked.values, "cap": self.cap + 1})
        return {classes[number]: count for number, count in found}

    def _clear(self, session: Session, slot: int) -> None:
        names = ("search_postings", "search_words", "search_document", "search_content")
        session.execute(text(f"TRUNCATE {', '.join(f'{name}_{slot}' for name in names)}"))

    def _fill_begins(self, session: Session, slot: int) -> None:
        """Filling first and indexing then is many times faster."""
        session.execute(text(f"DROP INDEX IF EXISTS ix_search_postings_{slot}, ix_search_postings_{slot}_close"))

    def _fill_ends(self, session: Session, slot: int) -> None:
        session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        session.execute(text("SET LOCAL min_parallel_table_scan_size = 0"))  # the vectors lie beside this small table
        name = f"search_postings_{slot}"
        for index, column in ((f"ix_{name}", "terms"), (f"ix_{name}_close", "close")):
            session.execute(text(f"CREATE INDEX {index} ON {name} USING gin ({column}) WITH (fastupdate = off)"))
        for table in ("search_postings", "search_words", "search_document"):
            session.execute(text(f"ANALYZE {table}_{slot}"))


def tsvector(columns: Mapping[str, str], wanted: Collection[str]) -> str:
    """These columns of a document as PostgreSQL reads a tsvector; a gap between two, so that no phrase spans both."""
    return " ".join(_lexemes(columns, wanted))


def _lexemes(columns: Mapping[str, str], wanted: Collection[str]) -> Iterator[str]:
    place = 0
    for name, letter in _LETTERS.items():
        for term in columns[name].split() if name in wanted else ():
            place += 1
            yield f"'{term}':{place}{letter}" if place <= LAST_PLACE else f"'{term}'"
        place += 1


def _quote(term: str) -> str:
    plain = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{plain}'"
