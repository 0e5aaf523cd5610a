"""Which words of a text were taken out and put in, for people to read. Pure.

Chinese is compared character by character, numbers and Latin words whole; a long text sentence by sentence, so that
comparing stays quick. Single characters that happen to agree inside a rewritten stretch are not shown as kept.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, OUT, IN = "same", "del", "ins"
LONG = 3000
_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%\-]*|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。；\n]*[。；\n]?", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """`kind` same, del (only before) or ins (only after)."""

    kind: str
    text: str


def word_changes(before: str, after: str) -> list[Piece]:
    """The pieces in reading order; what was taken out stands before what came in its place."""
    pattern = _SENTENCES if max(len(before), len(after)) > LONG else _WORDS
    old, new = pattern.findall(before), pattern.findall(after)
    pieces: list[Piece] = []
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[first:last])))
        else:
            pieces += [Piece(OUT, "".join(old[first:last])), Piece(IN, "".join(new[start:end]))]
    return _joined([one for one in pieces if one.text])


def _joined(pieces: list[Piece]) -> list[Piece]:
    """A lone character between two changes belongs to the change."""
    joined: list[Piece] = []
    for place, one in enumerate(pieces):
        is_between = 0 < place < len(pieces) - 1 and one.kind == SAME and len(one.text) == 1
        for kind in (OUT, IN) if is_between else (one.kind,):
            joined.append(Piece(kind, one.text))
    return _merged(joined)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Between two kept stretches everything that went comes before everything that came."""
    merged: list[Piece] = []
    stretch: dict[str, str] = {OUT: "", IN: ""}
    for one in [*pieces, Piece(SAME, "")]:
        if one.kind == SAME:
            merged += [Piece(kind, text) for kind, text in stretch.items() if text]
            merged += [one] if one.text else []
            stretch = {OUT: "", IN: ""}
        else:
            stretch[one.kind] += one.text
    return merged
