"""Personal data that must never be published, found in the text that is about to be: a hard stop.

What personal data looks like is settled in core.redaction; here only what no reason can keep: numbers of identity,
mobile phones, bank cards, QQ and WeChat. The rest are suggestions that an editor decides on (suggestions.py).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.redaction import NEVER_PUBLIC, findings
from core.surnames import family_name


@dataclass(frozen=True)
class Leak:
    """A finding of a kind that is never public, at `start` to `end` of the field's text."""

    field: str
    kind: str
    start: int
    end: int


def leaks(fields: Mapping[str, object]) -> list[Leak]:
    """All leaks in the texts of a record, in order; lists are looked through."""
    return [
        Leak(name, one.kind, one.start, one.end)
        for name, value in fields.items()
        for text in texts(value)
        for one in findings(text, with_context=False)
        if one.kind in NEVER_PUBLIC
    ]


def literal_leaks(text: str, forbidden: Iterable[str]) -> list[str]:
    """Which of the words that were taken out stand in `text` after all."""
    plain = unicodedata.normalize("NFKC", text)
    return [word for word in forbidden if word and unicodedata.normalize("NFKC", word) in plain]


def masked_name(name: str) -> str:
    """A natural person as the public may see them: the family name and 某某. A masked name stays as it is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    return plain if "某" in plain or not plain else f"{family_name(plain)}某某"


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
