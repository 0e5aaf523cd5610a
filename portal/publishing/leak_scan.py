"""Personal data that must never be published, found in the text that is about to be: a hard stop.

Resident number: GB 11643-1999 with its check character, in full or half width, with blanks or hyphens inside. Mobile
number: 1[3-9] and nine digits. Bank card: 16 to 19 digits that pass Luhn's test and are no valid credit code.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.identifiers import check_uscc

_GAP = r"[\s\-]?"
_RESIDENT = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)")
_CARD = re.compile(r"(?<![\dA-Za-z])[1-9](?:[\s\-]?\d){15,18}(?![\dA-Za-z])")
_RESIDENT_WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
_RESIDENT_CHECKS = "10X98765432"
_TEN = 10


@dataclass(frozen=True)
class Leak:
    """`kind` resident_number | mobile | bank_card, at `start` to `end` of the field's text (width folded)."""

    field: str
    kind: str
    start: int
    end: int


def leaks(fields: Mapping[str, object]) -> list[Leak]:
    """All leaks in the texts of a record, in order; lists are looked through."""
    return [leak for name, value in fields.items() for text in _texts(value) for leak in _in_text(name, text)]


def masked_name(name: str) -> str:
    """A natural person as the public may see them: the family name and 某某. A masked name stays as it is."""
    plain = unicodedata.normalize("NFKC", name).strip()
    return plain if "某" in plain or not plain else f"{plain[0]}某某"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _in_text(field: str, text: str) -> Iterator[Leak]:
    folded = unicodedata.normalize("NFKC", text)
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_real in (
        ("resident_number", _RESIDENT, _is_resident_number),
        ("bank_card", _CARD, _is_bank_card),
        ("mobile", _MOBILE, lambda _digits: True),
    ):
        for match in pattern.finditer(folded):
            inside = any(start <= match.start() < end for start, end in taken)
            if not inside and is_real(re.sub(r"[\s\-]", "", match.group()).upper()):
                taken.append(match.span())
                yield Leak(field, kind, *match.span())


def _is_resident_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _RESIDENT_WEIGHTS, strict=True))
    month, day = int(number[10:12]), int(number[12:14])
    return _RESIDENT_CHECKS[total % 11] == number[17] and 1 <= month <= 12 and 1 <= day <= 31


def _is_bank_card(number: str) -> bool:
    """A company's credit code may be all digits and pass Luhn's test as well."""
    return _passes_luhn(number) and check_uscc(number).problem is not None


def _passes_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled >= _TEN else doubled
    return total % _TEN == 0
