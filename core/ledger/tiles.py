"""Tiles (c2sp.org/tlog-tiles): 256 hashes of one level side by side. Pure; a row holds one tile, growing in place.

Tile n of level l holds the hashes over 256^l leaves each, from number n·256 on. A full tile's own hash stands in the
level above; a partial one's does not.
"""

import re
from collections.abc import Callable, Iterable

from core.ledger.merkle import HASH_BYTES, HashAt, leaf_hash, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
LONGEST_ENTRY = 65_535
_HIGHEST_LEVEL = 63
_NUMBER = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")

# (level, n) → the bytes that the tile holds now.
TileAt = Callable[[int, int], bytes]


class TileNotThere(LookupError):
    """An address that names no tile of this log."""


def hashes_in(tile_at: TileAt) -> HashAt:
    """The hash of any complete subtree, folded from the tile that holds its leaves or their parents."""

    def hash_at(level: int, number: int) -> bytes:
        tile_level, below = divmod(level, HEIGHT)
        first = number << below
        tile = tile_at(tile_level, first >> HEIGHT)
        offset = first % WIDTH * HASH_BYTES
        part = tile[offset : offset + (HASH_BYTES << below)]
        if len(part) != HASH_BYTES << below:
            raise TileNotThere(f"tile {tile_level}/{first >> HEIGHT} is too short")
        return fold(part)

    return hash_at


def fold(hashes: bytes) -> bytes:
    """One hash over 2^k hashes that lie side by side."""
    while len(hashes) > HASH_BYTES:
        step = 2 * HASH_BYTES
        hashes = b"".join(
            node_hash(hashes[at : at + HASH_BYTES], hashes[at + HASH_BYTES : at + step])
            for at in range(0, len(hashes), step)
        )
    return hashes


def grown(size: int, entries: Iterable[bytes], tile_at: TileAt) -> dict[tuple[int, int], bytes]:
    """The tiles that change when `entries` follow a tree of `size`: (level, n) → the new bytes."""
    changed: dict[tuple[int, int], bytes] = {}

    def add(level: int, place: int, value: bytes) -> None:
        number, within = divmod(place, WIDTH)
        key = (level, number)
        if key not in changed:
            changed[key] = tile_at(level, number) if within else b""
        changed[key] += value
        if within == WIDTH - 1:
            add(level + 1, number, fold(changed[key]))

    for place, entry in enumerate(entries, size):
        add(0, place, leaf_hash(entry))
    return changed


def path_of(number: int) -> str:
    """1234067 → x001/x234/067"""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def parsed_path(path: str) -> tuple[int, int | None]:
    """x001/x234/067 or x001/x234/067.p/12 → (n, partial width or None); TileNotThere for any other spelling."""
    name, partial, width = path.partition(".p/")
    if not _NUMBER.fullmatch(name):
        raise TileNotThere(path)
    number = int(name.replace("x", "").replace("/", ""))
    if path_of(number) != name:
        raise TileNotThere(path)
    if not partial:
        return number, None
    if not re.fullmatch(r"[1-9][0-9]{0,2}", width) or int(width) >= WIDTH:
        raise TileNotThere(path)
    return number, int(width)


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes tile `number` of `level` has in a tree of `size`; 0 where there is none yet."""
    if not 0 <= level <= _HIGHEST_LEVEL:
        return 0
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries with their lengths (two bytes, big-endian) before them."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)
