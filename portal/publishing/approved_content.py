"""The digest that an approval and a consent are bound to: these words, as this version of this record. Pure.

Salted, so that after an erasure, which takes the salt, nobody can guess the words back from a digest that stays.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import rfc8785

DOMAIN = b"mingjian/approved/v1\n"
SALT_BYTES = 32


def new_salt() -> str:
    """32 random bytes in hexadecimal."""
    return secrets.token_hex(SALT_BYTES)


def digest(salt: str, kind: str, record_id: str, version: int, body: Mapping[str, Any], reason: str | None) -> str:
    """SHA-256 in hexadecimal over the salt and the JCS of what would become public; `reason` is a correction's."""
    content: dict[str, Any] = {
        "kind": kind,
        "record": record_id,
        "version": version,
        "body": dict(body),
        "reason": reason,
    }
    return hashlib.sha256(DOMAIN + salt.encode() + rfc8785.dumps(content)).hexdigest()
