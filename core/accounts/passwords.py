"""Argon2id by PyNaCl, at its interactive cost: 64 MiB, two passes."""

from nacl import exceptions, pwhash

MINIMUM_LENGTH = 10
# The hash of a password nobody has: an unknown name takes as long as a wrong password.
_NOBODY = pwhash.argon2id.str(b"nobody has this password")


def hash_password(password: str) -> str:
    return pwhash.argon2id.str(
        password.encode(),
        opslimit=pwhash.argon2id.OPSLIMIT_INTERACTIVE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    ).decode()


def password_matches(stored: str | None, password: str) -> bool:
    """False also when `stored` is None, after the same work."""
    try:
        return pwhash.verify(stored.encode() if stored else _NOBODY, password.encode()) and stored is not None
    except exceptions.InvalidkeyError:
        return False
