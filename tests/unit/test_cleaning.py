"""What a file tells about its maker is gone; what it shows is still there; what cannot be cleaned is unchanged."""

from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.shared import Inches
from PIL import ExifTags, Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

from core.files import cleaning
from core.files.cleaning import AS_SENT, CLEANED, clean

MARK = "ZhangSanSecret"
BASE, GPS = ExifTags.Base, ExifTags.GPS


def photo(form: str = "JPEG", orientation: int = 6) -> bytes:
    """12 by 8 pixels, the left half red, lying on its side as a telephone stores it."""
    image = Image.new("RGB", (12, 8), "blue")
    image.paste((255, 0, 0), (0, 0, 6, 8))
    exif = image.getexif()
    exif[BASE.Orientation], exif[BASE.Make], exif[BASE.Artist] = orientation, MARK, MARK
    exif.get_ifd(ExifTags.IFD.Exif)[BASE.DateTimeOriginal] = "2026:11:20 23:05:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (34.0, 1.0, 2.0)})
    target = BytesIO()
    image.save(target, form, exif=exif)
    return target.getvalue()


@pytest.mark.parametrize(("kind", "form"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_a_photograph_loses_place_time_and_device_and_stands_upright(kind: str, form: str) -> None:
    sent = photo(form)
    assert MARK.encode() in sent
    got = clean(kind, sent)
    assert (got.state, got.found) == (CLEANED, ("place", "time", "device", "author"))
    assert MARK.encode() not in got.content and b"Exif" not in got.content
    with Image.open(BytesIO(got.content)) as image:
        assert (image.size, image.format) == ((8, 12), form)
        assert not image.getexif()
        top, bottom = (image.convert("RGB").getpixel((4, y)) for y in (1, 10))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[0] > 200 and bottom[2] > 200


def test_a_transparent_drawing_stays_transparent() -> None:
    target = BytesIO()
    Image.new("RGBA", (3, 3), (1, 2, 3, 0)).save(target, "PNG")
    with Image.open(BytesIO(clean("png", target.getvalue()).content)) as image:
        assert image.getpixel((1, 1)) == (1, 2, 3, 0)


def test_a_picture_of_too_many_pixels_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = photo()
    monkeypatch.setattr(cleaning, "MOST_PIXELS", 95)
    assert clean("jpg", sent) == cleaning.Cleaned(sent, AS_SENT)
    monkeypatch.setattr(cleaning, "MOST_PIXELS", 96)
    assert clean("jpg", sent).state == CLEANED


def test_a_moving_picture_keeps_all_it_shows_and_says_so() -> None:
    target = BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:])
    assert clean("webp", target.getvalue()) == cleaning.Cleaned(target.getvalue(), AS_SENT)


def pdf(**more: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({"/Author": MARK, "/CreationDate": "D:20261120230500", **more})
    writer.xmp_metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode()
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_pdf_loses_its_author_and_keeps_its_pages() -> None:
    sent = pdf()
    assert sent.count(MARK.encode()) == 2
    got = clean("pdf", sent)
    assert (got.state, MARK.encode() in got.content) == (CLEANED, False)
    assert {"author", "time"} <= set(got.found)
    reader = PdfReader(BytesIO(got.content))
    assert (len(reader.pages), reader.xmp_metadata) == (1, None)


def test_a_photograph_inside_a_pdf_loses_its_place_and_stays_the_same_picture() -> None:
    writer, picture = PdfWriter(), StreamObject()
    picture.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
    picture.update({NameObject("/Width"): NumberObject(12), NameObject("/Height"): NumberObject(8)})
    picture.update(
        {NameObject("/ColorSpace"): NameObject("/DeviceRGB"), NameObject("/BitsPerComponent"): NumberObject(8)}
    )
    picture[NameObject("/Filter")] = NameObject("/DCTDecode")
    picture._data = photo()
    page = writer.add_blank_page(72, 72)
    pictures = DictionaryObject({NameObject("/Im0"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    target = BytesIO()
    writer.write(target)
    assert MARK.encode() in target.getvalue() and b"Exif" in target.getvalue()
    got = clean("pdf", target.getvalue())
    assert (got.state, MARK.encode() in got.content, b"Exif" in got.content) == (CLEANED, False, False)
    resources = PdfReader(BytesIO(got.content)).pages[0]["/Resources"]
    inside = resources["/XObject"]["/Im0"]._data  # type: ignore[index]
    with Image.open(BytesIO(inside)) as shown, Image.open(BytesIO(photo())) as sent:
        assert not shown.getexif()
        assert shown.tobytes() == sent.tobytes()


def test_a_locked_pdf_is_kept_as_it_is() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt("1234", algorithm="RC4-128")
    target = BytesIO()
    writer.write(target)
    assert clean("pdf", target.getvalue()) == cleaning.Cleaned(target.getvalue(), AS_SENT)


def test_a_word_file_loses_its_author_and_the_place_of_its_pictures_and_keeps_its_words() -> None:
    document, target = docx.Document(), BytesIO()
    document.core_properties.author = document.core_properties.last_modified_by = MARK
    document.add_paragraph("夜里十一点排水")
    document.add_picture(BytesIO(photo()), Inches(1))
    document.save(target)
    got = clean("docx", target.getvalue())
    assert got.state == CLEANED and "place" in got.found and "author" in got.found
    with ZipFile(BytesIO(got.content)) as parts:
        assert not [name for name in parts.namelist() if MARK.encode() in parts.read(name)]
        assert {one.date_time for one in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    again = docx.Document(BytesIO(got.content))
    assert again.paragraphs[0].text == "夜里十一点排水"
    assert len(again.inline_shapes) == 1


def test_a_sheet_loses_its_author_and_keeps_its_numbers() -> None:
    book, target = openpyxl.Workbook(), BytesIO()
    book.properties.creator = MARK
    book.worksheets[0]["B2"] = 42
    book.save(target)
    got = clean("xlsx", target.getvalue())
    with ZipFile(BytesIO(got.content)) as parts:
        assert not [name for name in parts.namelist() if MARK.encode() in parts.read(name)]
    assert openpyxl.load_workbook(BytesIO(got.content)).worksheets[0]["B2"].value == 42


def test_an_office_file_that_unpacks_too_large_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    target = BytesIO()
    docx.Document().save(target)
    monkeypatch.setattr(cleaning, "MOST_UNPACKED", 1000)
    assert clean("docx", target.getvalue()).state == AS_SENT


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "pdf", "docx", "xlsx"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_broken_file_comes_back_unchanged(kind: str, share: float) -> None:
    whole = {"pdf": pdf(), "png": photo("PNG"), "webp": photo("WEBP")}.get(kind, photo())
    broken = whole[: int(len(whole) * share)]
    got = clean(kind, broken)
    assert got.state == CLEANED or got.content == broken


@pytest.mark.parametrize("kind", ["mp4", "mov", "heic", "doc", "mp3", "gif"])
def test_what_nothing_here_can_clean_is_not_called_clean(kind: str) -> None:
    assert clean(kind, b"x") == cleaning.Cleaned(b"x", AS_SENT)
