"""What is read of a file: all that it says, hidden or not; and what is refused rather than read in part."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from core.files import reading, text
from core.files.kinds import FileRefused
from core.files.reading import Reading, cleaned_and_read
from tests.support import files

SCRIPT = DictionaryObject(
    {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
)


def got(kind: str, content: bytes) -> Reading:
    found = cleaned_and_read(kind, content)
    assert isinstance(found, Reading), found
    return found


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for one in source.infolist():
            new.writestr(one.filename, source.read(one.filename))
        new.writestr(name, data)
    return target.getvalue()


def test_a_pdf_is_read_page_by_page_and_loses_its_author() -> None:
    found = got("pdf", files.pdf("行政处罚决定书\n当事人：许昌宏源", "第二页"))
    assert found.text == "行政处罚决定书\n当事人:许昌宏源\n第二页".replace(":", "：")
    assert (found.unread, files.MAKER.encode() in found.content) == (0, False)


def test_pages_without_text_and_pictures_are_counted_as_not_readable() -> None:
    assert got("pdf", files.pdf("有字", "", "")).unread == 2
    assert (got("jpg", files.photo()).unread, got("jpg", files.photo()).text) == (1, "")
    document = docx.Document()
    document.add_picture(BytesIO(files.photo()))
    target = BytesIO()
    document.save(target)
    assert got("docx", target.getvalue()).unread == 1


def test_a_remark_in_a_pdf_is_read_and_its_author_is_gone() -> None:
    found = got("pdf", files.with_remark(files.pdf("正文"), "联系李红"))
    assert "联系李红" in found.text
    assert files.MAKER not in str([one.get_object() for one in PdfReader(BytesIO(found.content)).pages[0]["/Annots"]])


def test_word_is_read_with_tables_headers_and_deleted_changes() -> None:
    document = docx.Document()
    document.add_paragraph("正文第一段")
    document.add_table(1, 1).cell(0, 0).text = "表格里"
    document.sections[0].header.paragraphs[0].text = "页眉里"
    deleted = f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:delText>删去的话</w:delText></w:r></w:del>'
    document.paragraphs[0]._p.append(parse_xml(deleted))
    target = BytesIO()
    document.save(target)
    found = got("docx", target.getvalue())
    assert found.text.startswith("正文第一段删去的话\n表格里")
    assert "页眉里" in found.text
    assert "thumbnail" not in "".join(ZipFile(BytesIO(found.content)).namelist())


def test_excel_is_read_with_hidden_sheets_comments_and_numbers() -> None:
    found = got("xlsx", files.sheet(["企业", 13800001111], hidden="备用的话", remark="批注的话"))
    assert all(one in found.text for one in ("企业 13800001111", "备用的话", "批注的话"))
    assert files.MAKER not in found.text
    assert found.text.count("企业") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_of_any_usual_encoding_is_kept_as_utf_8(encoding: str) -> None:
    found = got("csv", "企业,罚款".encode(encoding))
    assert (found.text, found.content) == ("企业,罚款", "企业,罚款".encode("utf-8-sig"))
    assert got("txt", "企业".encode(encoding)).content == "企业".encode()


def test_what_hides_other_files_is_refused() -> None:
    assert cleaned_and_read("pdf", files.with_file_inside(files.pdf("正文"))) == "hides"
    script = PdfWriter(clone_from=PdfReader(BytesIO(files.pdf("正文"))))
    script._root_object[NameObject("/OpenAction")] = script._add_object(SCRIPT)
    assert cleaned_and_read("pdf", files.written(script)) == "hides"
    assert cleaned_and_read("docx", with_part(files.word("正文"), "word/embeddings/oleObject1.bin", b"x")) == "hides"
    assert cleaned_and_read("xlsx", with_part(files.sheet(["a"]), "xl/vbaProject.bin", b"x")) == "hides"
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert cleaned_and_read("docx", with_part(files.word("正文"), "word/extra.xml", entity)) == "hides"


def test_what_is_too_much_to_read_whole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_PAGES", 2)
    assert cleaned_and_read("pdf", files.pdf("一", "二", "三")) == "too_much"
    monkeypatch.setattr(text, "MOST_CELLS", 3)
    assert cleaned_and_read("xlsx", files.sheet(["a", "b"], ["c", "d"])) == "too_much"
    monkeypatch.setattr(text, "MOST_TEXT", 10)
    assert cleaned_and_read("txt", b"12345678901") == "too_much"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_part(files.word("正文"), "word/media/huge.xml", b"\0" * (text.MOST_UNPACKED + 1))
    assert len(bomb) < 1024 * 1024
    assert cleaned_and_read("docx", bomb) in ("broken", "too_much")


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "jpg", "png"])
def test_what_cannot_be_cleaned_is_refused(kind: str) -> None:
    assert cleaned_and_read(kind, b"%PDF-1.4 PK\x03\x04 broken") == "broken"
    assert cleaned_and_read("txt", b"\x81\xff\xff\xfe") == "encoding"


def test_a_locked_pdf_is_refused() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(files.pdf("正文"))))
    writer.encrypt("secret")
    assert cleaned_and_read("pdf", files.written(writer)) == "broken"


def test_the_reading_is_done_in_a_process_of_its_own_that_is_ended_when_it_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = reading.read("a.txt", "txt", "夜里排放".encode())
    assert (found.text, found.content) == ("夜里排放", "夜里排放".encode())
    monkeypatch.setattr(reading, "SECONDS", 0.01)
    assert "读不完" in sentence(lambda: reading.read("a.txt", "txt", b"x"))


def sentence(act: Callable[[], object]) -> str:
    with pytest.raises(FileRefused) as refusal:
        act()
    return str(refusal.value.message)


def test_each_refusal_says_which_file_and_why() -> None:
    assert "加密或损坏" in sentence(lambda: reading.read("判决.pdf", "pdf", b"%PDF-1.4"))
    assert "夹带" in sentence(lambda: reading.read("判决.pdf", "pdf", files.with_file_inside(files.pdf("正文"))))
