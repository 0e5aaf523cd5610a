"""A question in terms: what each store compiles. Settles when a longer stretch of words counts as found.

A stretch of Chinese may have been shortened by who typed it (宏源检测 for 宏源环境检测), so a pair that straddles a gap
may be missing; two neighbouring pairs, the first and the last may not. Quoted, all must stand in order. A word in Latin
letters that can be pinyin also finds the names that sound so.
"""

from dataclasses import dataclass
from itertools import pairwise

from search import analysis, sounds
from search.language import Every as EveryNode
from search.language import Field, Node, Without, Words
from search.ranges import Range

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
    """`part` must be found in these columns of the text."""

    columns: tuple[str, ...]
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


Plan = Term | Phrase | Column | Range | Within | All | Any | Not
NAMES = ("names",)


def plan(node: Node) -> Plan:
    if isinstance(node, Words):
        return _words(node)
    if isinstance(node, Field):
        return _field(node)
    if isinstance(node, Range):
        return node
    if isinstance(node, Without):
        return Not(plan(node.part))
    parts = tuple(plan(part) for part in node.parts)
    return All(parts) if isinstance(node, EveryNode) else Any(parts)


def _words(words: Words) -> Plan:
    if words.exact:
        terms = tuple(analysis.terms(words.text))
        return Phrase(terms) if len(terms) > 1 else _run(terms[0])
    runs = [run for run, _place in analysis.runs(analysis.normal(words.text))]
    found = _all(tuple(_any((_run(run), *_sounds(run))) for run in runs))
    numbers = analysis.whole_numbers(words.text)
    return Any((Term(numbers[0]), found)) if numbers else found


def _run(run: str) -> Plan:
    if not analysis.is_chinese(run):
        return Term(run[: analysis.LONGEST_TERM])
    if len(run) == 1:
        return Any((Term(run, is_prefix=True), Term(analysis.END + run)))
    first, *inner = (Term(pair) for pair in analysis.pairs(run)[:MOST_TERMS])
    if not inner:
        return first
    last = inner.pop()
    if len(inner) == 1:  # it may be missing, yet counts for the order where it is there
        return Any((All((first, *inner, last)), All((first, last))))
    return All((first, *(Any(both) for both in pairwise(inner)), last))


def _sounds(run: str) -> tuple[Plan, ...]:
    return tuple(_phrase(way) for way in sounds.readings(run))


def sounds_like(text: str) -> Plan | None:
    """Names that sound like the Chinese of a text: 宏园 for 宏源."""
    runs = [run for run, _place in analysis.runs(analysis.normal(text)) if analysis.is_chinese(run)]
    return _all(tuple(_phrase(sounds.sound_of(run)) for run in runs)) if runs else None


def nearly(text: str) -> Plan | None:
    """Names that share anything with a text."""
    found = tuple(dict.fromkeys(analysis.terms(text)))[:MOST_TERMS]
    return Within(NAMES, _any(tuple(map(Term, found)))) if found else None


def named(text: str) -> Plan | None:
    """Names that contain a text, or sound like it."""
    runs = [run for run, _place in analysis.runs(analysis.normal(text))]
    parts = tuple(_any((Within(NAMES, _run(run)), *_sounds(run))) for run in runs)
    return _all(parts) if parts else None


def _field(field: Field) -> Plan:
    if field.name == "no":
        return Term(analysis.number_term(field.value))
    if field.name == "party":
        return named(field.value) or Column("key", "")
    return Column(field.name, field.value)


def _phrase(terms: tuple[str, ...]) -> Plan:
    return Phrase(terms) if len(terms) > 1 else Term(terms[0])


def _all(parts: tuple[Plan, ...]) -> Plan:
    return parts[0] if len(parts) == 1 else All(parts)


def _any(parts: tuple[Plan, ...]) -> Plan:
    return parts[0] if len(parts) == 1 else Any(parts)
