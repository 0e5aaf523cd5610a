"""What a text seems to be about: words of a table, each found word counted once, with the words as the reason.

Only a hint beside the opened text: a person decides. Nothing is kept.
"""

from dataclasses import dataclass

from core.tables import load_table
from intake.subjects import Subject, subject


@dataclass(frozen=True)
class Suggestion:
    subject: Subject
    score: int
    words: tuple[str, ...]


_RULES = tuple(
    (row["subject"], row["weight"], word)
    for row in load_table("intake/suggestions.toml")["word"]
    for word in row["words"]
)


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
