"""How long a record stays public: a dated rule chosen by the date of the fact, never typed.

Months are counted as the Civil Code says (articles 201 and 202): the first day does not count, the term ends on the day
of the same number, or on the month's last day where there is none. The last day itself is still public. A day off at
the end does not lengthen it (article 203 is for those who must act in time; here it would only expose longer).
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.tables import Row, in_force, load_table

TABLE = "portal/publishing/publicity.toml"
CLASSES = ("warning", "minor", "general", "serious")
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Facts:
    """What the rules ask of a record. `type` is the kind's own (of list, of notice); `restricted_until` a ban's end.

    `stated_class` is the class that the deciding authority itself gave; it wins over what the table derives.
    """

    kind: str
    decided_on: date
    authority: str = ""
    type: str = ""
    penalty_types: tuple[str, ...] = ()
    fine_wan_yuan: Decimal | None = None
    is_natural_person: bool = False
    stated_class: str | None = None
    restricted_until: date | None = None


@dataclass(frozen=True)
class Term:
    """`until` is the last public day, None for no end. `is_forbidden`: the rule says not to publish at all."""

    rule: str
    label: str
    source: str
    article: str
    verified: bool
    until: date | None = None
    repair_from: date | None = None
    is_forbidden: bool = False
    in_principle_not: bool = False

    def is_over(self, on: date) -> bool:
        return self.until is not None and on > self.until

    @property
    def basis(self) -> str:
        return f"{self.source}{'' if '待核' in self.article else self.article}"


class NoRule(LookupError):
    """A kind or a date that the table does not know: better not published than public for ever by mistake."""


def term(facts: Facts, *, published_on: date, rows: Sequence[Row] | None = None) -> Term:
    """The term of a record first published on `published_on`; NoRule where no row fits."""
    rule = _rule(facts, rows if rows is not None else load_table(TABLE)["publicity_rule"])
    start = published_on if rule.get("counted_from") == "published" else facts.decided_on
    until = months_after(start, rule["months"]) if "months" in rule else None
    if until and rule.get("lasts_with_restriction") and facts.restricted_until:
        until = max(until, facts.restricted_until)
    return _under(rule, start, until)


def term_under(code: str | None, until: date | None, *, decided_on: date, published_on: date) -> Term | None:
    """The term as it was stored with a version; None where it has none or the table no longer knows its rule."""
    rule = next((row for row in load_table(TABLE)["publicity_rule"] if row["code"] == code), None)
    if rule is None:
        return None
    return _under(rule, published_on if rule.get("counted_from") == "published" else decided_on, until)


def _under(rule: Row, start: date, until: date | None) -> Term:
    repair = rule.get("repair_after_months")
    return Term(
        rule=rule["code"],
        until=until,
        repair_from=months_after(start, repair) if repair else None,
        is_forbidden=rule.get("forbidden", False),
        in_principle_not=rule.get("in_principle_not", False),
        **{name: rule[name] for name in ("label", "source", "article", "verified")},
    )


def months_after(day: date, months: int) -> date:
    """The day of the same number `months` later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def dishonesty_class(facts: Facts) -> str:
    """The gravest class that the table gives for the penalties and the fine; `general` where it knows none of them."""
    if facts.stated_class in CLASSES:
        return str(facts.stated_class)
    rows = in_force(load_table(TABLE)["dishonesty_class"], on=facts.decided_on)
    found = [row["class"] for row in rows if _gives(row, facts)]
    return max(found, key=CLASSES.index, default="general")


def _gives(row: Row, facts: Facts) -> bool:
    if not set(row["penalty_types"]) & set(facts.penalty_types) or row.get("authority", "") not in facts.authority:
        return False
    if "party" in row and facts.is_natural_person != (row["party"] == "natural_person"):
        return False
    return "fine_from_wan_yuan" not in row or (facts.fine_wan_yuan or 0) >= Decimal(row["fine_from_wan_yuan"])


def _rule(facts: Facts, rows: Sequence[Row]) -> Row:
    for row in in_force(rows, on=facts.decided_on):
        if _fits(row, facts):
            return row
    raise NoRule(f"no publicity rule for {facts.kind} of {facts.decided_on}")


def _fits(row: Row, facts: Facts) -> bool:
    asked: list[Any] = [row["kind"] == facts.kind, row.get("authority", "") in facts.authority]
    asked.append("types" not in row or facts.type in row["types"])
    asked.append("classes" not in row or dishonesty_class(facts) in row["classes"])
    return all(asked)
