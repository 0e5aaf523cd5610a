"""Files that come with a report: checked by their content, cleaned of what they tell about their maker, sealed as they
are stored, swept when nobody sent them."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO

import puremagic
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.envelopes import KEY_BYTES
from core.errors import DomainError
from core.ids import new_id
from core.outbox import Job
from core.sanitising import single_line
from intake import hygiene
from intake.models import SealedFile
from intake.sealing import PIECE, open_file, seal_file
from intake.submission import StoredFile

MOST_FILES = 10
LARGEST = 20 * 1024 * 1024
REQUEST_LIMIT = 64 * 1024 * 1024
ABANDONED_AFTER = timedelta(hours=24)
LONGEST_NAME = 120
_HEAD = 8192
# What puremagic does not know: MPEG audio frames without a tag, HEIC of the general image brands.
_MPEG_FRAMES = (b"\xff\xf2", b"\xff\xf3", b"\xff\xfa", b"\xff\xfb")
_HEIC_BRANDS = (b"ftypmif1", b"ftypmsf1", b"ftypheix")
KINDS: dict[str, frozenset[str]] = {
    "jpg": frozenset({".jpg", ".jpeg", ".jfif"}),
    "jpeg": frozenset({".jpg", ".jpeg", ".jfif"}),
    "png": frozenset({".png"}),
    "gif": frozenset({".gif"}),
    "webp": frozenset({".webp"}),
    "heic": frozenset({".heic", ".heif"}),
    "pdf": frozenset({".pdf"}),
    "mp4": frozenset({".mp4", ".m4v"}),
    "mov": frozenset({".mov", ".qt"}),
    "mp3": frozenset({".mp3"}),
    "m4a": frozenset({".m4a", ".mp4"}),
    "wav": frozenset({".wav"}),
    "docx": frozenset({".docx", ".zip"}),
    "xlsx": frozenset({".xlsx", ".zip"}),
    "doc": frozenset({".doc", ".xls", ".ppt"}),
    "xls": frozenset({".doc", ".xls", ".ppt"}),
}
TEXTS = ("txt", "csv")


class FileRefused(DomainError):
    code = "file_refused"
    status = 422


def folder(data_dir: Path) -> Path:
    return data_dir / "attachments"


def store(upload: FileStorage, data_dir: Path) -> StoredFile:
    """Check, clean and seal one upload; FileRefused says which file and why."""
    name = _name(upload.filename or "")
    size = _size(upload.stream)
    if size == 0:
        raise FileRefused(_l("“%(name)s”是空文件。", name=name))
    if size > LARGEST:
        raise FileRefused(_l("“%(name)s”超过 %(n)s MB。", name=name, n=LARGEST // 1024 // 1024))
    kind = _kind(name, upload.stream)
    stored = StoredFile(id=new_id(), name=name, kind=kind, size=size, key=secrets.token_hex(KEY_BYTES))
    if not hygiene.can_clean(kind):
        state = hygiene.clean(kind, b"").state
        return _sealed(replace(stored, hygiene=state), _pieces(upload.stream), data_dir)
    cleaned = hygiene.clean(kind, upload.stream.read())
    stored = replace(stored, size=len(cleaned.content), hygiene=cleaned.state, removed=" ".join(cleaned.found))
    return _sealed(stored, [cleaned.content], data_dir)


def store_original(upload: FileStorage, cleaned: StoredFile, data_dir: Path) -> StoredFile | None:
    """The file as it was sent, under a key of its own; None where the cleaned one is not another file."""
    if not (hygiene.can_clean(cleaned.kind) and cleaned.hygiene == hygiene.CLEANED):
        return None
    original = replace(
        cleaned,
        id=new_id(),
        key=secrets.token_hex(KEY_BYTES),
        size=_size(upload.stream),
        hygiene=hygiene.AS_SENT,
        removed="",
        original_of=cleaned.id,
    )
    return _sealed(original, _pieces(upload.stream), data_dir)


def _sealed(stored: StoredFile, content: Iterable[bytes], data_dir: Path) -> StoredFile:
    path = folder(data_dir) / stored.id
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") as target:
        seal_file(content, target, bytes.fromhex(stored.key))
    return stored


def pieces(file: StoredFile, data_dir: Path) -> Iterator[bytes]:
    """The plain bytes of a stored file, piece by piece."""
    with (folder(data_dir) / file.id).open("rb") as source:
        yield from open_file(source, bytes.fromhex(file.key))


def remove(file_id: str, data_dir: Path) -> None:
    (folder(data_dir) / file_id).unlink(missing_ok=True)


def sweep_abandoned(job: Job) -> None:
    """Delete files that belong to no report and have lain a day: drafts that nobody sent."""
    place = folder(job.settings.data_dir)
    known = set(job.session.scalars(select(SealedFile.id)))
    limit = (job.now - ABANDONED_AFTER).timestamp()
    for path in place.iterdir() if place.exists() else ():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _name(given: str) -> str:
    """The file's own name, without folders; a long one is cut before its ending."""
    path = PurePosixPath(single_line(PurePosixPath(given.replace("\\", "/")).name))
    return f"{path.stem[: LONGEST_NAME - len(path.suffix[:20])]}{path.suffix[:20]}" or "file"


def _size(stream: IO[bytes]) -> int:
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    return size


def _pieces(stream: IO[bytes]) -> Iterable[bytes]:
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece


def _kind(name: str, stream: IO[bytes]) -> str:
    """The file's ending, if its content is what the ending says and we take that kind."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    head = stream.read(_HEAD)
    stream.seek(0)
    if ending in TEXTS and _is_text(head):
        return ending
    if ending not in KINDS:
        raise FileRefused(_l("不接收“%(name)s”这种文件。可以是照片、视频、录音、PDF、Word、Excel 或文本。", name=name))
    if not KINDS[ending] & _found(head):
        raise FileRefused(_l("“%(name)s”的内容和扩展名不符，没有接收。", name=name))
    return ending


def _found(head: bytes) -> frozenset[str]:
    try:
        known = {one.extension.lower() for one in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        known = set()
    if head.startswith(_MPEG_FRAMES):
        known.add(".mp3")
    if head[4:12] in _HEIC_BRANDS:
        known.add(".heic")
    return frozenset(known)


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head
