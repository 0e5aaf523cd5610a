"""A question in SQL: one text expression of the database's own, plain conditions for the rest; all values bound."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from search import analysis, ranges
from search.document import Query
from search.plan import All, Column, Not, Phrase, Plan, Term, Within
from search.plan import Any as AnyOf
from search.ranges import Range

CLOSE = ("title", "names", "codes")
_CLASS_COLUMNS = ("kind", "county", "authority")


@dataclass(frozen=True)
class Asked:
    """`match` is the text expression, bound as :match; `levels` say which of very many matches come first.

    First those that say it in title, names and codes, then all; of each first those that have every part of what is
    asked, also where the question leaves parts out. A level of one condition: no match has more of it than another.
    """

    slot: int
    source: str
    where: str
    values: dict[str, Any]
    match: str | None
    levels: tuple[tuple[str, ...], ...]
    is_filtered: bool


class Dialect(Protocol):
    """How one database says it."""

    row: str

    def expression(self, plan: Plan) -> str:
        """The text expression of a plan without columns, ranges and exceptions."""
        ...

    def except_for(self, wanted: str, unwanted: str) -> str: ...
    def condition(self, slot: int, name: str) -> str:
        """SQL: the postings match the expression that is bound under `name`."""
        ...

    def in_order(self, slot: int, place: str) -> str | None:
        """SQL: a phrase's stretch, bound at `place`, stands in the document; None: the text expression says so."""
        ...

    def close_expression(self, text: Plan, unwanted: Plan | None) -> str:
        """The expression within title, names and codes."""
        ...

    def close_condition(self, slot: int, name: str, whole: str) -> str:
        """SQL: the postings match what is bound under `whole`, and `name` within title, names and codes."""
        ...

    def newest(self, asked: Asked, where: str) -> str:
        """SQL of the newest :some rows."""
        ...

    def scored(self, asked: Asked, where: str) -> str:
        """The same with their scores, the better the higher."""
        ...


def asked_of(dialect: Dialect, slot: int, query: Query, plan: Plan | None) -> Asked:
    writer = _Writer(dialect, slot)
    wanted: list[Plan] = []
    unwanted: list[Plan] = []
    for part in plan.parts if isinstance(plan, All) else (plan,) if plan else ():
        target = part.part if isinstance(part, Not) else part
        if isinstance(part, Phrase):
            wanted.append(writer.phrase(part))
        elif _is_text(target):
            (unwanted if isinstance(part, Not) else wanted).append(target)
        else:
            writer.conditions.append(writer.condition(part))
    writer.conditions += writer.filters(query)
    if not wanted:
        writer.conditions += [f"NOT {writer.condition(part)}" for part in unwanted]
    text = All(tuple(wanted)) if wanted else None
    return writer.asked(text, AnyOf(tuple(unwanted)) if wanted and unwanted else None)


def _is_text(plan: Plan) -> bool:
    """Whether one text expression can say it: no column, no range and no exception inside."""
    if isinstance(plan, All | AnyOf):
        return all(_is_text(part) for part in plan.parts)
    return not isinstance(plan, Column | Range | Not)


def _fullest(plan: Plan) -> Plan:
    """The same with nothing left out: of each choice all."""
    if isinstance(plan, All | AnyOf):
        return All(tuple(_fullest(part) for part in plan.parts))
    return replace(plan, part=_fullest(plan.part)) if isinstance(plan, Within) else plan


class _Writer:
    def __init__(self, dialect: Dialect, slot: int) -> None:
        self.dialect, self.slot = dialect, slot
        self.values: dict[str, Any] = {}
        self.conditions: list[str] = []
        self.in_order: list[str] = []

    def asked(self, text: Plan | None, unwanted: Plan | None) -> Asked:
        documents, postings = f"search_document_{self.slot}", f"search_postings_{self.slot}"
        is_filtered = bool(self.conditions)
        if text is None:
            where = " AND ".join(self.conditions) or "1 = 1"
            return Asked(self.slot, f"{documents} d", where, self.values, None, (), is_filtered)
        forms = {"match": text}
        if (full := _fullest(text)) != text:
            forms = {"full": full, "match": text}
        for name, form in forms.items():
            self.values |= self.bound(name, form, unwanted)
        anywhere = tuple(self.where(self.dialect.condition(self.slot, name)) for name in forms)
        close = tuple(self.where(self.dialect.close_condition(self.slot, f"close_{name}", name)) for name in forms)
        source = f"{postings} JOIN {documents} d ON d.id = {postings}.{self.dialect.row}"
        match = str(self.values["match"])
        return Asked(self.slot, source, anywhere[-1], self.values, match, (close, anywhere), is_filtered)

    def bound(self, name: str, text: Plan, unwanted: Plan | None) -> dict[str, str]:
        match = self.dialect.expression(text)
        if unwanted:
            match = self.dialect.except_for(match, self.dialect.expression(unwanted))
        return {name: match, f"close_{name}": self.dialect.close_expression(text, unwanted)}

    def where(self, condition: str) -> str:
        return " AND ".join([condition, *self.in_order, *self.conditions])

    def phrase(self, phrase: Phrase) -> Plan:
        """All its terms, and their order as a condition, where the database would take long to say both at once."""
        condition = self.dialect.in_order(self.slot, f":v{len(self.values)}")
        if condition is None or phrase.terms[0].startswith(analysis.MARK):
            return phrase
        self.bind(analysis.stretch(phrase.terms))
        self.in_order.append(condition)
        return All(tuple(map(Term, phrase.terms)))

    def filters(self, query: Query) -> Iterator[str]:
        columns = {"county": query.county, "authority": query.authority}
        classes = [f"c.{name} = {self.bind(value)}" for name, value in columns.items() if value]
        if query.kinds:
            classes.append(f"c.kind IN ({', '.join(map(self.bind, query.kinds))})")
        if classes:
            yield self.in_class(" AND ".join(classes))
        if query.without:
            yield f"d.key NOT IN ({', '.join(map(self.bind, query.without))})"
        if query.act:
            yield self.column(Column("act", query.act))
        for day, operator in ((query.since, ">="), (query.until, "<=")):
            if day:
                yield f"d.on_day {operator} {self.bind(day.isoformat())}"
        if query.until and not query.since:
            yield self.dated()

    def condition(self, plan: Plan) -> str:
        """Any plan as an SQL condition, for questions that mix words, columns and exceptions."""
        if isinstance(plan, Not):
            return f"NOT {self.condition(plan.part)}"
        if isinstance(plan, Column):
            return self.column(plan)
        if isinstance(plan, Range):
            return self.range(plan)
        if isinstance(plan, All | AnyOf) and not _is_text(plan):
            joint = " AND " if isinstance(plan, All) else " OR "
            return f"({joint.join(self.condition(part) for part in plan.parts)})"
        postings, name = f"search_postings_{self.slot}", self.bind(self.dialect.expression(plan))
        rows = f"SELECT {self.dialect.row} FROM {postings} WHERE {self.dialect.condition(self.slot, name[1:])}"  # noqa: S608
        return f"(d.id IN ({rows}))"

    def column(self, column: Column) -> str:
        if column.name in _CLASS_COLUMNS:
            return self.in_class(f"c.{column.name} = {self.bind(column.value)}")
        if column.name == "act":
            plain = column.value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            return f"(d.acts LIKE {self.bind(f'%|{plain}|%')} ESCAPE '\\')"
        return f"(d.key = {self.bind(column.value)})"

    def range(self, wanted: Range) -> str:
        """Undated documents and those without an amount are in no range."""
        parts = [self.dated() if wanted.name == "day" else "d.amount >= 0"]
        for end, operator in ((wanted.low, ">="), (wanted.high, "<=")):
            if end is not None and wanted.name == "amount":
                parts.append(f"d.amount {operator} {self.bind(end)}")
            elif end is not None:
                day = self.bind(ranges.day_of(end).isoformat())
                parts.append(f"d.on_day {operator} {day}")
        return f"({' AND '.join(parts)})"

    def dated(self) -> str:
        return f"d.on_day > {self.bind('0001-01-01')}"

    def in_class(self, condition: str) -> str:
        return f"(d.class_id IN (SELECT c.id FROM search_class c WHERE {condition}))"  # noqa: S608

    def bind(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"
