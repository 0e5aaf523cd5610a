"""Rows of a penalties file, read under whichever of the standard's names their columns have.

Accepted heads: the standard's codes (CF_WSH), its Chinese labels, our names, and the aliases in fields.toml. A row that
lacks something required is kept as a draft for an editor; one that cannot be read at all is rejected with its line.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import InvalidInput
from core.identifiers import check_uscc, decision_number
from core.places import county_of_name
from core.sanitising import single_line, visible
from core.tables import Row, load_table
from portal.enforcement.kinds import PENALTY_ROWS
from portal.publishing.record_form import MOST_MONEY, options

ENCODINGS = ("utf-8-sig", "gb18030")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
NEEDED = ("party_name", "authority_name")
SEPARATORS = "；;、,，"


@dataclass(frozen=True)
class Reject:
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class ReadRow:
    """`content` is a draft; `rejects` is not empty where the row cannot be used."""

    line: int
    content: dict[str, Any]
    rejects: tuple[Reject, ...] = ()


def decoded(raw: bytes) -> str:
    """The text of a file in UTF-8 (with or without BOM) or GB18030; InvalidInput for anything that is not text."""
    if b"\x00" not in raw[:4096]:
        for encoding in ENCODINGS:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InvalidInput({"file": "这不是文本文件，或编码不是 UTF-8、GB18030。请从表格软件另存为 CSV。"})


def read_rows(text: str) -> Iterator[ReadRow]:
    """One ReadRow a line; InvalidInput where the head lacks the columns that every row needs."""
    reader = csv.reader(io.StringIO(text))
    columns = _columns(next(reader, []))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(reader.line_num, columns, cells)
    except csv.Error as error:
        raise InvalidInput({"file": f"第 {reader.line_num} 行读不下去，可能少了结束的引号。"}) from error


def _columns(head: Sequence[str]) -> list[Row | None]:
    known = {name.upper(): row for row in PENALTY_ROWS for name in _names(row)}
    columns = [known.get(single_line(cell).lstrip("\ufeff").upper()) for cell in head]
    found = {row["name"] for row in columns if row}
    missing = [row["label"] for row in PENALTY_ROWS if row["name"] in NEEDED and row["name"] not in found]
    if missing:
        raise InvalidInput(
            {"file": f"第一行缺少列：{'、'.join(missing)}。表头可以用标准字段码（如 CF_WSH）、中文名或英文名。"}
        )
    return columns


def _names(row: Row) -> list[str]:
    return [row["name"], row["label"], *([row["code"]] if "code" in row else []), *row.get("aliases", [])]


def _row(line: int, columns: Sequence[Row | None], cells: Sequence[str]) -> ReadRow:
    content: dict[str, Any] = {row["name"]: None for row in PENALTY_ROWS}
    rejects = []
    if len(cells) > len(columns):
        rejects.append(Reject(line, "", cells[len(columns)], "这一行的列比表头多，可能少了引号。"))
    for row, cell in zip(columns, cells, strict=False):
        if row is not None and cell.strip():
            try:
                content[row["name"]] = _READERS.get(row["type"], _read_text)(row, cell)
            except ValueError as error:
                rejects.append(Reject(line, row["label"], cell[:80], str(error)))
    empty = [one["label"] for one in PENALTY_ROWS if one["name"] in NEEDED and not content[one["name"]]]
    rejects += [Reject(line, label, "", "这一列不能为空。") for label in empty if not rejects]
    _derive(content)
    return ReadRow(line, content, tuple(rejects))


def _derive(content: dict[str, Any]) -> None:
    content["party_type"] = content["party_type"] or "organisation"
    if not content["county_code"]:
        found = county_of_name(f"{content['authority_name'] or ''} {content['party_name'] or ''}")
        content["county_code"] = found.code if found else None
    if content["decision_no"]:
        content["decision_no"] = decision_number(content["decision_no"])


def _read_text(row: Row, cell: str) -> str:
    text = visible(cell).strip() if row["type"] in ("long", "rich") else single_line(cell)
    limit = row.get("max_length", 20_000)
    if len(text) > limit:
        raise ValueError(f"超过 {limit} 个字。")
    return text


def _read_date(_row: Row, cell: str) -> str:
    text = single_line(cell).split(" ")[0].split("T")[0]
    for pattern in DATE_FORMATS:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if date(1979, 1, 1) <= found <= date(2100, 1, 1):
            return found.isoformat()
    raise ValueError("日期写法不认识，请写成 2026-11-23。")


def _read_money(_row: Row, cell: str) -> str:
    text = single_line(cell).replace(",", "").replace("，", "").removesuffix("万元")
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("金额要写成数字，单位是万元。") from error
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        raise ValueError(f"金额要在 0 到 {MOST_MONEY} 之间。")
    return format(amount.normalize(), "f")


def _read_uscc(_row: Row, cell: str) -> str:
    return check_uscc(cell).code[:30]


def _read_option(row: Row, cell: str) -> str:
    text = single_line(cell)
    for value, label in options(row):
        if text in (value, label):
            return value
    if row["type"] == "county" and (found := county_of_name(text)):
        return found.code
    raise ValueError(f"不在允许的范围内：{'、'.join(label for _value, label in options(row)[:8])}")


def _read_several(row: Row, cell: str) -> list[str]:
    text = single_line(cell)
    for separator in SEPARATORS:
        text = text.replace(separator, " ")
    known = {name: value for value, label in options(row) for name in (value, label)}
    known |= _old_codes() if row["type"] == "penalty_types" else {}
    unknown = [one for one in text.split() if one not in known]
    if unknown:
        raise ValueError(f"不认识的代码：{'、'.join(unknown)}")
    return list(dict.fromkeys(known[one] for one in text.split()))


def _old_codes() -> dict[str, str]:
    types = load_table("portal/enforcement/penalty_types.toml")["penalty_type"]
    return {one["old_code"]: one["code"] for one in types if "old_code" in one}


_READERS = {
    "date": _read_date,
    "money": _read_money,
    "uscc": _read_uscc,
    "choice": _read_option,
    "county": _read_option,
    "acts": _read_several,
    "penalty_types": _read_several,
}
