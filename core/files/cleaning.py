"""What a file tells about who made it, taken out before the file is kept: all in memory, nothing on disk.

Images are drawn anew, PDF and Office files lose their properties and the names in them, MP4 and MOV films what does
not play (`core.files.video`). What cannot be cleaned (other sound, HEIC, old Office, films in pieces, an image that is
broken or too large to draw) comes back as it was, marked as such. Evidence that a reporter sends is kept all the same,
because it is not lost for our sake; what is to be published is refused.
"""

import logging
import re
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from PIL import ExifTags, Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from core.files.video import blanked

CLEANED, AS_SENT = "cleaned", "as_sent"
TELLING = ("place", "time", "device", "author")
MOST_PIXELS = 50_000_000
MOST_UNPACKED = 100 * 1024 * 1024
_FORMATS = {"jpg": ("JPEG", "MPO"), "jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",)}
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_CUSTOM = _APP.replace(b"extended-properties", b"custom-properties")
_PROPERTIES = {"docProps/core.xml": _CORE, "docProps/app.xml": _APP, "docProps/custom.xml": _CUSTOM}
# A picture of the first page as it was when somebody saved it last.
_PREVIEW = "docProps/thumbnail"
_PREVIEW_LINK = re.compile(rb"<Relationship\s[^>]*metadata/thumbnail[^>]*/>")
# Who changed or commented what, in Word and in Excel. The words themselves stay.
_AUTHORS = re.compile(rb'(\s(?:w:author|w:initials|userName|displayName|userId)=")[^"]*(")|(<author>)[^<]*(</author>)')
# Annotations whose /T is who wrote them; of a form's field it is the field's name.
_REMARKS = ("/Text", "/FreeText", "/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Ink", "/Caret")
_JPEG_FILTERS = ("/DCTDecode", ["/DCTDecode"])
_START_OF_SCAN, _JFIF_AND_ADOBE = 0xDA, (0xE0, 0xEE)
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


# What the two libraries say to a debugger quotes the file.
for _name in ("PIL", "pypdf"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Cleaned:
    """`content` to be kept; `found` says what was in it and is gone: place, time, device, author."""

    content: bytes
    state: str
    found: tuple[str, ...] = ()


class _NotCleanable(Exception):
    pass


def can_clean(kind: str) -> bool:
    return kind in _CLEANERS


def clean(kind: str, content: bytes) -> Cleaned:
    """Takes many times the file's size; `core.files.apart` does it where memory is bounded."""
    cleaner = _CLEANERS.get(kind)
    if cleaner is None:
        return Cleaned(content, CLEANED if kind in ("txt", "csv") else AS_SENT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            new, found = cleaner(kind, content)
    except _BROKEN:
        return Cleaned(content, AS_SENT)
    return Cleaned(new, CLEANED, found)


def _image(kind: str, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The pixels, upright, and nothing else. Animations are left as they are."""
    with Image.open(BytesIO(content), formats=_FORMATS[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _NotCleanable
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise _NotCleanable
        found = _told_by(image.getexif())
        upright = ImageOps.exif_transpose(image)
        bare = upright if upright.mode in ("L", "RGB") else upright.convert(_mode(kind, upright))
        bare.info = {}
        target = BytesIO()
        bare.save(target, _FORMATS[kind][0], **({} if kind == "png" else {"quality": 92}))
    return target.getvalue(), found


def _mode(kind: str, image: Image.Image) -> str:
    return "RGBA" if kind in ("png", "webp") and image.has_transparency_data else "RGB"


def _told_by(exif: Image.Exif) -> tuple[str, ...]:
    tags = set(exif) | set(exif.get_ifd(ExifTags.IFD.Exif))
    base = ExifTags.Base
    tells = {
        "place": bool(exif.get_ifd(ExifTags.IFD.GPSInfo)),
        "time": bool(tags & {base.DateTime, base.DateTimeOriginal, base.DateTimeDigitized}),
        "device": bool(tags & {base.Make, base.Model, base.Software, base.BodySerialNumber, base.MakerNote}),
        "author": bool(tags & {base.Artist, base.Copyright, base.CameraOwnerName, base.XPAuthor}),
    }
    return tuple(name for name, told in tells.items() if told)


def _pdf(_kind: str, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Only what the pages need is copied, so that earlier versions inside the file stay behind too."""
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise _NotCleanable
    told: set[str] = set(reader.metadata or {})
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    for one in writer._objects:
        if isinstance(one, DictionaryObject):
            for name in ("/Metadata", "/PieceInfo", "/LastModified"):
                one.pop(name, None)
            if one.get("/Subtype") in _REMARKS and one.pop("/T", None) is not None:
                told.add("/Author")
        if isinstance(one, StreamObject) and one.get("/Filter") in _JPEG_FILTERS:
            one._data = _bare_jpeg(one._data)
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    target = BytesIO()
    writer.write(target)
    tells = {"time": ("/CreationDate", "/ModDate"), "device": ("/Producer", "/Creator"), "author": ("/Author",)}
    return target.getvalue(), tuple(name for name, keys in tells.items() if any(key in told for key in keys))


def _bare_jpeg(data: bytes) -> bytes:
    """Without comments and application segments but JFIF's and Adobe's; the picture itself is not touched."""
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        marker = data[at + 1]
        end = at + 1 if marker == 0xFF else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _JFIF_AND_ADOBE or not (0xE0 <= marker <= 0xEF or marker in (0xFE, 0xFF)):
            kept += data[at:end]
        at = end
    return bytes(kept) + data[at:]


def _office(_kind: str, content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Properties emptied, the preview dropped, authors of changes and comments unnamed, pictures inside drawn anew."""
    target, found = BytesIO(), set[str]()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as new:
        if sum(one.file_size for one in source.infolist()) > MOST_UNPACKED:
            raise _NotCleanable
        for name in dict.fromkeys(source.namelist()):
            if name.startswith(_PREVIEW):
                continue
            part, told = _office_part(name, source.read(name))
            found.update(told)
            info = ZipInfo(name, _FIXED_TIME)
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, part)
    return target.getvalue(), tuple(sorted(found))


def _office_part(name: str, part: bytes) -> tuple[bytes, tuple[str, ...]]:
    if name == "_rels/.rels":
        return _PREVIEW_LINK.sub(b"", part), ()
    if name in _PROPERTIES:
        return _PROPERTIES[name], ("author", "time")
    ending = name.rsplit(".", 1)[-1].lower()
    if ending == "xml":
        without = _AUTHORS.sub(rb"\1\2\3\4", part)
        return without, ("author",) if without != part else ()
    if ending in _FORMATS:
        try:
            return _image(ending, part)
        except (_NotCleanable, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
            raise _NotCleanable from None  # half cleaned is not clean
    return part, ()


# The many ways in which the readers say that a file is broken.
_BROKEN = (
    _NotCleanable,
    Image.DecompressionBombError,
    PyPdfError,
    BadZipFile,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)
_CLEANERS: dict[str, Callable[[str, bytes], tuple[bytes, tuple[str, ...]]]] = {
    **dict.fromkeys(_FORMATS, _image),
    "pdf": _pdf,
    "docx": _office,
    "xlsx": _office,
    **dict.fromkeys(("mp4", "mov", "m4a"), lambda _kind, content: blanked(content)),
}
