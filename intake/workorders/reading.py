"""A file of work orders, row by row, each bad row with its reason. CSV in UTF-8 or GB18030, or the first sheet of XLSX.

A number that a table program has turned into a figure (4.1E+14, or more than 15 digits) is refused: digits are lost.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import DomainError, Text
from core.sanitising import single_line
from core.tables import Row, load_table

ENCODINGS = ("utf-8-sig", "gb18030")
MOST_ROWS = 2000
MOST_BYTES = 20 * 1024 * 1024
EXACT_DIGITS = 15
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{3,39}", re.ASCII)
LOST_DIGITS = re.compile(r"[0-9.]+E\+?[0-9]+", re.ASCII | re.IGNORECASE)
DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T].*)?", re.ASCII)
FIELDS: list[Row] = load_table("intake/workorders/fields.toml")["field"]
_WHOLE = ("words",)


class UnreadableWorkOrders(DomainError):
    code = "unreadable_work_orders"
    status = 422
    default_message = _l("这个文件读不了。请用 XLSX，或 UTF-8、GB18030 编码的 CSV。")


@dataclass(frozen=True)
class WorkOrder:
    """One row, as typed. `due_on` is 12345's own last day."""

    line: int
    number: str
    words: str
    title: str = ""
    category: str = ""
    county: str = ""
    place: str = ""
    accused: str = ""
    when: str = ""
    name: str = ""
    contact: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Reject:
    line: int
    number: str
    reason: Text


def work_orders(raw: bytes) -> list[WorkOrder | Reject]:
    """Every row of the file, used or refused; UnreadableWorkOrders where it has no rows that could be read."""
    lines = _sheet(raw) if raw.startswith(b"PK") else _csv(raw)
    head = next(lines, (0, []))[1]
    columns = _columns(head)
    rows: list[WorkOrder | Reject] = []
    for line, cells in lines:
        if any(cells):
            rows.append(_row(line, columns, cells))
        if len(rows) > MOST_ROWS:
            raise UnreadableWorkOrders(_l("一次最多导入 %(n)s 件，请把文件拆开。", n=MOST_ROWS))
    return rows


def work_order(line: int, told: Mapping[str, object]) -> WorkOrder | Reject:
    """One order that a program sent: the names of the table, or what else its columns may be called."""
    columns = _columns(list(told))
    return _row(line, columns, [_told(cell) for cell in told.values()])


def _csv(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_decoded(raw), newline=""))
    try:
        for cells in reader:
            yield reader.line_num, [_bare(cell) for cell in cells]
    except csv.Error as error:
        raise UnreadableWorkOrders(_l("第 %(n)s 行读不下去，可能少了引号。", n=reader.line_num)) from error


def _decoded(raw: bytes) -> str:
    if b"\x00" not in raw:
        for encoding in ENCODINGS:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise UnreadableWorkOrders


def _sheet(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """A workbook that unpacks to more than it should is not opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > 10 * MOST_BYTES:
                raise UnreadableWorkOrders
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_told(cell) for cell in cells]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, EOFError) as error:
        raise UnreadableWorkOrders from error


def _told(cell: object) -> str:
    """A cell as text. A figure with more digits than a table keeps is marked as such, for `_number` to refuse."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        whole = float(cell).is_integer()
        return f"{cell:E}" if abs(cell) >= 10**EXACT_DIGITS else str(int(cell) if whole else cell)
    return _bare(str(cell))


def _bare(cell: str) -> str:
    """Without what table programs wrap numbers in to keep them text: ="…", an apostrophe, a tab."""
    text = cell.strip().lstrip("\ufeff'")
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _columns(head: Sequence[str]) -> list[Row | None]:
    known = {name.lower(): row for row in FIELDS for name in (row["name"], row["label"], *row["aliases"])}
    columns: list[Row | None] = []
    for cell in head:
        row = known.get(single_line(cell).strip("*（必填） ").lower())
        columns.append(row if row not in columns else None)
    missing = [row["label"] for row in FIELDS if row["needed"] and row not in columns]
    if missing:
        raise UnreadableWorkOrders(_l("第一行缺少这些列：%(columns)s。", columns="、".join(missing)))
    return columns


def _row(line: int, columns: Sequence[Row | None], cells: Sequence[str]) -> WorkOrder | Reject:
    found: dict[str, str] = {}
    for row, cell in zip(columns, cells, strict=False):
        if row is not None:
            found[row["name"]] = cell if row["name"] in _WHOLE else single_line(cell)
    number = found.get("number", "")
    if (reason := _problem(found)) is not None:
        return Reject(line, number[:40] if NUMBER.fullmatch(number) else "", reason)
    if any(cells[len(columns) :]):
        return Reject(line, number, _l("这一行的列比表头多，可能少了引号。"))
    due = found.pop("due", "")
    return WorkOrder(line, **found, due_on=_day(due) if due else None)


def _problem(found: dict[str, str]) -> Text | None:
    number = found.get("number", "")
    if LOST_DIGITS.fullmatch(number):
        return _l("工单编号在表格里变成了数字，后几位已经丢失。请把这一列设为文本后重新导出。")
    if not NUMBER.fullmatch(number):
        return _l("工单编号为空或不像编号。")
    if not found.get("words"):
        return _l("诉求内容为空。")
    for row in FIELDS:
        if len(found.get(row["name"], "")) > row["longest"]:
            return _l("%(field)s 最多 %(n)s 个字。", field=row["label"], n=row["longest"])
    if found.get("due") and _day(found["due"]) is None:
        return _l("办理时限不是日期，请写成 2026-12-01。")
    return None


def _day(text: str) -> date | None:
    parts = DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else None
    except ValueError:
        return None
