"""How a number is read out on the telephone: in groups, and the digits as a listener cannot mishear them."""

from itertools import pairwise

DIGITS = dict(zip("0123456789", ("零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"), strict=True))
_CUTS = (0, 2, 6, 9, 12)


def code_groups(code: str) -> list[tuple[str, str]]:
    """20 digits as five groups of four, each with its reading: 1203 → 幺 二 零 三."""
    return [(group, read_out(group)) for group in (code[n : n + 4] for n in range(0, len(code), 4))]


def number_groups(case_number: str) -> list[tuple[str, str]]:
    """XC-2026-7K3Q9D as XC, 2026, 7K3, Q9D."""
    bare = case_number.replace("-", "")
    return [(bare[a:b], read_out(bare[a:b])) for a, b in pairwise(_CUTS)]


def read_out(group: str) -> str:
    return " ".join(DIGITS.get(one, one) for one in group)
