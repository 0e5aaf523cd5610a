"""Hashes, signatures and proofs, as c2sp.org and RFC 6962 say, with `cryptography` and nothing else."""

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OK, NOT_FOUND, GONE = 200, 404, 410
Fetch = Callable[[str], tuple[int, bytes]]
Leaf = dict[str, Any]


class CannotCheck(Exception):
    pass


def needed(fetch: Fetch, path: str) -> bytes:
    status, content = fetch(path)
    if status != OK:
        raise CannotCheck(f"{path}: HTTP {status}")
    return content


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, over leaf hashes, level by level: an odd last one goes up as it is."""
    if not leaves:
        return sha256(b"")
    while len(leaves) > 1:
        paired = [sha256(b"\x01", leaves[at], leaves[at + 1]) for at in range(0, len(leaves) - 1, 2)]
        leaves = paired + leaves[len(paired) * 2 :]
    return leaves[0]


def climbed(found: bytes, place: int, size: int, proof: list[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); empty where it is too short or too long."""
    last = size - 1
    for one in proof:
        if last == 0:
            return b""
        if place & 1 or place == last:
            found = sha256(b"\x01", one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, one)
        place, last = place >> 1, last >> 1
    return found if last == 0 else b""


def is_signed(note: str, vkey: str) -> bool:
    """By a log's key (type 1) or a witness's (type 4, c2sp.org/tlog-cosignature)."""
    try:
        name, key_id, key = vkey.strip().split("+", 2)
        kind, public = b64decode(key)[:1], Ed25519PublicKey.from_public_bytes(b64decode(key)[1:])
    except ValueError as error:
        raise CannotCheck(f"{vkey}: not a verifier key") from error
    text, _blank, signatures = note.rpartition("\n\n")
    message = (text + "\n").encode()
    for line in signatures.splitlines():
        dash, signer, encoded = (*line.split(" "), "", "", "")[:3]
        raw = b64decode(encoded) if dash == "—" and signer == name else b""
        if raw[:4].hex() != key_id:
            continue
        signature = raw[4:]
        if kind == b"\x04":
            time, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True
    return False


def head_of(note: str) -> tuple[int, bytes]:
    """(size, root) of a checkpoint, whoever signed it."""
    try:
        _origin, size, root, *_more = note.split("\n")
        return int(size), b64decode(root)
    except ValueError as error:
        raise CannotCheck("not a checkpoint") from error


def parted(proof: str) -> tuple[bytes, int, list[bytes], str]:
    """(extra, index, hashes, note) of a c2sp.org/tlog-proof@v1."""
    head, _blank, note = proof.partition("\n\n")
    try:
        _first, extra, index, *hashes = head.split("\n")
        parts = b64decode(extra.removeprefix("extra ")), int(index.removeprefix("index ")), list(map(b64decode, hashes))
    except ValueError as error:
        raise CannotCheck("not a proof") from error
    return (*parts, note)


def is_included(entry: bytes, place: int, hashes: list[bytes], note: str) -> bool:
    size, root = head_of(note)
    return 0 <= place < size and climbed(sha256(b"\x00", entry), place, size, hashes) == root


def trusted_keys(fetch: Fetch, known: Sequence[str]) -> list[str]:
    """`known` and every key that the log announced under one of them, in turn. Without any: the site's first."""
    status, content = fetch("/ledger/keys")
    chain = json.loads(content) if status == OK else []
    trusted = [one.strip() for one in known] or [one["vkey"] for one in chain[:1]]
    for one in chain:
        if one["vkey"] in trusted or not one["proof"]:
            continue
        entry, place, hashes, note = parted(one["proof"])
        signed = any(is_signed(note, vkey) for vkey in trusted)
        if signed and is_included(entry, place, hashes, note) and json.loads(entry).get("vkey") == one["vkey"]:
            trusted.append(one["vkey"])
    return trusted


def tile_path(number: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def tiles_of(level: str, count: int) -> Iterator[tuple[str, int, int]]:
    """(path, first, end) of each tile that holds `count` hashes of a level, or as many entries."""
    for first in range(0, count, 256):
        end = min(first + 256, count)
        part = "" if end - first == 256 else f".p/{end - first}"
        yield f"/ledger/tile/{level}/{tile_path(first // 256)}{part}", first, end


def unpacked(bundle: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        yield bundle[at + 2 : at + 2 + length]
        at += 2 + length


def commitment(salt: bytes, body: bytes) -> bytes:
    return sha256(b"mingjian/commit/v1\n", salt, body)


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
