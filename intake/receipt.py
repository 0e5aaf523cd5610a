"""The receipt: a code that only the reporter holds, and the case number that anybody may see.

63 random bits as 19 digits and a check digit (Luhn), shown in groups of four. Argon2id makes a master key of the code
and a pepper that lies outside the database; from it come the number under which the report is found and the key that
opens the reporter's secret. Only the first is stored, and it leads neither to the code nor to the key.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from nacl import pwhash

from core.envelopes import KEY_BYTES, derived

_BITS, _DIGITS = 63, 19
_CASE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SITE_SALT = hashlib.sha256(b"mingjian/receipt/v1").digest()[: pwhash.argon2id.SALTBYTES]
LOOKUP_BYTES = 16


@dataclass(frozen=True)
class ReceiptKeys:
    """What a code gives: `lookup` finds the report, `wrap` opens the reporter's key."""

    lookup: bytes
    wrap: bytes

    @classmethod
    def of(cls, master: bytes) -> "ReceiptKeys":
        return cls(derived(master, "receipt/lookup", length=LOOKUP_BYTES), derived(master, "receipt/wrap"))

    @classmethod
    def of_nobody(cls) -> "ReceiptKeys":
        """Of a receipt that is thrown away."""
        return cls.of(secrets.token_bytes(KEY_BYTES))


def new_code() -> str:
    """20 digits without spaces."""
    body = f"{secrets.randbits(_BITS):0{_DIGITS}d}"
    return body + _check_digit(body)


def shown(code: str) -> str:
    """1234 5678 9012 3456 7890"""
    return " ".join(code[n : n + 4] for n in range(0, len(code), 4))


def read(typed: str) -> str | None:
    """The code that somebody typed, blanks, hyphens and full-width digits allowed; None if it cannot be one."""
    digits = re.sub(r"[\s\-—–·.]", "", unicodedata.normalize("NFKC", typed))
    if not re.fullmatch(r"[0-9]{20}", digits) or digits[-1] != _check_digit(digits[:-1]):
        return None
    return digits


def receipt_keys(code: str, pepper: bytes) -> ReceiptKeys:
    """Argon2id, 64 MiB, two passes: about 80 ms. Call it before the first statement."""
    return ReceiptKeys.of(master_key(code, pepper))


def master_key(code: str, pepper: bytes) -> bytes:
    secret = hmac.new(pepper, code.encode(), "sha256").digest()
    return pwhash.argon2id.kdf(
        KEY_BYTES,
        secret,
        _SITE_SALT,
        opslimit=pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )


def new_case_number(on: date) -> str:
    """受理编号 XC-2026-7K3Q9D: the year and six random characters, neither order nor count."""
    return f"XC-{on.year}-" + "".join(secrets.choice(_CASE_ALPHABET) for _ in range(6))


def _check_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
