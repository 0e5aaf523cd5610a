"""Files as editors have them, made in memory: with the name of their maker, and with what such files hide."""

from collections.abc import Sequence
from io import BytesIO

import openpyxl
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from portal.demo import paper

MAKER = "ZhangSanSecret"


def word(*paragraphs: str) -> bytes:
    return paper.word("附件", paragraphs, MAKER)


def pdf(*pages: str) -> bytes:
    """A page a text; an empty one is a page without a text layer, as a scan has it."""
    return paper.pdf([page.splitlines() for page in pages], MAKER)


def sheet(*rows: Sequence[object], hidden: str = "", remark: str = "") -> bytes:
    """A workbook; `hidden` stands on a sheet that is not shown, `remark` in a comment on the first cell."""
    book = openpyxl.load_workbook(BytesIO(paper.workbook(rows, MAKER)))
    if hidden:
        book.create_sheet("备用").append([hidden])
        book["备用"].sheet_state = "hidden"
    if remark:
        book.worksheets[0]["A1"].comment = Comment(remark, MAKER)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def with_remark(content: bytes, remark: str) -> bytes:
    """A PDF with a note stuck to its first page."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text")})
    note[NameObject("/T")], note[NameObject("/Contents")] = TextStringObject(MAKER), TextStringObject(remark)
    note[NameObject("/Rect")] = ArrayObject(NumberObject(one) for one in (0, 0, 9, 9))
    writer.add_annotation(0, note)
    return written(writer)


def with_file_inside(content: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.add_attachment("inside.txt", b"13800001111")
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def photo() -> bytes:
    target = BytesIO()
    Image.new("RGB", (12, 8), "blue").save(target, "JPEG")
    return target.getvalue()
