"""Attachments: real files of every kind we take, files that lie about themselves, and what lies on disk afterwards."""

import os
import struct
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from werkzeug.datastructures import FileStorage

from core.accounts.actor import ANONYMOUS
from core.config import Settings
from core.database import Database, unit_of_work
from core.envelopes import SealBroken
from core.files.cleaning import CLEANED, can_clean
from core.files.kinds import FileRefused
from core.outbox import Job
from core.working_calendar import WorkingCalendar
from intake.attachments import LARGEST, folder, pieces, remove, store, store_original, sweep_abandoned
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, StoredFile, Submission
from intake.timeline import Desk
from tests.conftest import TestClock
from tests.support.people import open_accounts

SECRET = b"GPS 34.02 N 113.85 E, taken by Zhang San"


def png() -> bytes:
    """One red pixel, with a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    comment = b"Comment\x00" + SECRET
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    chunks = chunk(b"IHDR", header) + chunk(b"tEXt", comment) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def jpeg(marker: bytes = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") -> bytes:
    """The head of a JPEG with `marker` first, a quantisation table, a comment, the end."""
    comment = b"\xff\xfe" + struct.pack(">H", len(SECRET) + 2) + SECRET
    return b"\xff\xd8" + marker + b"\xff\xdb\x00\x43\x00" + bytes(range(1, 65)) + comment + b"\xff\xd9"


def pdf() -> bytes:
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"% " + SECRET + b"\n",
    ]
    return b"%PDF-1.4\n" + b"".join(objects) + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def office(part: str) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, SECRET.decode())
    return target.getvalue()


def movie(brand: bytes, *also: bytes) -> bytes:
    """The first box of an ISO media file: its brand and those it is compatible with."""
    body = b"ftyp" + brand + bytes(4) + brand + b"".join(also)
    return struct.pack(">I", len(body) + 4) + body + struct.pack(">I", 8) + b"mdat" + SECRET


def riff(kind: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(SECRET)) + kind + SECRET


EXIF = b"\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(48) + b"PE\x00\x00d\x86" + bytes(200)
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"

TAKEN: dict[str, tuple[str, bytes]] = {
    "png": ("照片.png", png()),
    "png in capitals": ("IMG_0001.PNG", png()),
    "jpeg of a scanner": ("scan.jpg", jpeg()),
    "jpeg of a telephone": ("IMG_2026.jpeg", jpeg(EXIF)),
    "jpeg without a marker": ("wechat.jpg", jpeg(b"")),
    "gif": ("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    "webp": ("a.webp", riff(b"WEBPVP8 ")),
    "heic of an iPhone": ("IMG_0002.HEIC", movie(b"heic", b"mif1", b"heic")),
    "heic of another telephone": ("IMG_0003.heic", movie(b"mif1", b"heic")),
    "pdf 1.4": ("检测报告.pdf", pdf()),
    "pdf 2.0": ("b.pdf", pdf().replace(b"1.4", b"2.0", 1)),
    "mp4": ("a.mp4", movie(b"isom", b"iso2", b"avc1", b"mp41")),
    "mp4 of an Android": ("a.mp4", movie(b"mp42", b"isom", b"mp42")),
    "mov": ("a.mov", movie(b"qt  ")),
    "m4a": ("录音.m4a", movie(b"M4A ", b"mp42", b"isom")),
    "mp3 with a tag": ("a.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64" + bytes(413)),
    "mp3 without a tag": ("录音.mp3", (b"\xff\xfb\x90\x64" + bytes(413)) * 2),
    "mp3 of a dictating machine": ("a.mp3", (b"\xff\xf3\x40\xc4" + bytes(140)) * 2),
    "wav": ("a.wav", riff(b"WAVEfmt ")),
    "docx": ("说明.docx", office("word/document.xml")),
    "xlsx": ("数据.xlsx", office("xl/workbook.xml")),
    "doc": ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)),
    "text": ("a.txt", "夜里十一点".encode()),
    "text of Windows": ("a.txt", "夜里十一点".encode("gb18030")),
    "csv": ("a.csv", b"time,value\r\n1,2\r\n"),
}

REFUSED: dict[str, tuple[str, bytes]] = {
    "a program called jpg": ("照片.jpg", PROGRAM),
    "a program called pdf": ("a.pdf", PROGRAM),
    "a program called docx": ("a.docx", PROGRAM),
    "a program called txt": ("a.txt", PROGRAM),
    "a program under its own name": ("a.exe", PROGRAM),
    "a program behind a photo's ending": ("照片.jpg.exe", PROGRAM),
    "a program with a photo behind it": ("a.jpg", PROGRAM + jpeg()),
    "a web page called png": ("a.png", PAGE),
    "a web page": ("a.html", PAGE),
    "a drawing that can run scripts": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
    "a photo called pdf": ("a.pdf", jpeg()),
    "a pdf called jpg": ("a.jpg", pdf()),
    "an archive": ("a.zip", office("word/document.xml")),
    "no ending": ("README", png()),
    "only an ending": (".jpg", PROGRAM),
    "no name": ("", png()),
    "noise": ("a.png", bytes(range(200, 256)) * 4),
    "a single byte": ("a.jpg", b"\xff"),
}


def upload(name: str, content: bytes) -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)


def on_disk(data_dir: Path) -> list[bytes]:
    return [path.read_bytes() for path in data_dir.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("name", "content"), TAKEN.values(), ids=TAKEN.keys())
def test_a_real_file_is_taken_and_comes_back_whole_or_cleaned(name: str, content: bytes, tmp_path: Path) -> None:
    stored = store(upload(name, content), tmp_path)
    assert (stored.name, stored.kind) == (name, name.rsplit(".", 1)[1].lower())
    back = b"".join(pieces(stored, tmp_path))
    assert len(back) == stored.size
    if stored.hygiene == CLEANED and can_clean(stored.kind):
        assert back != content
    else:
        assert back == content


def test_an_original_is_kept_only_where_cleaning_changed_the_file(tmp_path: Path) -> None:
    photo, movie_file = upload("a.png", png()), upload("a.mp4", TAKEN["mp4"][1])
    cleaned = store(photo, tmp_path)
    original = store_original(photo, cleaned, tmp_path)
    assert original is not None
    assert (original.original_of, original.key != cleaned.key) == (cleaned.id, True)
    assert b"".join(pieces(original, tmp_path)) == png()
    assert SECRET not in b"".join(pieces(cleaned, tmp_path))
    assert store_original(movie_file, store(movie_file, tmp_path), tmp_path) is None


@pytest.mark.parametrize(("name", "content"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_not_what_it_says_is_refused_and_leaves_nothing(
    name: str, content: bytes, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused) as refusal:
        store(upload(name, content), tmp_path)
    assert f"“{name or 'file'}”" in str(refusal.value.message)
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "“a.png”是空文件。"), (png() + bytes(LARGEST - len(png()) + 1), "“a.png”超过 50 MB。")],
    ids=["empty", "one byte too large"],
)
def test_an_empty_and_a_too_large_file_are_refused_with_the_reason(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refusal:
        store(upload("a.png", content), tmp_path)
    assert str(refusal.value.message) == why
    assert on_disk(tmp_path) == []


def test_a_file_of_exactly_the_largest_size_is_taken(tmp_path: Path) -> None:
    stored = store(upload("a.mp4", TAKEN["mp4"][1].ljust(LARGEST, b"\x00")), tmp_path)
    assert sum(len(piece) for piece in pieces(stored, tmp_path)) == stored.size == LARGEST


@pytest.mark.parametrize("kind", ["mp4", "wav", "heic of an iPhone"])
def test_what_lies_on_disk_has_no_byte_of_the_file_and_not_its_name(kind: str, tmp_path: Path) -> None:
    name, content = TAKEN[kind]
    stored = store(upload(name, content), tmp_path)
    [sealed] = on_disk(tmp_path)
    windows = {content[start : start + 8] for start in range(len(content) - 8)}
    assert not [window for window in windows if window in sealed]
    assert bytes.fromhex(stored.key) not in sealed
    [path] = folder(tmp_path).iterdir()
    assert path.name == stored.id
    assert not {"mp4", "wav", "heic"} & set(path.name.split("."))


def test_only_the_owner_may_look_into_the_folder(tmp_path: Path) -> None:
    store(upload("a.png", png()), tmp_path)
    assert folder(tmp_path).stat().st_mode & 0o077 == 0


def test_the_same_file_twice_has_two_ids_two_keys_and_nothing_in_common_on_disk(tmp_path: Path) -> None:
    first, second = (store(upload("a.png", png()), tmp_path) for _ in range(2))
    assert first.id != second.id
    assert first.key != second.key
    one, other = on_disk(tmp_path)
    assert one[:16] != other[:16]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/cron.d/a.png", "a.png"),
        ("/etc/a.png", "a.png"),
        ("C:\\Users\\张三\\桌面\\证据.png", "证据.png"),
        ("a\r\nSet-Cookie: b.png", "a Set-Cookie: b.png"),
        ("gnp\u202ecod.png", "gnpcod.png"),
        ("  照 片 .png ", "照 片 .png"),
    ],
)
def test_only_the_visible_last_part_of_a_name_is_kept(sent: str, kept: str, tmp_path: Path) -> None:
    assert store(upload(sent, png()), tmp_path).name == kept
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [folder(tmp_path)]


def test_a_long_name_is_shortened_before_its_ending(tmp_path: Path) -> None:
    stored = store(upload("证据" * 100 + ".png", png()), tmp_path)
    assert stored.kind == "png"
    assert len(stored.name) <= 120
    assert stored.name.endswith(".png")


def test_a_stored_file_that_was_changed_is_not_handed_out(tmp_path: Path) -> None:
    stored = store(upload("a.png", png()), tmp_path)
    path = folder(tmp_path) / stored.id
    sealed = bytearray(path.read_bytes())
    sealed[-20] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(SealBroken):
        list(pieces(stored, tmp_path))


def test_a_removed_file_is_gone_and_removing_it_again_does_no_harm(tmp_path: Path) -> None:
    kept, removed = (store(upload("a.png", png()), tmp_path) for _ in range(2))
    remove(removed.id, tmp_path)
    remove(removed.id, tmp_path)
    assert [path.name for path in folder(tmp_path).iterdir()] == [kept.id]


def test_the_sweep_deletes_only_what_was_left_a_day_ago_and_belongs_to_no_report(
    database: Database, settings: Settings, clock: TestClock
) -> None:
    sent, forgotten, young = (store(upload("a.png", png()), settings.data_dir) for _ in range(3))
    filed(database, sent, clock)
    for file, hours in [(sent, 25), (forgotten, 25), (young, 23)]:
        left_at = (clock.now() - timedelta(hours=hours)).timestamp()
        os.utime(folder(settings.data_dir) / file.id, (left_at, left_at))
    swept(database, settings, clock)
    assert {path.name for path in folder(settings.data_dir).iterdir()} == {sent.id, young.id}


def test_the_sweep_of_a_site_without_attachments_finds_nothing(
    database: Database, settings: Settings, clock: TestClock
) -> None:
    swept(database, settings, clock)
    assert not folder(settings.data_dir).exists()


def swept(database: Database, settings: Settings, clock: TestClock) -> None:
    with database.read() as session:
        sweep_abandoned(Job(0, session, {}, clock.now(), settings, {}))


def filed(database: Database, file: StoredFile, clock: TestClock) -> None:
    """A report that a citizen sent with this file."""
    submission = Submission("12369", "web", "water", "411002", "", Accused(), "", "河水发黑", files=(file,))
    open_accounts(database, clock.now())
    with unit_of_work(database) as session:
        desk = Desk(WorkingCalendar(), ANONYMOUS, clock.now())
        file_report(session, submission, keys=ReceiptKeys.of_nobody(), desk=desk)
