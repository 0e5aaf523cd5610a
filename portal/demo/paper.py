"""Small files for the demo city, made when it is made: a PDF of typed pages, a Word file, a workbook."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import docx
import openpyxl
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

LINE, LEFT, TOP, SIZE = 24, 72, 770, 12
_FONT_NAME = "STSong-Light"  # one of those that every reader has its own for


def pdf(pages: Iterable[Sequence[str]], maker: str = "") -> bytes:
    """Lines of Chinese on A4; a page of no lines is blank, as a scan without a text layer looks to a machine."""
    writer = PdfWriter()
    if maker:
        writer.add_metadata({"/Author": maker})
    font = writer._add_object(_font())
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        if lines:
            page[NameObject("/Resources")] = DictionaryObject(
                {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
            )
            page[NameObject("/Contents")] = writer._add_object(_typed(lines))
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _typed(lines: Sequence[str]) -> DecodedStreamObject:
    moves = [f"<{line.encode('utf-16-be').hex()}> Tj 0 -{LINE} Td" for line in lines]
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F {SIZE} Tf {LEFT} {TOP} Td\n{chr(10).join(moves)}\nET".encode())
    return stream


def _font() -> DictionaryObject:
    names = {"Type": "Font", "Subtype": "CIDFontType0", "BaseFont": _FONT_NAME}
    drawn = DictionaryObject({NameObject(f"/{name}"): NameObject(f"/{value}") for name, value in names.items()})
    drawn[NameObject("/CIDSystemInfo")] = DictionaryObject(
        {
            NameObject("/Registry"): TextStringObject("Adobe"),
            NameObject("/Ordering"): TextStringObject("GB1"),
            NameObject("/Supplement"): NumberObject(4),
        }
    )
    drawn[NameObject("/FontDescriptor")] = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject(f"/{_FONT_NAME}"),
            NameObject("/Flags"): NumberObject(6),
            NameObject("/FontBBox"): ArrayObject(NumberObject(one) for one in (-25, -254, 1000, 880)),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(880),
            NameObject("/Descent"): NumberObject(-120),
            NameObject("/CapHeight"): NumberObject(880),
            NameObject("/StemV"): NumberObject(93),
        }
    )
    names = {"Type": "Font", "Subtype": "Type0", "BaseFont": _FONT_NAME, "Encoding": "UniGB-UTF16-H"}
    font = DictionaryObject({NameObject(f"/{name}"): NameObject(f"/{value}") for name, value in names.items()})
    font[NameObject("/DescendantFonts")] = ArrayObject([drawn])
    return font


def word(heading: str, paragraphs: Iterable[str], maker: str = "") -> bytes:
    document = docx.Document()
    document.core_properties.author = maker
    document.add_heading(heading, 1)
    for one in paragraphs:
        document.add_paragraph(one)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def workbook(rows: Iterable[Sequence[object]], maker: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = maker
    for row in rows:
        book.worksheets[0].append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()
