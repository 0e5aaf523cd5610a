"""Sealed texts and files: what a thief or a clumsy hand could do to them, and that each of it is noticed."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError

from intake.sealing import KEY_BYTES, PIECE, STEP, FileSealer, Seal, SealBroken, open_file, seal_file

KEY, OTHER_KEY = bytes(range(KEY_BYTES)), bytes(KEY_BYTES)
SEAL = Seal(KEY)
CONTEXT = "report|a|body"
WORDS = "夜里十一点，张三把采样管插进了纯净水桶。The probe was moved."
SEALED_PIECE = PIECE + 17  # one tag and one authenticator a piece
SEALED_HEADER = 24


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6000), st.text(st.characters(codec="utf-8")))
def test_a_text_comes_back_whole_in_its_context(text: str, context: str) -> None:
    assert SEAL.unseal(SEAL.seal(text, context), context) == text


@pytest.mark.parametrize("text", ["", "\x00", "结尾是零\x00\x00", "\x80", "a" * STEP, "许" * STEP])
def test_a_text_that_looks_like_padding_comes_back_whole(text: str) -> None:
    assert SEAL.unseal(SEAL.seal(text, CONTEXT), CONTEXT) == text


def test_one_changed_bit_anywhere_is_noticed() -> None:
    sealed = SEAL.seal(WORDS, CONTEXT)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            SEAL.unseal(changed, CONTEXT)


@pytest.mark.parametrize(
    "length",
    [0, 1, 24, 25, 26, 40, 41, 1000, STEP + 40],
    ids=lambda length: f"{length} bytes left",  # suite 1, nonce 24, text, authenticator 16
)
def test_a_text_cut_anywhere_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        SEAL.unseal(SEAL.seal(WORDS, CONTEXT)[:length], CONTEXT)


@pytest.mark.parametrize("context", ["report|b|body", "report|a|identity", "report|a|body|", "", "report|a"])
def test_a_text_moved_to_another_report_or_part_is_refused(context: str) -> None:
    with pytest.raises(SealBroken) as refusal:
        SEAL.unseal(SEAL.seal(WORDS, CONTEXT), context)
    assert refusal.value.data == {"context": context}


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        Seal(OTHER_KEY).unseal(SEAL.seal(WORDS, CONTEXT), CONTEXT)


def test_bytes_added_at_the_end_of_a_text_are_noticed() -> None:
    with pytest.raises(SealBroken):
        SEAL.unseal(SEAL.seal(WORDS, CONTEXT) + b"\x00", CONTEXT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_no_word_of_the_text_and_of_its_context_shows(encoding: str) -> None:
    sealed = SEAL.seal(WORDS, CONTEXT)
    shown = [WORDS[start : start + 4] for start in range(len(WORDS) - 4)] + [CONTEXT]
    assert not [part for part in shown if part.encode(encoding) in sealed]


def test_the_same_text_is_never_sealed_alike() -> None:
    sealed = [SEAL.seal(WORDS, CONTEXT) for _ in range(50)]
    assert len({one[start : start + 16] for one in sealed for start in (1, 25, 1000)}) == 150


@pytest.mark.parametrize(
    ("length", "steps"), [(0, 1), (1, 1), (STEP - 1, 1), (STEP, 2), (2 * STEP - 1, 2), (2 * STEP, 3)]
)
def test_the_size_of_a_sealed_text_tells_its_length_only_in_steps(length: int, steps: int) -> None:
    overhead = 1 + 24 + 16  # suite, nonce, authenticator
    assert len(SEAL.seal("a" * length, CONTEXT)) == overhead + steps * STEP


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_the_wrong_length_is_refused_at_once(length: int) -> None:
    with pytest.raises((CryptoError, ValueError)):
        Seal(bytes(length))


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
