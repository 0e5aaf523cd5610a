"""Identifiers that tell nothing about what they name."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 26


def new_id() -> str:
    """26 random characters of Crockford's base32, lower case: 130 bits, neither order nor date."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(ID_LENGTH))
