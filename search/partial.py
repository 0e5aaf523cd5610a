"""What is found where no document has all of a question: those that have most of it.

A stretch of words that nothing has is cut into pairs, and what nothing has of these is left out. A word weighs what it
tells: the fewer have it the more; what a fifth of all have tells nothing. Found is what holds more than half of the
weight. What was quoted, excluded, or asked of a column stays as it is: it was meant exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from sqlalchemy.orm import Session

from search import analysis, plan
from search.document import Query, Results
from search.language import Every, Node, Question, Words
from search.plan import All, Any, Plan, Term
from search.service import Search

MOST_COUNTED = 24
MOST_WEIGHED = 8
COMMON = 1 / 5
HALF = 0.5


@dataclass(frozen=True)
class Answer:
    """`is_partial`: nothing has all of the question, the results have most of it."""

    results: Results
    question: Question
    is_partial: bool = False


def answer(search: Search, session: Session, query: Query) -> Answer:
    """All of the question where anything has it, else most of it."""
    results, question = search.ask(session, query)
    if results.total or question.root is None:
        return Answer(results, question)
    exact, loose = _split(question.root)
    every = search.answer(session, Query(limit=1), None).total
    counted = [(part, found) for part, found in _counted(search, session, loose) if found]
    wanted = most_of([(part, log((every + 1) / found)) for part, found in counted if found <= every * COMMON])
    if wanted is None:
        return Answer(results, question)
    whole: Plan = All((wanted, *(plan.plan(one) for one in exact))) if exact else wanted
    found = search.answer(session, query, whole)
    return Answer(found, question, is_partial=True) if found.total else Answer(results, question)


def _split(root: Node) -> tuple[list[Node], list[str]]:
    """What must be found as it was asked, and the runs of which most will do."""
    exact: list[Node] = []
    loose: list[str] = []
    for part in root.parts if isinstance(root, Every) else (root,):
        if isinstance(part, Words) and not part.exact and not analysis.whole_numbers(part.text):
            loose.extend(run for run, _place in analysis.runs(analysis.normal(part.text)))
        else:
            exact.append(part)
    return exact, list(dict.fromkeys(loose))


def _counted(search: Search, session: Session, runs: Sequence[str]) -> Iterator[tuple[Plan, int]]:
    """Each run with how many of all documents have it; where nothing has it, its pairs."""

    def found(wanted: Plan) -> int:
        return search.answer(session, Query(limit=1), wanted).total

    left = MOST_COUNTED
    for run in runs[:MOST_COUNTED]:
        wanted = plan.plan(Words(run))
        total = found(wanted)
        yield wanted, total
        pairs = analysis.pairs(run)[: max(left, 0)] if analysis.is_chinese(run) and not total else []
        left -= 1 + len(pairs)
        yield from ((Term(pair), found(Term(pair))) for pair in pairs if pair != run)


def most_of(weighed: Sequence[tuple[Plan, float]]) -> Plan | None:
    """What holds more than half of the weight of these; None where there is nothing to hold."""
    heaviest = sorted(weighed, key=lambda one: -one[1])[:MOST_WEIGHED]
    needed = sum(weight for _plan, weight in heaviest) * HALF
    return _holding(heaviest, needed)


def _holding(weighed: Sequence[tuple[Plan, float]], needed: float) -> Plan | None:
    """What holds more than `needed` of these, the heaviest first; None where all together are no more."""
    if sum(weight for _plan, weight in weighed) <= needed:
        return None
    (first, weight), *rest = weighed
    with_it: Plan | None = first
    if weight <= needed:
        others = _holding(rest, needed - weight)
        with_it = All((first, others)) if others else None
    without = _holding(rest, needed)
    ways = tuple(one for one in (with_it, without) if one is not None)
    return ways[0] if len(ways) == 1 else Any(ways)
