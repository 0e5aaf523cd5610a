"""What a text seems to be about: words of a table, each found word counted once, with the words as the reason.

Only a hint beside the opened text: a person decides. Nothing is kept.
"""

from dataclasses import dataclass

from core.falsification_acts import Act, act
from core.tables import load_table
from intake.subjects import Subject, subject


@dataclass(frozen=True)
class Suggestion:
    subject: Subject
    score: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class SuggestedAct:
    act: Act
    words: tuple[str, ...]


_RULES = tuple(
    (row["subject"], row["weight"], word)
    for row in load_table("intake/suggestions.toml")["word"]
    for word in row["words"]
)

_ACTS = tuple((row["act"], tuple(row["words"])) for row in load_table("intake/act_suggestions.toml")["word"])


def suggest(text: str, *, channel: str | None) -> list[Suggestion]:
    """The subjects the text speaks of, the likeliest first; empty where no word is known."""
    scores: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    for code, weight, word in _RULES:
        if word in text and (channel is None or channel in subject(code).channels):
            scores[code] = scores.get(code, 0) + weight
            found.setdefault(code, []).append(word)
    ranked = sorted(scores, key=lambda code: -scores[code])
    return [Suggestion(subject(code), scores[code], tuple(dict.fromkeys(found[code]))) for code in ranked]


def suggest_acts(text: str) -> list[SuggestedAct]:
    """The coded acts that the text sounds like, most words first; never one of the three "others"."""
    found = [(code, tuple(word for word in words if word in text)) for code, words in _ACTS]
    ranked = sorted((one for one in found if one[1]), key=lambda one: -len(one[1]))
    return [SuggestedAct(known, words) for code, words in ranked if (known := act(code)) is not None]
