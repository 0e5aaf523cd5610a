"""A password opens two things: the sign-in (verifier) and the person's secret key (key-encryption key).

Argon2id by PyNaCl, 64 MiB and two passes, once; HKDF makes the two out of it, so that the verifier in the database
does not lead to the key. The cost stands beside each salt, so that it can be raised later.
"""

import hmac
import secrets
from dataclasses import dataclass

from nacl import exceptions, pwhash

from core.envelopes import derived

MINIMUM_LENGTH = 10
SALT_BYTES: int = pwhash.argon2id.SALTBYTES
COST = f"argon2id,t={pwhash.argon2id.OPSLIMIT_INTERACTIVE},m={pwhash.argon2id.MEMLIMIT_INTERACTIVE // 1024}"


@dataclass(frozen=True)
class PasswordKeys:
    """`verifier` is stored and compared; `key` opens what is sealed under the password."""

    verifier: bytes
    key: bytes

    def matches(self, verifier: bytes) -> bool:
        return hmac.compare_digest(self.verifier, verifier)


@dataclass(frozen=True)
class Stretched:
    """A password's keys with the salt and the cost they belong to, derived before a transaction begins."""

    keys: PasswordKeys
    salt: bytes
    cost: str = COST


def stretched(password: str, cost: str = COST) -> Stretched:
    """A new password under a new salt."""
    salt = new_salt()
    return Stretched(password_keys(password, salt, cost), salt, cost)


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def password_keys(password: str, salt: bytes, cost: str = COST) -> PasswordKeys:
    """About 80 ms: call it before the first statement of a transaction."""
    _name, passes, kibibytes = cost.split(",")
    stretched = pwhash.argon2id.kdf(
        32, password.encode(), salt, opslimit=int(passes[2:]), memlimit=int(kibibytes[2:]) * 1024
    )
    return PasswordKeys(derived(stretched, "password/verifier"), derived(stretched, "password/key"))


def old_hash_matches(stored: str, password: str) -> bool:
    """For accounts from before there were keys; they get theirs at the first sign-in."""
    try:
        return pwhash.verify(stored.encode(), password.encode())
    except exceptions.InvalidkeyError:
        return False
