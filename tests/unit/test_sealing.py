"""Sealed files: what a thief or a clumsy hand could do to them, and that each of it is noticed."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.envelopes import KEY_BYTES, SealBroken
from intake.sealing import PIECE, FileSealer, open_file, seal_file

KEY, OTHER_KEY = bytes(range(KEY_BYTES)), bytes(KEY_BYTES)
WORDS = "夜里十一点，张三把采样管插进了纯净水桶。The probe was moved."
SEALED_PIECE = PIECE + 17  # one tag and one authenticator a piece
SEALED_HEADER = 24


def sealed_file(plain: bytes, key: bytes = KEY) -> bytes:
    target = BytesIO()
    seal_file([plain], target, key)
    return target.getvalue()


def opened(sealed: bytes, key: bytes = KEY) -> bytes:
    return b"".join(open_file(BytesIO(sealed), key))


def patterned(length: int) -> bytes:
    """Bytes in which every piece differs from every other."""
    return b"".join(number.to_bytes(8, "big") for number in range(-(-length // 8)))[:length]


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7])
def test_a_file_of_any_length_comes_back_whole(length: int) -> None:
    assert opened(sealed_file(patterned(length))) == patterned(length)


@given(st.lists(st.integers(0, 2 * PIECE), max_size=6))
def test_a_file_may_arrive_in_any_pieces(lengths: list[int]) -> None:
    target = BytesIO()
    sealer = FileSealer(target, KEY)
    for number, length in enumerate(lengths):
        sealer.feed(bytes([number]) * length)
    sealer.finish()
    assert opened(target.getvalue()) == b"".join(bytes([number]) * length for number, length in enumerate(lengths))


class Disk(BytesIO):
    """Remembers the largest single write, and how much had been written when asked."""

    largest_write = 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.largest_write = max(self.largest_write, len(data))
        return super().write(data)


def test_a_large_file_is_sealed_and_opened_as_it_streams() -> None:
    disk, pieces = Disk(), 200
    written_after: list[int] = []

    def arriving() -> Iterator[bytes]:
        for number in range(pieces):
            yield bytes([number]) * PIECE
            written_after.append(disk.tell())

    seal_file(arriving(), disk, KEY)
    assert disk.largest_write <= SEALED_PIECE
    assert all(written >= number * PIECE for number, written in enumerate(written_after))
    disk.seek(0)
    stream = open_file(disk, KEY)
    assert next(stream) == bytes(PIECE)
    assert disk.tell() == SEALED_HEADER + SEALED_PIECE
    assert sum(len(piece) for piece in stream) == (pieces - 1) * PIECE


def test_no_piece_of_a_file_shows_and_two_sealings_differ() -> None:
    plain = (WORDS * 2000).encode()
    first, second = sealed_file(plain), sealed_file(plain)
    assert WORDS[:4].encode() not in first
    assert first[:SEALED_HEADER] != second[:SEALED_HEADER]
    assert first[SEALED_HEADER : SEALED_HEADER + 64] != second[SEALED_HEADER : SEALED_HEADER + 64]


SEALED = sealed_file(patterned(3 * PIECE + 100))


def one_bit_changed(place: int) -> Callable[[], bytes]:
    return lambda: SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :]


def piece(number: int) -> bytes:
    start = SEALED_HEADER + number * SEALED_PIECE
    return SEALED[start : start + SEALED_PIECE]


HEADER = SEALED[:SEALED_HEADER]
DAMAGE: dict[str, Callable[[], bytes]] = {
    "nothing left": lambda: b"",
    "half a header": lambda: HEADER[:12],
    "the header alone": lambda: HEADER,
    "cut inside the first piece": lambda: SEALED[:1000],
    "cut after the first piece": lambda: HEADER + piece(0),
    "cut before the last piece": lambda: HEADER + piece(0) + piece(1) + piece(2),
    "the last byte gone": lambda: SEALED[:-1],
    "a piece left out": lambda: HEADER + piece(0) + piece(2) + piece(3),
    "two pieces swapped": lambda: HEADER + piece(1) + piece(0) + piece(2) + piece(3),
    "a piece twice": lambda: HEADER + piece(0) + piece(0) + piece(1) + piece(2) + piece(3),
    "only the last piece": lambda: HEADER + piece(3),
    "another file's piece": lambda: HEADER + sealed_file(patterned(3 * PIECE))[SEALED_HEADER:],
    "a byte added": lambda: SEALED + b"\x00",
    "a second file added": lambda: SEALED + SEALED,
    "bytes added behind a full last piece": lambda: sealed_file(patterned(2 * PIECE)) + b"\x00",
    "the header changed": one_bit_changed(3),
    "the first byte changed": one_bit_changed(SEALED_HEADER),
    "the middle changed": one_bit_changed(2 * PIECE),
    "the last byte changed": one_bit_changed(len(SEALED) - 1),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_noticed(damage: Callable[[], bytes]) -> None:
    with pytest.raises(SealBroken):
        opened(damage())


def test_another_key_opens_no_file() -> None:
    with pytest.raises(SealBroken):
        opened(SEALED, OTHER_KEY)


def test_no_plain_byte_of_a_changed_piece_is_handed_out() -> None:
    stream = open_file(BytesIO(one_bit_changed(SEALED_HEADER + SEALED_PIECE + 5)()), KEY)
    assert next(stream) == patterned(PIECE)
    with pytest.raises(SealBroken):
        next(stream)
