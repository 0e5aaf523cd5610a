"""What a leaf of the disclosure log says: that a version was published, and the commitment to what it held. Pure.

The commitment hides the text: c = SHA-256("mingjian/commit/v1\\n" ‖ salt of 32 bytes ‖ JCS of the version). With the
text and the salt anybody can check it; when both are erased, nothing can be guessed back.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

DOMAIN = b"mingjian/commit/v1\n"
SALT_BYTES = 32
# The events after which a missing text is no longer silent.
ENDINGS = frozenset({"withdraw", "expire", "repair"})


def commitment(salt: bytes, body: bytes) -> str:
    """base64url without padding, 43 characters."""
    digest = hashlib.sha256(DOMAIN + salt + body).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def leaf(
    event: str,
    kind: str,
    record_id: str,
    version: int,
    at: datetime,
    *,
    commitment: str | None = None,
    until: str | None = None,
    ground: str | None = None,
) -> dict[str, Any]:
    """The fields of an entry but "p", which the log adds. No personal data."""
    return {
        "v": 1,
        "k": event,
        "y": kind,
        "r": record_id,
        "rev": version,
        "t": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "u": until,
        "g": ground,
        "c": commitment,
    }
