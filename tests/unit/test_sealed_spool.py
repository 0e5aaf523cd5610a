"""Where an upload lies while it is read: whole, from anywhere, and nowhere in the clear."""

import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sealed_spool import PIECE, SealedSpool

SECRET = b"only the reporter has this picture|"


def spool(folder: Path, content: bytes, most: int | None = None) -> io.BufferedRandom:
    file = io.BufferedRandom(SealedSpool(folder, most), PIECE)
    file.write(content)
    file.seek(0)
    return file


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5])
def test_what_was_written_is_read_back(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    with spool(tmp_path, content) as file:
        assert (file.read(), file.seek(0, io.SEEK_END)) == (content, size)
        assert (file.seek(size // 2), file.read()) == (size // 2, content[size // 2 :])


@given(st.lists(st.tuples(st.integers(0, 4 * PIECE), st.integers(0, 2 * PIECE)), max_size=8))
def test_it_is_read_from_anywhere_as_a_file_in_memory_would_be(reads: list[tuple[int, int]]) -> None:
    content = bytes(range(256)) * (3 * PIECE // 256) + b"tail"
    with TemporaryDirectory() as folder, spool(Path(folder), content) as file:
        plain = io.BytesIO(content)
        for at, length in reads:
            assert (file.seek(at), file.read(length)) == (plain.seek(at), plain.read(length))


def test_the_disk_holds_a_file_without_a_name_and_without_a_word_of_it(tmp_path: Path) -> None:
    with spool(tmp_path, SECRET * 20_000) as file:
        raw = file.raw
        assert isinstance(raw, SealedSpool) and raw._file is not None
        assert list(tmp_path.iterdir()) == []
        on_disk = Path(f"/proc/self/fd/{raw._file.fileno()}").read_bytes()
        assert len(on_disk) > 10 * PIECE
        assert SECRET[:8] not in on_disk


def test_what_fits_into_a_piece_touches_no_disk(tmp_path: Path) -> None:
    with spool(tmp_path / "never made", SECRET) as file:
        assert file.read() == SECRET
    assert list(tmp_path.iterdir()) == []


def test_a_piece_that_was_changed_on_the_disk_is_not_read(tmp_path: Path) -> None:
    with spool(tmp_path, SECRET * 20_000) as file:
        raw = file.raw
        assert isinstance(raw, SealedSpool) and raw._file is not None
        raw._file.seek(100)
        raw._file.write(b"x")
        with pytest.raises(Exception, match="Decryption failed"):
            file.read()


def test_of_a_file_that_is_too_large_only_the_size_is_known(tmp_path: Path) -> None:
    with spool(tmp_path, b"a" * 5 * PIECE, most=2 * PIECE) as file:
        assert file.seek(0, io.SEEK_END) == 5 * PIECE
        file.seek(0)
        assert file.read() == b"a" * 2 * PIECE
