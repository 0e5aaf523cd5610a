"""What helps a person on from what they typed: names while typing, what they may have meant, what to leave out.

Names are those of the index, so nothing is suggested that is not public. A name is meant where it sounds the same
(宏元 for 宏源) or is nearly the same in writing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from search import analysis, plan, sounds
from search.document import Document, Query, Results
from search.language import Question
from search.plan import Plan
from search.service import Search

MOST_NAMES = 8
MOST_COMPANIES = 3
LOOKED_AT = 60
ALIKE = 60


@dataclass(frozen=True)
class Company:
    """One party over all kinds, with how many records of each. `code` is None where records carry none."""

    name: str
    party: str
    code: str | None
    counts: dict[str, int]


def suggestions(search: Search, session: Session, text: str) -> list[str]:
    """Names of parties that contain what was typed so far, or sound like it."""
    return _names(search, session, plan.named(text), text)


def corrections(search: Search, session: Session, text: str) -> list[str]:
    """Names that may have been meant where nothing was found, the likeliest first."""
    found = _names(search, session, plan.sounds_like(text), text)
    nearly = _names(search, session, plan.nearly(text), text, LOOKED_AT)
    likely = {one: fuzz.partial_ratio(analysis.normal(text), analysis.normal(one)) for one in nearly}
    alike = sorted((one for one in likely if likely[one] >= ALIKE), key=lambda one: -likely[one])
    return list(dict.fromkeys([*found, *alike]))[:MOST_COMPANIES]


def _names(search: Search, session: Session, wanted: Plan | None, text: str, most: int = MOST_NAMES) -> list[str]:
    if wanted is None:
        return []
    results = search.answer(session, Query(text, limit=LOOKED_AT), wanted)
    return list(dict.fromkeys(name for hit in results.hits for name in hit.document.names))[:most]


def companies(search: Search, session: Session, results: Results, question: Question) -> list[Company]:
    """The parties among the hits whose name or code was asked for."""
    words = [run for word in question.words for run, _place in analysis.runs(analysis.normal(word))]
    parties: dict[str, Document] = {}
    for hit in results.hits:
        document = hit.document
        if document.party and _is_about(document, words):
            parties.setdefault(document.party, document)
    chosen = list(parties)[:MOST_COMPANIES]
    counts = search.store.tally(session, chosen)
    return [
        Company(parties[one].names[0], one, one if one in parties[one].codes else None, counts[one]) for one in chosen
    ]


def _is_about(document: Document, words: Sequence[str]) -> bool:
    known = [analysis.normal(name) for name in document.names]
    return bool(known and words) and all(any(_says(name, word, document) for name in known) for word in words)


def _says(name: str, word: str, document: Document) -> bool:
    """Whether a name has these characters in this order, sounds like the word, or belongs to that code."""
    rest = iter(name)
    if all(one in rest for one in word) or word == analysis.normal(document.party or ""):
        return True
    heard = sounds.syllables(name)
    return word in "".join(heard) or word in "".join(one[0] for one in heard)


def widenings(search: Search, session: Session, query: Query, names: Iterable[str]) -> dict[str, int]:
    """By filter: how many would be found without it. Only filters that keep something back."""
    fields: dict[str, Sequence[str]] = {"kind": ("kinds",), "from": ("since",), "to": ("until",)}
    found = {}
    for name in names:
        none = {one: () if one == "kinds" else None for one in fields.get(name, (name,))}
        wider = replace(query, **none, cursor=None, limit=1)  # type: ignore[arg-type]
        found[name] = search.ask(session, wider)[0].total
    return {name: total for name, total in found.items() if total}
