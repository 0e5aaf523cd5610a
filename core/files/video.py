"""What a film or a recording (MP4, MOV, M4A) tells about its maker, blanked in place: the boxes of ISO/IEC 14496-12.

Nothing moves and no size changes, so every offset in the file stays true. Kept is what plays: the boxes that a picture
or sound track needs, and of the media data the bytes that such a track points at. All else becomes an empty `free` box
or zeros: places, names and devices (udta, meta, uuid and whatever else is not known), tracks of other kinds (a camera's
positions are one), names of handlers, the times of creation. What a codec writes into its own stream stays.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

Told = tuple[str, ...]
_CONTAINERS = {
    "": {"ftyp", "moov", "mdat", "free", "skip", "wide"},
    "moov": {"mvhd", "iods", "trak"},
    "trak": {"tkhd", "edts", "tref", "tapt", "mdia"},
    "mdia": {"mdhd", "hdlr", "elng", "minf"},
    "minf": {"vmhd", "smhd", "nmhd", "gmhd", "hdlr", "dinf", "stbl"},
}
_WITH_TIMES = {"mvhd", "tkhd", "mdhd"}
_PLAYED = {b"vide", b"soun"}
_EMPTY = {"free", "skip", "wide"}
_MOST_SAMPLES = 5_000_000
_HEADER, _LONG_HEADER, _HANDLER_NAME_AT = 8, 16, 24
_TELLS = {
    "place": (b"\xa9xyz", b"loci", b"location", b"gpmd", b"camm", b"GPS"),
    "device": (b"\xa9mak", b"\xa9mod", b"\xa9swr", b"\xa9too", b".make", b".model", b".software", b"manufacturer"),
    "author": (b"\xa9aut", b"\xa9ART", b"\xa9nam", b"auth", b".author", b"perf"),
}


class NotAFilm(ValueError):
    """Boxes that do not fit into one another, or in pieces (moof), or nothing that plays."""


@dataclass(frozen=True)
class _Box:
    """`start` of its head, `body` of its content, `end`; `kind` in four letters."""

    kind: str
    start: int
    body: int
    end: int


def blanked(content: bytes) -> tuple[bytes, Told]:
    """The same film, as long as before, and what was in it."""
    film = _Film(bytearray(content))
    film.clean(_Box("", 0, 0, len(content)))
    film.blank_what_nothing_plays()
    return bytes(film.content), film.told()


class _Film:
    def __init__(self, content: bytearray) -> None:
        self.content = content
        self._gone = bytearray()
        self._media: list[_Box] = []
        self._played: list[tuple[int, int]] = []
        self._had_times = False

    def clean(self, parent: _Box) -> None:
        for box in self._boxes(parent):
            if box.kind == "moof":
                raise NotAFilm
            if box.kind in _EMPTY or box.kind not in _CONTAINERS[parent.kind]:
                self._empty(box)
            elif box.kind == "trak" and self._handler(box) not in _PLAYED:
                self._gone += self._handler(box)
                self._empty(box)
            else:
                self._clean_inside(box)

    def _clean_inside(self, box: _Box) -> None:
        if box.kind in _CONTAINERS:
            self.clean(box)
        elif box.kind in _WITH_TIMES:
            self._forget_times(box)
        elif box.kind == "hdlr":
            self._wipe(box.body + _HANDLER_NAME_AT, box.end)
        elif box.kind == "mdat":
            self._media.append(box)
        elif box.kind == "stbl":
            self._played += _chunks(self.content, {one.kind: one for one in self._boxes(box)})

    def blank_what_nothing_plays(self) -> None:
        if not self._played or not self._media:
            raise NotAFilm
        for box in self._media:
            at = box.body
            for start, end in sorted(self._played):
                if start < box.end and end > box.body:
                    self._wipe(at, min(max(start, at), box.end))
                    at = max(at, end)
            self._wipe(min(at, box.end), box.end)

    def told(self) -> Told:
        found = [name for name, signs in _TELLS.items() if any(sign in self._gone for sign in signs)]
        return (*found, "time") if self._had_times else tuple(found)

    def _boxes(self, parent: _Box) -> Iterator[_Box]:
        at = parent.body
        while at < parent.end:
            if at + _HEADER > parent.end:
                raise NotAFilm
            size, kind = struct.unpack_from(">I4s", self.content, at)
            head = _HEADER
            if size == 1 and at + _LONG_HEADER <= parent.end:
                head, size = _LONG_HEADER, struct.unpack_from(">Q", self.content, at + _HEADER)[0]
            elif size == 0 and not parent.kind:
                size = parent.end - at
            if size < head or at + size > parent.end:
                raise NotAFilm
            yield _Box(kind.decode("latin-1"), at, at + head, at + size)
            at += size

    def _handler(self, trak: _Box) -> bytes:
        """What kind of track it is: four letters of its mdia/hdlr."""
        for media in (one for one in self._boxes(trak) if one.kind == "mdia"):
            for box in (one for one in self._boxes(media) if one.kind == "hdlr"):
                return bytes(self.content[box.body + 8 : box.body + 12])
        return b""

    def _empty(self, box: _Box) -> None:
        self._gone += self.content[box.start + 4 : box.end]
        self.content[box.start + 4 : box.start + 8] = b"free" if box.kind != "wide" else b"wide"
        self.content[box.body : box.end] = bytes(box.end - box.body)

    def _wipe(self, start: int, end: int) -> None:
        if end > start:
            self._gone += self.content[start:end]
            self.content[start:end] = bytes(end - start)

    def _forget_times(self, box: _Box) -> None:
        """Creation and modification: four bytes each, eight where the version is 1."""
        size = 16 if self.content[box.body] == 1 else 8
        times = slice(box.body + 4, box.body + 4 + size)
        if times.stop > box.end:
            raise NotAFilm
        self._had_times = self._had_times or any(self.content[times])
        self.content[times] = bytes(size)


def _chunks(content: bytearray, table: dict[str, _Box]) -> list[tuple[int, int]]:
    """Where in the file the samples of a track lie, chunk by chunk."""
    try:
        sizes, offsets = _sample_sizes(content, table["stsz"]), _chunk_offsets(content, table)
        runs = _rows(content, table["stsc"], ">III")
    except (KeyError, struct.error) as error:
        raise NotAFilm from error
    found, sample = [], 0
    for run, (first, per_chunk, _description) in enumerate(runs):
        last = runs[run + 1][0] if run + 1 < len(runs) else len(offsets) + 1
        if last < first:
            raise NotAFilm
        for chunk in range(first, last):
            if chunk < 1 or chunk > len(offsets) or sample + per_chunk > len(sizes):
                raise NotAFilm
            start = offsets[chunk - 1]
            length = sum(sizes[sample : sample + per_chunk])
            if start + length > len(content):
                raise NotAFilm
            found.append((start, start + length))
            sample += per_chunk
    return found


def _sample_sizes(content: bytearray, box: _Box) -> list[int]:
    same, count = struct.unpack_from(">II", content, box.body + 4)
    if same:
        if same * count > len(content) or count > _MOST_SAMPLES:
            raise NotAFilm
        return [same] * count
    return [row[0] for row in _rows(content, box, ">I", count_at=8)]


def _chunk_offsets(content: bytearray, table: dict[str, _Box]) -> list[int]:
    if "stco" in table:
        return [row[0] for row in _rows(content, table["stco"], ">I")]
    return [row[0] for row in _rows(content, table["co64"], ">Q")]


def _rows(content: bytearray, box: _Box, form: str, count_at: int = 4) -> list[tuple[int, ...]]:
    """A counted table: its rows follow the count, which must fit into the box."""
    (count,) = struct.unpack_from(">I", content, box.body + count_at)
    start = box.body + count_at + 4
    if start + count * struct.calcsize(form) > box.end:
        raise NotAFilm
    return list(struct.iter_unpack(form, content[start : start + count * struct.calcsize(form)]))
