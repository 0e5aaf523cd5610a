"""Matters that belong elsewhere, or to the telephone first: with the right number, and never a refusal.

The words of a report are only looked at to remind; who wants to send it sends it.
"""

from dataclasses import dataclass
from functools import cache

from core.tables import load_table


@dataclass(frozen=True)
class Matter:
    """`says` is the sentence beside the numbers; `words` are what reminds of it."""

    code: str
    label: str
    numbers: tuple[str, ...]
    says: str
    words: tuple[str, ...]
    urgent: bool


@cache
def matters() -> tuple[Matter, ...]:
    """The urgent first, else as the table has them."""
    rows = load_table("intake/elsewhere.toml")["matter"]
    found = [
        Matter(row["code"], row["label"], tuple(row["numbers"]), row["says"], tuple(row["words"]), row["urgent"])
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: not one.urgent))


def reminded_of(words: str) -> tuple[Matter, ...]:
    """What the words of a report sound like."""
    said = words.casefold()
    return tuple(one for one in matters() if any(word in said for word in one.words))
