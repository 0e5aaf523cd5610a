"""The key of an identity between the departments that keep it: any two have it, one alone has noise.

The same splitting as the escrow's, between departments instead of officers. Where only one department may keep an
identity (the others are excluded, or have no custodian) it gets the whole key, and two of its people are asked for.
"""

import json
from collections.abc import Sequence

from core.envelopes import KEY_BYTES
from core.keys.escrow import joined, split


def dealt(secret: bytes, codes: Sequence[str]) -> dict[str, bytes]:
    """For each department what it gets."""
    if len(codes) < 2:
        return dict.fromkeys(codes, secret)
    return {code: _packed(share) for code, share in zip(codes, split(secret, len(codes)), strict=True)}


def is_share(part: bytes) -> bool:
    """A whole key has its length; a share tells its pairs as well and is longer."""
    return len(part) > KEY_BYTES


def together(own: bytes, other: bytes | None) -> bytes | None:
    """The key of what two departments hold; None where that is not enough."""
    for part in (own, other):
        if part is not None and not is_share(part):
            return part
    return joined(_read(own), _read(other)) if other is not None else None


def _packed(share: dict[str, bytes]) -> bytes:
    return json.dumps({pair: half.hex() for pair, half in share.items()}).encode()


def _read(part: bytes) -> dict[str, bytes]:
    return {pair: bytes.fromhex(half) for pair, half in json.loads(part).items()}
