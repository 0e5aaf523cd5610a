"""Addresses at rest are sealed, found again by keyed hashes, and answered for by tokens that nobody can make up.

All keys come from the installation's secret key, which is in no database and no backup of one.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from nacl.secret import Aead

TOKEN_LENGTH = 32


@dataclass(frozen=True)
class Recipient:
    """`to`: an e-mail address or a web address. `secret`: with which a webhook's messages are signed."""

    to: str
    secret: str = ""


class AddressBook:
    """`secret_key`: the 32 bytes of the installation."""

    def __init__(self, secret_key: bytes) -> None:
        self._key = secret_key
        self._box = Aead(hashlib.blake2b(secret_key, digest_size=Aead.KEY_SIZE, person=b"mj/subscribers").digest())

    def seal(self, recipient: Recipient, subscription_id: str) -> bytes:
        text = json.dumps([recipient.to, recipient.secret], ensure_ascii=False)
        return bytes(self._box.encrypt(text.encode(), aad=subscription_id.encode()))

    def unseal(self, sealed: bytes, subscription_id: str) -> Recipient:
        return Recipient(*json.loads(self._box.decrypt(sealed, aad=subscription_id.encode())))

    def mark(self, *parts: str) -> str:
        """The same for the same parts, and for nobody else to work out."""
        return self._hmac("mark", *parts).hex()

    def token(self, purpose: str, subscription_id: str) -> str:
        return urlsafe_b64encode(self._hmac("token", purpose, subscription_id)).decode()[:TOKEN_LENGTH]

    def fits(self, token: str, purpose: str, subscription_id: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token(purpose, subscription_id).encode())

    def _hmac(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\x00".join(("subscription", *parts)).encode(), "sha256")
