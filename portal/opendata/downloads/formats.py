"""A dataset as a file, piece by piece: CSV, JSON Lines, XLSX, Parquet. Nothing of it is held in memory as a whole.

CSV is for spreadsheets as well as programs: UTF-8 with a byte-order mark and CRLF, so that Excel reads the Chinese;
a text that a spreadsheet would take for a formula gets an apostrophe in front. XLSX keeps long codes as text.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from portal.opendata.datasets import Column, Dataset, Type

Rows = Iterable[dict[str, Any]]
PIECE = 256 * 1024
BATCH = 5000
SHEET_ROWS = 1_000_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MIME = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
FILE_FIELDS = ("number", "name", "media_type", "size", "sha256", "url")
_PARQUET = {
    Type.INTEGER: pa.int64(),
    Type.BOOLEAN: pa.bool_(),
    Type.NUMBER: pa.float64(),
    Type.MONEY: pa.decimal128(20, 6),
    Type.DAY: pa.date32(),
    Type.INSTANT: pa.timestamp("s", tz="UTC"),
    Type.LIST: pa.list_(pa.string()),
    Type.FILES: pa.list_(
        pa.struct(
            [(name, pa.int64() if name in ("number", "size") else pa.string()) for name in FILE_FIELDS],
        )
    ),
}
_READ: dict[Type, Callable[[Any], Any]] = {
    Type.MONEY: Decimal,
    Type.DAY: date.fromisoformat,
    Type.INSTANT: datetime.fromisoformat,
}


def written(dataset: Dataset, rows: Rows, form: str) -> Iterator[bytes]:
    """The bytes of the file; `form` is one of MIME."""
    return _WRITERS[form](dataset, rows)


def dictionary(described: Sequence[dict[str, str]]) -> bytes:
    """The columns of a dataset as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(described[0]))
    writer.writeheader()
    writer.writerows(described)
    return text.getvalue().encode("utf-8-sig")


def _csv(dataset: Dataset, rows: Rows) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(dataset.column_names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in dataset.column_names])
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Lists flat; no text that begins like a formula."""
    value = _flat(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _flat(value: Any) -> Any:
    """A list joined by semicolons; of files their addresses."""
    if not isinstance(value, list):
        return value
    return ";".join(one["url"] if isinstance(one, dict) else one for one in value)


def _jsonl(_dataset: Dataset, rows: Rows) -> Iterator[bytes]:
    for batch in _batches(rows):
        yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in batch).encode()


def _xlsx(dataset: Dataset, rows: Rows) -> Iterator[bytes]:
    with TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            bold = book.add_format({"bold": True})
            for part in _sheets(rows):
                sheet = book.add_worksheet()
                sheet.freeze_panes(1, 0)
                sheet.write_row(0, 0, dataset.column_names, bold)
                for line, row in enumerate(part, 1):
                    _sheet_row(sheet, line, row, dataset.columns)
        yield from _pieces(file)


def _sheets(rows: Rows) -> Iterator[Rows]:
    """A sheet holds a million rows; what is more goes on in the next."""
    walk = iter(rows)
    first = True
    while (head := next(walk, None)) is not None or first:
        yield [] if head is None else _chain(head, islice(walk, SHEET_ROWS - 1))
        first = False


def _chain(head: dict[str, Any], rest: Rows) -> Iterator[dict[str, Any]]:
    yield head
    yield from rest


def _sheet_row(sheet: Any, line: int, row: dict[str, Any], columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        value = row[column.name]
        if value is None:
            continue
        if column.type in (Type.INTEGER, Type.NUMBER, Type.MONEY):
            sheet.write_number(line, place, float(value))
        else:
            sheet.write_string(line, place, str(_flat(value)))


def _parquet(dataset: Dataset, rows: Rows) -> Iterator[bytes]:
    schema = pa.schema([(one.name, _PARQUET.get(one.type, pa.string())) for one in dataset.columns])
    with TemporaryFile() as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for batch in _batches(rows):
                typed = [{one.name: _typed(one, row[one.name]) for one in dataset.columns} for row in batch]
                writer.write_table(pa.Table.from_pylist(typed, schema=schema))
        yield from _pieces(file)


def _typed(column: Column, value: Any) -> Any:
    return value if value is None or column.type not in _READ else _READ[column.type](value)


def _batches(rows: Rows) -> Iterator[list[dict[str, Any]]]:
    walk = iter(rows)
    while batch := list(islice(walk, BATCH)):
        yield batch


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


_WRITERS = {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx, "parquet": _parquet}
