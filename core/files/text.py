"""What a PDF, a Word, Excel or text file says: every text that whoever opens it could find, not only what is printed.

Comments, deleted changes, hidden sheets, form fields and the targets of links are text too, because the scan for
personal data must see what a reader could dig out. What no machine reads is counted: pages without text, pictures.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from core.sanitising import visible

MOST_PAGES = 500
MOST_CELLS = 500_000
MOST_TEXT = 300_000
MOST_UNPACKED = 100 * 1024 * 1024
PICTURES = ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "webp", "svg")
_XML = ("xml", "rels", "vml")
_PARTS = (*_XML, *PICTURES, "odttf", "bin")
_SETTINGS = re.compile(r"(word|xl)/printerSettings/printerSettings\d*\.bin")
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_W, _A = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}",
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")


class TooMuch(Exception):
    """More pages, cells or text than is looked through at once."""


class HidesFiles(Exception):
    """There are other files or programs inside."""


class Unreadable(Exception):
    """Neither UTF-8, UTF-16 nor GB 18030."""


@dataclass(frozen=True)
class Words:
    """`unread` counts what no machine reads: pages without text, pictures."""

    text: str
    unread: int


def words(kind: str, content: bytes) -> Words:
    """The words of a file of a kind in READERS; TooMuch, HidesFiles, Unreadable, or what its reader raises."""
    lines, unread = READERS[kind](content)
    found, size = [], 0
    for line in lines:
        size += len(line) + 1
        if size > MOST_TEXT:
            raise TooMuch
        found.append(line)
    return Words(_tidy("\n".join(found)), unread())


def as_utf8(content: bytes) -> str:
    """A text file of the usual encodings; Unreadable for any other."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable


Lines = tuple[Iterable[str], Callable[[], int]]


def _tidy(text: str) -> str:
    return _EMPTY_LINES.sub("\n", _BLANKS.sub(" ", visible(text))).strip()


def _plain(content: bytes) -> Lines:
    return as_utf8(content).splitlines(), lambda: 0


def _picture(_content: bytes) -> Lines:
    return (), lambda: 1


def _pdf(content: bytes) -> Lines:
    reader = PdfReader(BytesIO(content))
    if len(reader.pages) > MOST_PAGES:
        raise TooMuch
    objects = [reader.get_object(number) for number in range(1, _highest(reader) + 1)]
    named = [one for one in objects if isinstance(one, DictionaryObject)]
    if any(one.get("/Type") in ("/Filespec", "/F", "/EmbeddedFile") or "/JS" in one or "/EF" in one for one in named):
        raise HidesFiles
    unread = sum(1 for one in named if isinstance(one, StreamObject) and one.get("/Subtype") == "/Image")
    empty: list[int] = []

    def lines() -> Iterator[str]:
        for number, page in enumerate(reader.pages, 1):
            said = page.extract_text()
            if not said.strip():
                empty.append(number)
            yield said
        for one in named:
            yield from _said_beside(one)

    return lines(), lambda: unread + len(empty)


def _highest(reader: PdfReader) -> int:
    tables = [*reader.xref.values(), reader.xref_objStm]
    return min(max((number for table in tables for number in table), default=0), 1_000_000)


def _said_beside(one: DictionaryObject) -> Iterator[str]:
    """Remarks, values of form fields, titles of bookmarks, addresses of links."""
    for name in ("/Contents", "/V", "/DV", "/TU", "/Alt", "/ActualText", "/URI", "/RC", "/Title"):
        value = one.get(name)
        value = value.get_object() if value is not None else None
        if isinstance(value, str | bytes) and not str(value).startswith("/"):
            yield value if isinstance(value, str) else value.decode("utf-8", "replace")


def _docx(content: bytes) -> Lines:
    pictures = _checked_parts(content)
    package = docx.Document(BytesIO(content)).part.package
    parts = sorted(package.iter_parts(), key=lambda one: (one.partname != "/word/document.xml", str(one.partname)))

    def lines() -> Iterator[str]:
        for part in parts:
            if str(part.partname).endswith(".xml"):
                yield from _paragraphs(etree.fromstring(part.blob, _PARSER))
            yield from (link.target_ref for link in part.rels.values() if link.is_external)

    return lines(), lambda: pictures


def _paragraphs(root: Any) -> Iterator[str]:
    """The text of each paragraph, deleted and hidden text included, in Word's words and in drawings."""
    for paragraph in root.iter(f"{_W}p", f"{_A}p"):
        own = f"{_W}p" if paragraph.tag == f"{_W}p" else f"{_A}p"
        yield "".join(_said(piece) for piece in paragraph.iter() if _owner(piece, own) is paragraph)


def _owner(piece: Any, tag: str) -> Any:
    """The paragraph that a piece belongs to; a text box's paragraphs stand inside another."""
    return piece if piece.tag == tag else next(piece.iterancestors(tag), None)


def _said(piece: Any) -> str:
    if piece.tag in (f"{_W}t", f"{_W}delText", f"{_W}instrText", f"{_A}t"):
        return piece.text or ""
    return {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}.get(piece.tag, "")


def _xlsx(content: bytes) -> Lines:
    pictures = _checked_parts(content)
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)

    told: set[str] = set()

    def lines() -> Iterator[str]:
        cells = 0
        for sheet in book.worksheets:
            yield sheet.title
            for row in sheet.iter_rows(values_only=True):
                cells += len(row)
                if cells > MOST_CELLS:
                    raise TooMuch
                said = [str(value) for value in row if value is not None]
                told.update(said)
                yield "\t".join(said)

    return chain(lines(), _loose_text(content, told)), lambda: pictures


_LOOSE = (
    "t",
    "f",
    "text",
    "oddHeader",
    "oddFooter",
    "evenHeader",
    "evenFooter",
    "firstHeader",
    "firstFooter",
    "definedName",
)


def _loose_text(content: bytes, told: set[str]) -> Iterator[str]:
    """What a workbook says that was not `told` by its cells: comments, drawings, formulas, texts used nowhere."""
    with ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            for one in etree.fromstring(package.read(name), _PARSER).iter():
                if not isinstance(one.tag, str):
                    continue
                said = one.get("Target", "") if one.get("TargetMode") == "External" else ""
                if etree.QName(one).localname in _LOOSE:
                    said = "".join(str(piece) for piece in one.itertext())
                if said.strip() and said not in told:
                    told.add(said)
                    yield said


def _checked_parts(content: bytes) -> int:
    """The number of pictures in an Office file; HidesFiles where it holds anything but text and pictures."""
    with ZipFile(BytesIO(content)) as package:
        if sum(one.file_size for one in package.infolist()) > MOST_UNPACKED:
            raise TooMuch
        names = [name for name in package.namelist() if not name.endswith("/")]
        endings = {name: name.rsplit(".", 1)[-1].lower() for name in names}
        for name, ending in endings.items():
            if ending not in _PARTS or (ending == "bin" and not _SETTINGS.fullmatch(name)) or "vbaProject" in name:
                raise HidesFiles
            if ending in _XML and _DECLARATION.search(package.read(name)):
                raise HidesFiles
    return sum(ending in PICTURES for ending in endings.values())


READERS: dict[str, Callable[[bytes], Lines]] = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "txt": _plain,
    "csv": _plain,
    "jpg": _picture,
    "jpeg": _picture,
    "png": _picture,
}
