"""How text becomes terms: one analysis for every store and for the question itself.

Width and case are folded (NFKC), traditional characters made simplified, runs of Chinese cut into overlapping pairs,
words and numbers of other scripts kept whole. Pairs have full recall on names and codes, where a word segmenter cuts
text and question differently. A credit code or a decision number is one term more; names also go in by their sound.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise, zip_longest
from operator import add
from typing import Any

from opencc import OpenCC
from whoosh.analysis import Token, Tokenizer

from core.identifiers import decision_number_key
from search import sounds
from search.document import Document

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_RUN = re.compile(f"[{_CJK}]+|[0-9a-z]+(?:[._-][0-9a-z]+)*")
_IS_CJK = re.compile(f"[{_CJK}]")
_OVERLAP = re.compile(f"(?<=[{_CJK}]([{_CJK}])) \\1(?=[{_CJK}])")  # 稀释 释样 has the terms of 稀释样
MARK = "_"
END = "_e"
LONGEST_TERM = 200  # what PostgreSQL takes is about 2,000 bytes
VERSION = 2  # of the terms: whoever changes what is indexed counts it up, and setup builds the index anew
DECISION = re.compile(f"[{_CJK}]{{1,12}}[〔(\\[【]\\s*(?:19|20)\\d{{2}}\\s*[〕)\\]】]\\s*第?\\s*\\d+\\s*[号號]")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """Any character that the conversion may change: a look for one costs little, converting costs much."""
    folder = resources.files("opencc") / "dictionary"
    found: set[str] = set()
    for name in ("TSCharacters.txt", "TSPhrases.txt"):
        lines = (folder / name).read_text("utf-8").splitlines()
        for source, target in (line.split("\t") for line in lines if "\t" in line):
            simplified = target.split(" ")[0]
            found.update(one for one, other in zip_longest(source, simplified) if one and one != other)
    return re.compile(f"[{re.escape(''.join(sorted(found)))}]")


@lru_cache(maxsize=256)
def normal(text: str) -> str:
    """The form in which text is compared. Length may change; positions belong to the normal form."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return str(_simplifier().convert(folded)) if _traditional().search(folded) else folded


def runs(text: str) -> Iterator[tuple[str, int]]:
    """(run, place) of each stretch of Chinese or word of another script, in a normal text."""
    for match in _RUN.finditer(text):
        yield match.group(), match.start()


def is_chinese(run: str) -> bool:
    return bool(_IS_CJK.match(run))


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a Chinese run; the run itself where it is one character."""
    return list(map(add, run, run[1:])) or [run]


def terms(text: str) -> list[str]:
    """The terms of a text in order, as they are indexed: pairs and words. Phrase questions rely on the order."""
    found: list[str] = []
    for run in _RUN.findall(normal(text)):
        found.extend(pairs(run) if is_chinese(run) else [run[:LONGEST_TERM]])
    return found


def whole_numbers(text: str) -> list[str]:
    """The decision numbers that stand in a text, each as one term."""
    if "号" not in (folded := normal(text)):
        return []
    return [number_term(match.group()) for match in DECISION.finditer(folded)]


@lru_cache(maxsize=16_384)
def number_term(text: str) -> str:
    """A code or number as one term: letters, digits and Chinese only, so that brackets and blanks do not matter."""
    return "n" + re.sub(r"[\W_]", "", decision_number_key(normal(text)))[:LONGEST_TERM]


@dataclass(frozen=True)
class Postings:
    """A document in terms with a blank between two, a column each; every store indexes these and nothing else.

    `marks` begin with an underscore, as no term of a text does: the ends of Chinese runs, then how the names sound.
    """

    title: str
    names: str
    codes: str
    body: str
    marks: str


def postings(document: Document) -> Postings:
    (title,), names, codes, body = _columns(document)
    every = [title, *names, *body]
    numbers = [number_term(code) for code in document.codes]
    ending = sorted({END + end for line in every for end in line.ends})
    return Postings(
        title=title.terms,
        names=" ".join(line.terms for line in names),
        codes=" ".join([*numbers, *(one for line in every for one in line.numbers), *(line.terms for line in codes)]),
        body=" ".join(line.terms for line in body if line.terms),
        marks=" ".join([*ending, *map(_sounds, document.names)]),
    )


def sequence(document: Document) -> str:
    """The terms of a document once more, a line a column, written so that a phrase is a part of it: see `stretch`."""
    return "\n".join(_OVERLAP.sub("", f" {' '.join(one.runs for one in column)} ") for column in _columns(document))


def stretch(phrase: Sequence[str]) -> str:
    """What stands in the `sequence` of the documents that hold these terms one after another, and of no other."""
    found = [phrase[0]]
    for before, term in pairwise(phrase):
        chained = _is_pair(before) and _is_pair(term) and before[1] == term[0]
        found.append(term[1] if chained else f" {term}")
    first, last = ("" if _is_pair(one) else " " for one in (phrase[0], phrase[-1]))
    return f"{first}{''.join(found)}{last}"


def _is_pair(term: str) -> bool:
    return len(term) > 1 and is_chinese(term)


def _columns(document: Document) -> tuple[list["_Line"], ...]:
    said = [document.body, *(part for file in document.files for part in file)]
    body = [_line(line) for text in said for line in text.split("\n")]
    names, codes = ([_line(one) for one in many] for many in (document.names, document.codes))
    return [_line(document.title)], names, codes, body


@dataclass(frozen=True)
class _Line:
    """What is indexed of one line; many lines (authorities, legal bases, names) come again and again."""

    runs: str
    terms: str
    ends: tuple[str, ...]
    numbers: tuple[str, ...]


@lru_cache(maxsize=16_384)
def _line(text: str) -> _Line:
    found = _RUN.findall(normal(text))
    ends = tuple(run[-1] for run in found if is_chinese(run))
    return _Line(" ".join(map(_whole, found)), " ".join(map(_cut, found)), ends, tuple(whole_numbers(text)))


@lru_cache(maxsize=16_384)
def _cut(run: str) -> str:
    return " ".join(pairs(run)) if is_chinese(run) else run[:LONGEST_TERM]


def _whole(run: str) -> str:
    return run if is_chinese(run) else run[:LONGEST_TERM]


@lru_cache(maxsize=16_384)
def _sounds(name: str) -> str:
    found = [sounds.marks(run) for run in _RUN.findall(normal(name)) if is_chinese(run)]
    return " ".join(" ".join((sounds.BREAK, *marks)) for marks in found)


class PairTokenizer(Tokenizer):
    """The same cut as a whoosh tokenizer, with places, for whoosh's highlighter and index."""

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **_options: Any) -> Iterator[Token]:
        token = Token(positions, chars)
        token.stopped = False
        place = 0
        for run, start in runs(normal(value)):
            cut = [(pair, start + n) for n, pair in enumerate(pairs(run))] if is_chinese(run) else [(run, start)]
            for text, begin in cut:
                token.text, token.pos = text, place
                token.startchar, token.endchar = begin, begin + len(text)
                place += 1
                yield token
