"""The tree of RFC 6962 (SHA-256): hashes, proofs and their checks. Pure: where hashes lie, `HashAt` says.

Proofs are lists of 32-byte hashes, from the leaf up. Checking follows RFC 9162, 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

# (level, n) → the hash over the leaves n·2^level up to (n + 1)·2^level, which must all be there.
HashAt = Callable[[int, int], bytes]


class ProofInvalid(Exception):
    """A proof that does not prove; the text says where it fails."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def in_memory(leaves: Sequence[bytes]) -> HashAt:
    """The hashes of a whole tree whose leaf hashes are at hand."""
    levels = [list(leaves)]
    while len(below := levels[-1]) > 1:
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return lambda level, n: levels[level][n]


def root(size: int, hash_at: HashAt) -> bytes:
    return _range_hash(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """That leaf `index` is in the tree of `size`; ValueError where there is no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(index, 0, size, hash_at)


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """That the tree of `old` is the beginning of the tree of `new`; 0 < old ≤ new."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency from {old} to {new}")
    return _subproof(old, 0, new, hash_at, whole=True)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> None:
    """ProofInvalid unless `leaf` (a leaf hash) is number `index` in the tree of `size` with that root."""
    _must_be_hashes(leaf, expected_root, *proof)
    if not 0 <= index < size:
        raise ProofInvalid("the leaf lies outside the tree")
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid("the proof is too short")
    if found != expected_root:
        raise ProofInvalid("the proof leads to another root")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """ProofInvalid unless the tree of `old` with its root is the beginning of the tree of `new` with its root."""
    if not 0 < old <= new:
        raise ProofInvalid("the older tree is empty or larger than the newer")
    if old == new:
        if proof or old_root != new_root:
            raise ProofInvalid("two trees of one size must be the same, and need no proof")
        return
    _must_be_hashes(old_root, new_root, *proof)
    _check_growth(old, new, list(proof), old_root, new_root)


def _check_growth(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> None:
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        raise ProofInvalid("the proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = proof[0]
    for one in proof[1:]:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if place & 1 or place == last:
            found_old, found_new = node_hash(one, found_old), node_hash(one, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, one)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofInvalid("the proof is too short")
    if found_old != old_root or found_new != new_root:
        raise ProofInvalid("the proof leads to another root")


def _must_be_hashes(*values: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in values):
        raise ProofInvalid("a hash has not 32 bytes")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, hash_at: HashAt) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return hash_at(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, hash_at), _range_hash(middle, end, hash_at))


def _path(index: int, start: int, end: int, hash_at: HashAt) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, hash_at), _range_hash(middle, end, hash_at)]
    return [*_path(index, middle, end, hash_at), _range_hash(start, middle, hash_at)]


def _subproof(old: int, start: int, end: int, hash_at: HashAt, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_range_hash(start, end, hash_at)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, start, middle, hash_at, whole=whole), _range_hash(middle, end, hash_at)]
    return [*_subproof(old, middle, end, hash_at, whole=False), _range_hash(start, middle, hash_at)]
