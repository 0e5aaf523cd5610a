"""How names sound, so that 宏源 is found by hongyuan, hy or a word that only sounds the same.

Readings come from pypinyin, without tones; the places of Xuchang are given here, since 长葛 is Chángě and 魏都 Wèidū.
What a person typed in Latin letters may be read in several ways (xian: 先 or 西安); all of them are asked for.
"""

import unicodedata
from functools import cache, lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin, load_phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

SOUND = "_p"
INITIALS = "_i"
BREAK = "_"
LONGEST_WORD = 40
MOST_WAYS = 6
INITIALS_LENGTH = range(2, 13)
_PLACES = {
    "许昌": "xǔ chāng",
    "魏都": "wèi dū",
    "建安": "jiàn ān",
    "鄢陵": "yān líng",
    "襄城": "xiāng chéng",
    "禹州": "yǔ zhōu",
    "长葛": "cháng gě",
}


@cache
def _places_loaded() -> bool:
    load_phrases_dict({name: [[one] for one in reading.split()] for name, reading in _PLACES.items()})
    return True


@lru_cache(maxsize=16_384)
def syllables(run: str) -> tuple[str, ...]:
    """The reading of a run of Chinese, one syllable a character, without tones; ü is v."""
    _places_loaded()
    return tuple(lazy_pinyin(run, errors=list))  # type: ignore[arg-type]  # it takes a function to a list


def marks(run: str) -> list[str]:
    """The terms by which a name's run is found from its sound: each syllable, then its initials in pairs."""
    read = syllables(run)
    first = [one[0] for one in read]
    return [
        *(SOUND + one for one in read),
        *(INITIALS + one + other for one, other in pairwise(first)),
    ]


@lru_cache(maxsize=1024)
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """The marks that stand one after another where a name sounds like a word in Latin letters; () for no pinyin."""
    if not word.isascii() or not word.isalpha() or len(word) > LONGEST_WORD:
        return ()
    ways = [tuple(SOUND + one for one in way) for way in _cuts(word)[:MOST_WAYS]]
    if len(word) in INITIALS_LENGTH and not set(word) & set("iuv"):
        ways.append(tuple(INITIALS + word[n : n + 2] for n in range(len(word) - 1)))
    return tuple(ways)


def sound_of(run: str) -> tuple[str, ...]:
    """The marks of everything that sounds like a run of Chinese."""
    return tuple(SOUND + one for one in syllables(run))


def _cuts(word: str) -> list[tuple[str, ...]]:
    """Every way to cut a word into syllables, fewer syllables first."""
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(word) + 1):
        begins = range(max(0, end - _longest()), end)
        ways.append([(*way, word[start:end]) for start in begins if word[start:end] in _known() for way in ways[start]])
        ways[end] = sorted(ways[end], key=len)[:MOST_WAYS]
    return ways[-1]


@cache
def _known() -> frozenset[str]:
    """Every syllable of Mandarin without its tone."""
    plain = {_toneless(one) for readings in pinyin_dict.values() for one in readings.split(",")}
    return frozenset(one for one in plain if set(one) & set("aeiouv"))


@cache
def _longest() -> int:
    return max(map(len, _known()))


def _toneless(syllable: str) -> str:
    spread = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(one for one in spread if not unicodedata.combining(one))
