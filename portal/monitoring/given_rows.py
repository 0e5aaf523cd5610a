"""Hours that a program hands in as JSON: read by the reader of station hours, each bad row with its reason.

The fields have the names under which the data set of observations gives hours back. A number counts as it was written,
not as a float would round it; a row that is no object or has a field that there is not is refused, and the others are
taken.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask_babel import lazy_gettext as _l

from core.errors import InvalidInput
from portal.monitoring.importers import (
    FILE_NAMES,
    READERS,
    SHOWN_NAMES,
    BadValue,
    Reject,
    Row,
    Source,
    rows_of,
)
from portal.monitoring.models import VALUE_COLUMNS

FORMAT = "cnemc"
REQUIRED = ("station_code", "station_name", "area", "hour_end")
# The field of a row, and the column of a file that means the same.
COLUMNS = {
    "station_code": "stationcode",
    "station_name": "positionname",
    "area": "area",
    "lon": "longitude",
    "lat": "latitude",
    "hour_end": "timepoint",
    **{name: FILE_NAMES.get(name, name) for name in VALUE_COLUMNS},
}
FIELDS = {column: field for field, column in COLUMNS.items()}
_FIELDS_SHOWN = {SHOWN_NAMES.get(column, column): field for column, field in FIELDS.items()}
LONGEST_CELL = 200


def open_given(content: bytes) -> "GivenRows":
    """`content` is {"observations": [row, …]}; InvalidInput where it is not."""
    try:
        body = json.loads(content, parse_float=str, parse_int=str, parse_constant=_no_number)
    except (ValueError, RecursionError):
        body = None
    rows = body.get("observations") if isinstance(body, dict) and set(body) == {"observations"} else None
    if not isinstance(rows, list) or not rows:
        raise InvalidInput({"observations": _l("请求体要是一个 JSON 对象，observations 是至少一行的列表。")})
    digest = hashlib.sha256(content).hexdigest()
    return GivenRows(BytesIO(content), FORMAT, "utf-8", digest, tuple(FIELDS), "", tuple(rows))


def _no_number(text: str) -> float:
    raise ValueError(text)


@dataclass(frozen=True, slots=True)
class GivenRows(Source):
    given: Sequence[Any] = ()

    def shown(self, column: str) -> str:
        return _FIELDS_SHOWN.get(column, column)

    def rows(self) -> Iterator[Row | Reject]:
        yield from rows_of(_Rows(self.given), len(self.header), READERS[self.format](self))


class _Rows:
    """As csv.reader gives lines; `line_num` counts the rows of the list, from 1."""

    def __init__(self, given: Sequence[Any]) -> None:
        self._given = given
        self.line_num = 0

    def __next__(self) -> list[str]:
        if self.line_num == len(self._given):
            raise StopIteration
        self.line_num += 1
        return _cells(self._given[self.line_num - 1])


def _cells(row: Any) -> list[str]:
    if not isinstance(row, dict):
        raise BadValue("", _short(row), _l("这一行要是一个 JSON 对象。"))
    for name, value in row.items():
        if name not in COLUMNS:
            raise BadValue(name[:LONGEST_CELL], _short(value), _l("没有这个字段。"))
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST_CELL):
            raise BadValue(name, _short(value), _l("这里要文字或者数。"))
    return [row.get(field) or "" for field in COLUMNS]


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]
