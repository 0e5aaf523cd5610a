"""Reading air files: the CNEMC station hours and the PRSA hourly series, row by row, each bad row with its reason.

Settled here:
- A time in a file is a time in China (UTC+8) and the end of its hour: 16:00 is the mean of 15:00 to 16:00. PRSA gives
  year, month, day and hour 0 to 23 and does not say which; its hour is read as the same kind of label.
- PRSA gives CO in µg/m³; it is kept in mg/m³. It names no city: the caller says which, else it stays empty.
- A gap ("", "NA", "-;", "—") is a missing value, never a zero. Any text that is no number in range refuses the row.
- A text is UTF-8 (with or without a mark) if all of it is, else GB18030 if all of it is; else it is no text we read.
Left out: files with other separators, workbooks.
"""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import getitem, itemgetter
from typing import BinaryIO, NamedTuple, Protocol

from flask_babel import lazy_gettext as _l

from core.errors import DomainError, Text
from portal.monitoring.models import ITEM_COLUMNS, VALUE_COLUMNS

CHUNK = 1 << 20
CHINA_HOURS = 8
EPOCH_DAY = date(1970, 1, 1).toordinal()
FIRST_YEAR = 1992  # since when China keeps UTC+8 the whole year; station hours begin later
GAPS = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "-", "-;", "—", "——", "–"})
KNOWN_TEXTS = 50_000
HIGHEST = {"co": 500.0, "co_24h": 500.0, "published_aqi": 500.0}
HIGHEST_UG_M3 = 20_000.0

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
STATION_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,19}", re.ASCII)
TIME = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[T ]([0-9]{1,2}):00(?::00)?(?:\+08:00)?", re.ASCII)

ALIASES = {
    "时间": "timepoint",
    "站点编码": "stationcode",
    "站点编号": "stationcode",
    "站点名称": "positionname",
    "城市": "area",
    "经度": "longitude",
    "纬度": "latitude",
    "pm2.5": "pm2_5",
    "pm2.5_24h": "pm2_5_24h",
    "首要污染物": "primarypollutant",
}
FILE_NAMES = {"pm25": "pm2_5", "pm25_24h": "pm2_5_24h", "published_aqi": "aqi"}


class UnreadableFile(DomainError):
    code = "unreadable_file"
    default_message = _l("这个文件不是可以读取的文本。请另存为 UTF-8 或 GB18030 编码的 CSV 文件。")


class MissingColumns(DomainError):
    """`data["columns"]` are the names that the header lacks."""

    code = "missing_columns"


class StationFacts(NamedTuple):
    """What a row says about its station."""

    code: str
    name: str
    area: str
    lon: float | None
    lat: float | None


class Row(NamedTuple):
    """`hour` counts from 1970-01-01T00:00Z; `values` follow the source's `columns`."""

    line: int
    station: StationFacts
    hour: int
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Reject:
    line: int
    column: str
    value: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file, known to be text. `rows()` reads it from the start."""

    file: BinaryIO
    format: str
    encoding: str
    sha256: str
    header: tuple[str, ...]
    area: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of VALUE_COLUMNS that the file has, in their order."""
        return tuple(column for column in VALUE_COLUMNS if FILE_NAMES.get(column, column) in self.header)

    def shown(self, column: str) -> str:
        """What whoever made the file calls the column of a refusal."""
        return column

    def rows(self) -> Iterator[Row | Reject]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding=self.encoding, newline="")
        try:
            lines = csv.reader(text)
            next(lines)
            yield from rows_of(lines, len(self.header), READERS[self.format](self))
        finally:
            text.detach()


class Lines(Protocol):
    """What csv.reader gives."""

    line_num: int

    def __next__(self) -> list[str]: ...


class BadValue(Exception):
    """One field of a row is not what it must be."""

    def __init__(self, column: str, value: str, reason: Text) -> None:
        super().__init__(column)
        self.column = column
        self.value = value
        self.reason = reason


def open_source(file: BinaryIO, *, area: str = "") -> Source:
    """Find out encoding, digest and format; UnreadableFile or MissingColumns if it is none of ours. Reads it once."""
    encoding, digest = _examine(file)
    file.seek(0)
    first = file.readline(CHUNK).decode(encoding, errors="replace")
    header = tuple(_column_name(cell) for cell in next(csv.reader([first]), []))
    if not any(header):
        raise UnreadableFile(_l("这个文件是空的，或者没有表头。"))
    return Source(file, _format_of(header), encoding, digest, header, area)


def _column_name(cell: str) -> str:
    name = cell.strip().lower()
    return ALIASES.get(name, name)


def _examine(file: BinaryIO) -> tuple[str, str]:
    file.seek(0)
    digest = hashlib.sha256()
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8-sig", "gb18030")}
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        if b"\0" in chunk:
            raise UnreadableFile
        decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, chunk)}
    fitting = [name for name, decoder in decoders.items() if _decodes(decoder, b"", final=True)]
    if not fitting:
        raise UnreadableFile
    return fitting[0], digest.hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _format_of(header: Sequence[str]) -> str:
    lacking = {name: [column for column in columns if column not in header] for name, columns in NEEDED.items()}
    name = min(lacking, key=lambda name: len(lacking[name]) / len(NEEDED[name]))
    if lacking[name]:
        columns = "、".join(SHOWN_NAMES.get(column, column) for column in lacking[name])
        message = _l("文件缺少这些列：%(columns)s。", columns=columns)
        raise MissingColumns(message, columns=lacking[name], format=name)
    return name


def rows_of(lines: Lines, width: int, read: Callable[[int, list[str]], Row]) -> Iterator[Row | Reject]:
    while True:
        try:
            cells = next(lines)
            if len(cells) == width:
                yield read(lines.line_num, cells)
            elif cells:
                yield _wrong_width(lines.line_num, cells, width)
        except StopIteration:
            return
        except BadValue as bad:
            yield Reject(lines.line_num, bad.column, bad.value, bad.reason)
        except csv.Error:
            yield Reject(lines.line_num, "", "", _l("这一行的引号或长度有误，无法拆成列。"))


def _wrong_width(line: int, cells: list[str], width: int) -> Reject:
    reason = _l("应有 %(width)s 列，实有 %(count)s 列。", width=width, count=len(cells))
    return Reject(line, "", ",".join(cells)[:80], reason)


class ValueReader(dict[str, float | None]):
    """The number that a text means, in one column. Remembers texts: a column of a million rows has a few hundred."""

    def __init__(self, column: str, shown_as: str, divisor: int = 1) -> None:
        super().__init__((gap, None) for gap in GAPS)
        self.column = shown_as
        self.highest = HIGHEST.get(column, HIGHEST_UG_M3)
        self.divisor = divisor

    def __missing__(self, text: str) -> float | None:
        value = self._number(text)
        if len(self) < KNOWN_TEXTS:
            self[text] = value
        return value

    def _number(self, text: str) -> float | None:
        bare = text.strip()
        if bare in GAPS:
            return None
        if not NUMBER.fullmatch(bare):
            negative = bare.startswith("-") and NUMBER.fullmatch(bare[1:])
            raise BadValue(self.column, text, _l("不能是负数。") if negative else _l("不是数字。"))
        value = float(bare) / self.divisor if self.column != "aqi" else int(float(bare))
        if value > self.highest:
            raise BadValue(self.column, text, _l("超出合理范围（0 到 %(highest)s）。", highest=f"{self.highest:g}"))
        return value


class CnemcReader:
    """timepoint, stationcode, area, positionname, aqi, pm2_5 … in any order."""

    def __init__(self, source: Source) -> None:
        at = {name: n for n, name in enumerate(source.header)}
        self.facts = tuple(name for name in (*CNEMC_STATION, "longitude", "latitude") if name in at)
        self.pick_station = itemgetter(*(at[name] for name in self.facts))
        self.time = at["timepoint"]
        self.pick_values, self.readers = _value_readers(source, at)
        self.stations: dict[tuple[str, ...], StationFacts] = {}
        self.hours: dict[str, int] = {}

    def __call__(self, line: int, cells: list[str]) -> Row:
        facts = self.pick_station(cells)
        station = self.stations.get(facts) or self._station(facts)
        time = cells[self.time]
        hour = self.hours.get(time) or self._hour(time)
        return Row(line, station, hour, list(map(getitem, self.readers, self.pick_values(cells))))

    def _station(self, facts: tuple[str, ...]) -> StationFacts:
        said = {name: text.strip() for name, text in zip(self.facts, facts, strict=True)}
        station = StationFacts(
            _station_code(said["stationcode"], "stationcode"),
            _name(said["positionname"], "positionname", 60),
            _name(said["area"], "area", 30),
            _degrees(said.get("longitude", ""), "longitude", 180),
            _degrees(said.get("latitude", ""), "latitude", 90),
        )
        self.stations[facts] = station
        return station

    def _hour(self, text: str) -> int:
        match = TIME.fullmatch(text.strip())
        if match is None:
            raise BadValue("timepoint", text, _l("不是整点时间（例如 2026-03-01T08:00:00）。"))
        year, month, day, hour = (int(part) for part in match.groups())
        number = _hour_of_day(hour, "timepoint", text) + _first_hour(year, month, day, "timepoint", text)
        if len(self.hours) < KNOWN_TEXTS:
            self.hours[text] = number
        return number


class PrsaReader:
    """year, month, day, hour, PM2.5 … station; CO in µg/m³."""

    def __init__(self, source: Source) -> None:
        at = {name: n for n, name in enumerate(source.header)}
        self.area = source.area
        self.pick_day = itemgetter(at["year"], at["month"], at["day"])
        self.hour = at["hour"]
        self.station = at["station"]
        self.pick_values, self.readers = _value_readers(source, at, co_divisor=1000)
        self.days: dict[tuple[str, ...], int] = {}
        self.stations: dict[str, StationFacts] = {}

    def __call__(self, line: int, cells: list[str]) -> Row:
        day = self.pick_day(cells)
        first = self.days.get(day) or self._day(day)
        hour = cells[self.hour]
        number = first + (HOURS.get(hour) or _hour_of_day(_whole(hour, "hour"), "hour", hour))
        station = self.stations.get(cells[self.station]) or self._station(cells[self.station])
        return Row(line, station, number, list(map(getitem, self.readers, self.pick_values(cells))))

    def _day(self, parts: tuple[str, ...]) -> int:
        year, month, day = (_whole(part, name) for part, name in zip(parts, ("year", "month", "day"), strict=True))
        first = _first_hour(year, month, day, "day", "-".join(parts))
        self.days[parts] = first
        return first

    def _station(self, text: str) -> StationFacts:
        code = _station_code(text.strip(), "station")
        self.stations[text] = StationFacts(code, code, self.area, None, None)
        return self.stations[text]


def _value_readers(
    source: Source, at: dict[str, int], *, co_divisor: int = 1
) -> tuple[Callable[[list[str]], tuple[str, ...]], list[ValueReader]]:
    """What takes the cells of values out of a row, and for each of them what its texts mean."""
    names = [FILE_NAMES.get(column, column) for column in source.columns]
    readers = [
        ValueReader(column, SHOWN_NAMES.get(name, name), co_divisor if column == "co" else 1)
        for column, name in zip(source.columns, names, strict=True)
    ]
    return itemgetter(*(at[name] for name in names)), readers


def _station_code(text: str, column: str) -> str:
    if not STATION_CODE.fullmatch(text):
        raise BadValue(column, text, _l("站点编码只能有字母、数字、横线和下划线，最多 20 个。"))
    return text


def _name(text: str, column: str, longest: int) -> str:
    if not text or len(text) > longest or not text.isprintable():
        raise BadValue(column, text[:80], _l("不能为空，最多 %(longest)s 个字。", longest=longest))
    return text


def _degrees(text: str, column: str, bound: int) -> float | None:
    if text in GAPS:
        return None
    try:
        value = float(text)
    except ValueError:
        raise BadValue(column, text, _l("不是数字。")) from None
    if not -bound <= value <= bound:
        raise BadValue(column, text, _l("不是经纬度。"))
    return value


def _whole(text: str, column: str) -> int:
    bare = text.strip()
    if not (bare.isascii() and bare.isdecimal() and len(bare) <= 4):
        raise BadValue(column, text, _l("不是整数。"))
    return int(bare)


def _hour_of_day(hour: int, column: str, text: str) -> int:
    if hour > 24:
        raise BadValue(column, text, _l("小时应在 0 到 24 之间。"))
    return hour


def _first_hour(year: int, month: int, day: int, column: str, text: str) -> int:
    """The number of the hour that ends at 00:00 of a day in China."""
    if year < FIRST_YEAR:
        raise BadValue(column, text, _l("年份不能早于 %(year)s 年。", year=FIRST_YEAR))
    try:
        return (datetime(year, month, day).toordinal() - EPOCH_DAY) * 24 - CHINA_HOURS  # noqa: DTZ001 - a calendar day
    except ValueError:
        raise BadValue(column, text, _l("没有这一天。")) from None


CNEMC_STATION = ("stationcode", "positionname", "area")
SHOWN_NAMES = {name: name.upper() for name in ("pm10", "so2", "no2", "co", "o3")} | {"pm2_5": "PM2.5"}
ITEMS_IN_A_FILE = tuple(FILE_NAMES.get(column, column) for column in ITEM_COLUMNS)
NEEDED = {
    "cnemc": ("timepoint", *CNEMC_STATION, *ITEMS_IN_A_FILE),
    "prsa": ("year", "month", "day", "hour", "station", *ITEMS_IN_A_FILE),
}
READERS: dict[str, Callable[[Source], Callable[[int, list[str]], Row]]] = {"cnemc": CnemcReader, "prsa": PrsaReader}
HOURS = {str(hour): hour for hour in range(24)}
