"""A film keeps what plays, byte for byte and in its place, and loses what tells of who made it."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.cleaning import AS_SENT, CLEANED, clean
from core.files.video import NotAFilm, blanked

PICTURE, SOUND, POSITIONS = b"PICTURE-SAMPLES" * 9, b"SOUND" * 20, b"GPS +34.0260+113.8260 "
PLACE, PHONE, AUTHOR = b"\xa9xyz+34.0260+113.8260/", b"\xa9modiPhone 15 of Ouyang", b"\xa9autOuyang"
WHEN = 3_900_000_000


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def long_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body


def track(
    kind: bytes, offset: int, samples: list[int], *, name: bytes = b"Core Media Handler", chunks: int = 1
) -> bytes:
    each = len(samples) // chunks
    starts = [offset + sum(samples[: each * chunk]) for chunk in range(chunks)]
    table = box(
        b"stbl",
        box(b"stsd", bytes(8)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, each, 1)),
        box(b"stsz", struct.pack(">III", 0, 0, len(samples)), *(struct.pack(">I", one) for one in samples)),
        box(b"stco", struct.pack(">II", 0, chunks), *(struct.pack(">I", one) for one in starts)),
    )
    handler = box(b"hdlr", bytes(8), kind, bytes(12), name, b"\0")
    media = box(
        b"mdia", box(b"mdhd", bytes(4), struct.pack(">II", WHEN, WHEN), bytes(16)), handler, box(b"minf", table)
    )
    head = box(b"tkhd", bytes(4), struct.pack(">II", WHEN, WHEN), bytes(76))
    return box(b"trak", head, media, box(b"udta", PLACE))


def film(*, long: bool = False, front: bool = False, more: bytes = b"", brand: bytes = b"isom") -> bytes:
    """A telephone's film: picture, sound, a track of positions, and everything that a telephone tells."""
    first = box(b"ftyp", brand, bytes(4), brand)
    media = PICTURE + SOUND + POSITIONS + b"left over"

    def moov(at: int) -> bytes:
        return box(
            b"moov",
            box(b"mvhd", bytes(4), struct.pack(">II", WHEN, WHEN), bytes(88)),
            track(b"vide", at, [15] * 9, chunks=3),
            track(b"soun", at + len(PICTURE), [len(SOUND)]),
            track(b"meta", at + len(PICTURE) + len(SOUND), [len(POSITIONS)], name=b"camm"),
            box(b"udta", PLACE, PHONE, AUTHOR),
            box(b"meta", b"com.apple.quicktime.location.ISO6709"),
        )

    mdat = long_box(b"mdat", media) if long else box(b"mdat", media)
    head = len(mdat) - len(media)
    if front:
        at = len(first) + len(moov(0)) + head
        return first + moov(at) + mdat + more
    return first + mdat + moov(len(first) + head) + more


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("front", [False, True])
def test_what_plays_stays_in_its_place_and_all_else_is_blank(*, long: bool, front: bool) -> None:
    before = film(long=long, front=front)
    after, told = blanked(before)
    assert len(after) == len(before)
    for kept in (PICTURE, SOUND):
        assert after.index(kept) == before.index(kept)
    for gone in (b"+34.0260", b"iPhone", b"Ouyang", b"GPS", b"left over", b"apple", b"Core Media", b"camm"):
        assert gone in before or gone == b"apple"
        assert gone not in after
    assert struct.pack(">I", WHEN) not in after
    assert set(told) == {"place", "time", "device", "author"}


def test_a_cleaned_film_has_nothing_more_to_clean() -> None:
    after, _told = blanked(film())
    assert blanked(after) == (after, ())


@pytest.mark.parametrize("kind", ["mp4", "mov", "m4a"])
def test_the_cleaner_of_files_knows_films(kind: str) -> None:
    cleaned = clean(kind, film(brand=b"qt  "))
    assert cleaned.state == CLEANED
    assert b"Ouyang" not in cleaned.content


def test_unknown_boxes_at_the_end_are_emptied_too() -> None:
    after, _told = blanked(film(more=box(b"sefd", b"Samsung serial 4711") + box(b"uuid", b"XMP Ouyang")))
    assert b"4711" not in after
    assert b"XMP" not in after


BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no film in it": lambda: box(b"ftyp", b"isom"),
    "cut off": lambda: film()[:-20],
    "in pieces": lambda: film(more=box(b"moof", bytes(20))),
    "a trailer without a box": lambda: film(more=b"abc"),
    "samples beyond the end": lambda: film().replace(struct.pack(">I", len(SOUND)), struct.pack(">I", 10**9)),
}


@pytest.mark.parametrize("why", BROKEN)
def test_what_is_not_understood_is_kept_as_sent_and_says_so(why: str) -> None:
    content = BROKEN[why]()
    with pytest.raises(NotAFilm):
        blanked(content)
    assert clean("mp4", content).state == AS_SENT
    assert clean("mp4", content).content == content


@given(st.integers(0, len(film()) - 1), st.binary(min_size=1, max_size=8))
def test_no_broken_film_is_an_error_or_changes_its_length(at: int, noise: bytes) -> None:
    content = bytearray(film())
    content[at : at + len(noise)] = noise
    cleaned = clean("mp4", bytes(content))
    assert len(cleaned.content) == len(content)
