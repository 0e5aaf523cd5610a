"""Days and amounts as people write them, as a range: 2026, 2026-05..2026-07, >10万, 5万元至20万元. Pure.

Both ends belong to the range; > and < leave theirs out. A year or a month is all of its days. Without a unit an amount
is in yuan. None where the text says no range.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_UNITS = {"": 1, "元": 1, "千": 1_000, "千元": 1_000, "万": 10_000, "万元": 10_000, "亿": 10**8, "亿元": 10**8}
_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(元|[千万亿]元?)?")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_BETWEEN = re.compile(r"\.\.|~|至|到")
_BOUND = re.compile(r"(>=|<=|>|<|≥|≤)(.+)")

Span = tuple[int, int]


@dataclass(frozen=True)
class Range:
    """Of `name` ("day": a proleptic ordinal; "amount": yuan); an end that is None is open."""

    name: str
    low: int | None
    high: int | None


def days(text: str) -> Range | None:
    return _range("day", text, _days_of)


def amounts(text: str) -> Range | None:
    return _range("amount", text, _yuan)


def _range(name: str, text: str, span: Callable[[str], Span | None]) -> Range | None:
    text = text.replace(",", "").strip()
    if bound := _BOUND.fullmatch(text):
        return _bounded(name, bound[1], span(bound[2]))
    low, *high = _BETWEEN.split(text, maxsplit=1)
    ends = [span(one) for one in (low, *high) if one]
    if not ends or None in ends:
        return None
    spans = [one for one in ends if one]
    first = spans[0][0] if low else None
    last = spans[-1][1] if not high or high[0] else None
    return Range(name, first, last)


def _bounded(name: str, sign: str, span: Span | None) -> Range | None:
    if span is None:
        return None
    first, last = span
    ways = {">": (last + 1, None), "<": (None, first - 1), ">=": (first, None), "<=": (None, last)}
    return Range(name, *ways[sign.replace("≥", ">=").replace("≤", "<=")])


def _days_of(text: str) -> Span | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(one) if one else None for one in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last_month = month or 12
        last = first if day else date(first.year, last_month, monthrange(first.year, last_month)[1])
    except ValueError:
        return None
    return first.toordinal(), last.toordinal()


def _yuan(text: str) -> Span | None:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    value = Decimal(match[1]) * _UNITS[match[2] or ""]
    return int(value.to_integral_value(ROUND_CEILING)), int(value.to_integral_value(ROUND_FLOOR))


def day_of(ordinal: int) -> date:
    """The day of an ordinal, held within what a date can be."""
    return date.min + timedelta(days=min(max(ordinal, 1), date.max.toordinal()) - 1)
