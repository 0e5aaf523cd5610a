"""Envelopes: who has a public key can seal, only who has the secret key can read, and only in the same context.

HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305). `context` says what the bytes are and where they belong
("report|…|body"), so that an envelope moved elsewhere does not open. Texts are padded to 4 KiB steps, so that their
length tells little; keys are wrapped as they are. Under a symmetric key: XChaCha20-Poly1305. The first byte names
the suite.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from core.errors import DomainError

SUITE = b"\x02"
STEP = 4096
KEY_BYTES = 32
_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class SealBroken(DomainError):
    code = "seal_broken"
    status = 500


@dataclass(frozen=True)
class KeyPair:
    """X25519, 32 raw bytes each."""

    public: bytes
    secret: bytes

    @classmethod
    def new(cls) -> "KeyPair":
        return cls.of(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def of(cls, secret: bytes) -> "KeyPair":
        """The pair of a secret key; any 32 bytes are one."""
        return cls(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw(), secret)


def derived(secret: bytes, purpose: str, *, salt: bytes | None = None, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256: another key for another purpose; nothing leads back."""
    return HKDF(SHA256(), length, salt, f"mingjian/{purpose}".encode()).derive(secret)


def wrap(key: bytes, public: bytes, context: str) -> bytes:
    """A key in an envelope for `public`: 49 bytes more than the key."""
    return SUITE + _HPKE.encrypt(key, X25519PublicKey.from_public_bytes(public), SUITE + context.encode())


def unwrap(wrapped: bytes, secret: bytes, context: str) -> bytes:
    """SealBroken where the bytes were changed, moved from elsewhere or are for somebody else."""
    try:
        private = X25519PrivateKey.from_private_bytes(secret)
        return _HPKE.decrypt(wrapped[1:], private, wrapped[:1] + context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(context=context) from error


def seal(text: str, public: bytes, context: str) -> bytes:
    return wrap(padded(text.encode()), public, context)


def unseal(sealed: bytes, secret: bytes, context: str) -> str:
    return unpadded(unwrap(sealed, secret, context)).decode()


def lock(plain: bytes, key: bytes, context: str) -> bytes:
    """Under a symmetric key of 32 bytes."""
    return SUITE + bytes(Aead(key).encrypt(plain, aad=SUITE + context.encode()))


def unlock(locked: bytes, key: bytes, context: str) -> bytes:
    """SealBroken as for `unwrap`."""
    try:
        return Aead(key).decrypt(locked[1:], aad=locked[:1] + context.encode())
    except (CryptoError, ValueError) as error:
        raise SealBroken(context=context) from error


def padded(plain: bytes) -> bytes:
    size = -(-(len(plain) + 1) // STEP) * STEP
    return plain + b"\x80" + bytes(size - len(plain) - 1)


def unpadded(plain: bytes) -> bytes:
    return plain.rstrip(b"\x00")[:-1]
