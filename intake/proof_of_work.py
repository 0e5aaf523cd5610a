"""What sending a report costs a machine: some work of the reporter's browser, or a short wait where it runs no scripts.

Nothing is stored. A challenge is signed and bound to the receipt that it stands before; a receipt files one report, so
a solved challenge is good for one as well, pressed however often. How heavy it is stands in it (`Burden`). Work: for
each of PIECES numbers a SHA-256 that begins with so many zero bits; many small pieces, so that it never takes long by
bad luck. Nobody is ever refused here: what does not fit gets a new challenge, who comes too early is told how long yet.
"""

import hashlib
import hmac
from dataclasses import dataclass

PIECES = 16
LIFETIME_SECONDS = 12 * 3600
HIGHEST_LEVEL = 5
FIRST_WAIT_SECONDS = 10
_PIECES_BITS = PIECES.bit_length() - 1
_VERSION = "1"
_MAC_DIGITS = 32
_LONGEST_ANSWER = 400


@dataclass(frozen=True)
class Burden:
    """About 2**`bits` hashes, or `wait` seconds from the moment the page was shown. No bits: nothing is asked."""

    bits: int
    wait: int

    @classmethod
    def at(cls, level: int, bits: int) -> "Burden":
        """Each level above none doubles both; `bits` is the house's setting, 0 switches it off."""
        level = min(max(level, 0), HIGHEST_LEVEL)
        return cls(bits + level, FIRST_WAIT_SECONDS << level) if bits else cls(0, 0)


@dataclass(frozen=True)
class Verdict:
    """`wait`: seconds that are left for whoever did no work; `is_stale`: another challenge is needed."""

    wait: int = 0
    is_stale: bool = False

    @property
    def may_pass(self) -> bool:
        return not self.wait and not self.is_stale


def challenge(burden: Burden, code: str, key: bytes, at: int) -> str:
    """`at` in seconds since 1970. It tells nothing of the receipt code."""
    head = f"{_VERSION}.{burden.bits}.{burden.wait}.{at}"
    return f"{head}.{_mac(head, code, key)}"


def verdict(shown: str, answer: str, code: str, key: bytes, at: int) -> Verdict:
    """Of a challenge that came back, with the work or without; never an error, whatever was sent."""
    head, _dot, mac = shown.rpartition(".")
    parts = head.split(".")
    if not hmac.compare_digest(mac.encode(), _mac(head, code, key).encode()) or len(parts) != len("vbwa"):
        return Verdict(is_stale=True)
    bits, wait, issued = (int(one) for one in parts[1:])
    if not 0 <= at - issued <= LIFETIME_SECONDS:
        return Verdict(is_stale=True)
    if not bits or is_solved(shown, answer):
        return Verdict()
    return Verdict(wait=max(0, issued + wait - at))


def bits_of_a_piece(shown: str) -> int:
    return max(int(shown.split(".")[1]) - _PIECES_BITS, 0)


def is_solved(shown: str, answer: str) -> bool:
    if len(answer) > _LONGEST_ANSWER:
        return False
    numbers, bits = answer.split("."), bits_of_a_piece(shown)
    return len(numbers) == PIECES and all(_fits(shown, piece, one, bits) for piece, one in enumerate(numbers))


def solve(shown: str) -> str:
    """What the browser does; here for tests and for programs that file."""
    bits = bits_of_a_piece(shown)
    return ".".join(_first_that_fits(shown, piece, bits) for piece in range(PIECES))


def _first_that_fits(shown: str, piece: int, bits: int) -> str:
    number = 0
    while not _fits(shown, piece, str(number), bits):
        number += 1
    return str(number)


def _fits(shown: str, piece: int, number: str, bits: int) -> bool:
    digest = hashlib.sha256(f"{shown}.{piece}.{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - bits) == 0


def _mac(head: str, code: str, key: bytes) -> str:
    return hmac.new(key, f"proof-of-work|{head}|{code}".encode(), "sha256").hexdigest()[:_MAC_DIGITS]
