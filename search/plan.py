"""A question in terms: what each store compiles. Settles when a longer stretch of words counts as found.

A stretch of Chinese may have been shortened by who typed it (宏源检测 for 宏源环境检测), so a pair that straddles a gap
may be missing; two neighbouring pairs, the first and the last may not. Quoted, all must stand in order.
"""

from dataclasses import dataclass
from functools import cache

from search import analysis
from search.language import Every, Field, Node, Without, Words

LONGEST_WITH_GAPS = 12
MOST_TERMS = 40


@dataclass(frozen=True)
class Term:
    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Phrase:
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    name: str
    value: str


@dataclass(frozen=True)
class Within:
    """`part` must be found in this column of the text."""

    column: str
    part: "Plan"


@dataclass(frozen=True)
class All:
    parts: tuple["Plan", ...]


@dataclass(frozen=True)
class Any:
    parts: tuple["Plan", ...]


@dataclass(frozen=True)
class Not:
    part: "Plan"


Plan = Term | Phrase | Column | Within | All | Any | Not


def plan(node: Node) -> Plan:
    if isinstance(node, Words):
        return _words(node)
    if isinstance(node, Field):
        return _field(node)
    if isinstance(node, Without):
        return Not(plan(node.part))
    parts = tuple(plan(part) for part in node.parts)
    return All(parts) if isinstance(node, Every) else Any(parts)


def _words(words: Words) -> Plan:
    if words.exact:
        terms = tuple(analysis.terms(words.text))
        return Phrase(terms) if len(terms) > 1 else _run(terms[0])
    parts = tuple(_run(run) for run, _place in analysis.runs(analysis.normal(words.text)))
    found = _all(parts)
    numbers = analysis.whole_numbers(words.text)
    return Any((Term(numbers[0]), found)) if numbers else found


def _run(run: str) -> Plan:
    if not analysis.is_chinese(run):
        return Term(run)
    if len(run) == 1:
        return Term(run, is_prefix=True)
    pairs = analysis.pairs(run)[:MOST_TERMS]
    ways = [_all(tuple(Term(pairs[n]) for n in range(len(pairs)) if n not in gaps)) for gaps in gap_sets(len(pairs))]
    return ways[0] if len(ways) == 1 else Any(tuple(ways))


def _field(field: Field) -> Plan:
    if field.name == "no":
        return Term(analysis.number_term(field.value))
    if field.name == "party":
        return Within("names", _words(Words(field.value))) if analysis.terms(field.value) else Column("key", "")
    return Column(field.name, field.value)


def _all(parts: tuple[Plan, ...]) -> Plan:
    return parts[0] if len(parts) == 1 else All(parts)


@cache
def gap_sets(count: int) -> tuple[frozenset[int], ...]:
    """The largest sets of pairs that may be missing together among `count`: none at an end, no two neighbours."""
    if count > LONGEST_WITH_GAPS:
        return (frozenset(),)
    inner = range(1, count - 1)
    sets: set[frozenset[int]] = {frozenset()} | {frozenset({n}) for n in inner}
    for _ in inner:
        sets |= {one | {n} for one in sets for n in inner if not one & {n - 1, n, n + 1}}
    largest = [one for one in sets if not any(one < other for other in sets)]
    return tuple(sorted(largest, key=sorted))
