"""How text becomes terms: one analysis for every store and for the question itself.

Width and case are folded (NFKC), traditional characters made simplified, runs of Chinese cut into overlapping pairs,
words and numbers of other scripts kept whole. Pairs have full recall on names and codes, where a word segmenter cuts
text and question differently. A credit code or a decision number is one term more.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import zip_longest
from typing import Any

from opencc import OpenCC
from whoosh.analysis import Token, Tokenizer

from core.identifiers import decision_number_key

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_RUN = re.compile(f"[{_CJK}]+|[0-9a-z]+(?:[._-][0-9a-z]+)*")
_IS_CJK = re.compile(f"[{_CJK}]")
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
    return [run[n : n + 2] for n in range(len(run) - 1)] or [run]


def terms(text: str) -> list[str]:
    """The terms of a text in order, as they are indexed: pairs and words. Phrase questions rely on the order."""
    found: list[str] = []
    for run, _place in runs(normal(text)):
        found.extend(pairs(run) if is_chinese(run) else [run])
    return found


def ends(text: str) -> list[str]:
    """The last character of each Chinese run: for one-character questions, beside the pairs that begin with it."""
    return [run[-1] for run, _place in runs(normal(text)) if is_chinese(run)]


def whole_numbers(text: str) -> list[str]:
    """The decision numbers that stand in a text, each as one term."""
    return [number_term(match.group()) for match in DECISION.finditer(normal(text))]


def number_term(text: str) -> str:
    """A code or number as one term: letters, digits and Chinese only, so that brackets and blanks do not matter."""
    return "n" + re.sub(r"[\W_]", "", decision_number_key(normal(text)))


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
