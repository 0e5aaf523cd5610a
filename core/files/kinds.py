"""What kind of file something is, by its content and not by what its name says alone; and its name without folders."""

from collections.abc import Collection
from pathlib import PurePosixPath
from typing import IO

import puremagic
from flask_babel import lazy_gettext as _l

from core.errors import DomainError, Text
from core.sanitising import single_line

LONGEST_NAME = 120
_HEAD = 8192
# What puremagic does not know: MPEG audio frames without a tag, HEIC of the general image brands.
_MPEG_FRAMES = (b"\xff\xf2", b"\xff\xf3", b"\xff\xfa", b"\xff\xfb")
_HEIC_BRANDS = (b"ftypmif1", b"ftypmsf1", b"ftypheix")
_MAGIC: dict[str, frozenset[str]] = {
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
KINDS = (*_MAGIC, *TEXTS)


class FileRefused(DomainError):
    code = "file_refused"
    status = 422


def file_name(given: str) -> str:
    """The file's own name, without folders; a long one is cut before its ending."""
    path = PurePosixPath(single_line(PurePosixPath(given.replace("\\", "/")).name))
    return f"{path.stem[: LONGEST_NAME - len(path.suffix[:20])]}{path.suffix[:20]}" or "file"


def file_size(stream: IO[bytes]) -> int:
    """Its bytes; the stream stands at its beginning afterwards."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    return size


def checked_size(name: str, stream: IO[bytes], largest: int) -> int:
    """The size; FileRefused for an empty file and for one larger than `largest` bytes."""
    size = file_size(stream)
    if size == 0:
        raise FileRefused(_l("“%(name)s”是空文件。", name=name))
    if size > largest:
        raise FileRefused(_l("“%(name)s”超过 %(n)s MB。", name=name, n=largest // 1024 // 1024))
    return size


def file_kind(name: str, stream: IO[bytes], allowed: Collection[str], allowed_in_words: Text) -> str:
    """The file's ending, if its content is what the ending says and it is one of `allowed`; else FileRefused."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    head = stream.read(_HEAD)
    stream.seek(0)
    if ending not in allowed or (ending in TEXTS and b"\x00" in head and not head.startswith(_WIDE_TEXT)):
        raise FileRefused(_l("不接收“%(name)s”这种文件。可以是%(kinds)s。", name=name, kinds=allowed_in_words))
    if ending not in TEXTS and not _MAGIC[ending] & _found(head):
        raise FileRefused(_l("“%(name)s”的内容和扩展名不符，没有接收。", name=name))
    return ending


_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, as some spreadsheets save their text


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
