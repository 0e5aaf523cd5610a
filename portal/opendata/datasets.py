"""What open data there is: each dataset with its columns, declared once.

The API, its description for machines, the dictionary, the downloads and the catalogue all read this declaration.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import CHINA
from core.errors import NotFound, Text
from core.tables import Row
from portal.enforcement.kinds import BLACKLIST, PENALTY
from portal.monitoring.air_quality import Item
from portal.monitoring.models import Observation, Station
from portal.notices.kinds import NOTICE
from portal.publishing.kinds import ATTACHMENTS, DisclosureKind
from portal.publishing.models import PublicRecord
from portal.publishing.queries import all_records
from portal.publishing.record_form import options

RECORD_KINDS = (PENALTY, BLACKLIST, NOTICE)


class Type(StrEnum):
    TEXT = "text"
    HTML = "html"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    NUMBER = "number"
    MONEY = "money"  # a decimal number as text: "35.2"
    DAY = "day"
    INSTANT = "instant"
    LIST = "list"
    FILES = "files"  # objects: number, name, media_type, size, sha256, url


@dataclass(frozen=True)
class Column:
    """`code` is the national standard's name of the field; `options` the values it can have, with their labels."""

    name: str
    label: Text
    type: Type
    code: str | None = None
    unit: str | None = None
    note: Text = ""
    options: tuple[tuple[str, str], ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class Dataset:
    """`rows` walks through all of it in a stable order. `frequency` is a term of the EU's frequency list, for DCAT."""

    name: str
    title: Text
    note: Text
    path: str
    frequency: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, str], Iterator[dict[str, Any]]]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)


_TYPES = {"money": Type.MONEY, "date": Type.DAY, "acts": Type.LIST, "penalty_types": Type.LIST, "rich": Type.HTML}
_RECORD_COLUMNS = (
    Column("id", _l("记录编号"), Type.TEXT, note=_l("永久不变"), is_required=True),
    Column("url", _l("网页"), Type.TEXT, is_required=True),
    Column("version", _l("第几版"), Type.INTEGER, note=_l("更正一次加一"), is_required=True),
    Column("sequence", _l("变更序号"), Type.INTEGER, note=_l("全站递增，可用于增量获取"), is_required=True),
    Column("published_at", _l("首次公开时间"), Type.INSTANT, is_required=True),
    Column("updated_at", _l("最近更正时间"), Type.INSTANT, is_required=True),
    Column("publicity_until", _l("公示截止期"), Type.DAY, "CF_GSJZQ", note=_l("过了这一天不再公开，请同时停止使用")),
    Column(
        "attachments",
        _l("附件"),
        Type.FILES,
        note=_l("每个附件的名称、类型、大小、SHA-256 和下载地址"),
        is_required=True,
    ),
)


def _record_column(row: Row) -> Column:
    kind = _TYPES.get(row["type"], Type.TEXT)
    unit = "万元" if kind is Type.MONEY else None
    allowed = tuple((value, label) for value, label in options(row))
    return Column(row["name"], row["label"], kind, row.get("code"), unit, row.get("hint", ""), allowed)


def utc_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def record_item(record: PublicRecord, columns: tuple[Column, ...], base_url: str) -> dict[str, Any]:
    """A record under its columns' names; what it does not say is null."""
    paths = {kind.name: kind.path for kind in RECORD_KINDS}
    page = f"{base_url}/{paths[record.kind]}/{record.id}"
    own = {
        "id": record.id,
        "url": page,
        "version": record.version,
        "sequence": record.sequence,
        "published_at": utc_text(record.published_at),
        "updated_at": utc_text(record.updated_at),
        "publicity_until": _day_text(record.publicity_until),
        "attachments": [
            {**one, "url": f"{page}/attachments/{one['number']}"} for one in record.body.get(ATTACHMENTS) or ()
        ],
    }
    return {one.name: own[one.name] if one.name in own else record.body.get(one.name) for one in columns}


def record_columns(kind: DisclosureKind) -> tuple[Column, ...]:
    return (*_RECORD_COLUMNS, *(_record_column(row) for row in kind.rows if row["is_public"]))


def _record_dataset(kind: DisclosureKind, title: Text, note: Text) -> Dataset:
    columns = record_columns(kind)

    def rows(session: Session, base_url: str) -> Iterator[dict[str, Any]]:
        for record in all_records(session, kind.name):
            yield record_item(record, columns, base_url)

    return Dataset(kind.path, title, note, f"/{kind.path}", "DAILY", columns, rows)


STATION_COLUMNS = (
    Column("code", _l("站点编码"), Type.TEXT, is_required=True),
    Column("name", _l("站点名称"), Type.TEXT, is_required=True),
    Column("area", _l("所在城市"), Type.TEXT, is_required=True),
    Column("county_code", _l("县区代码"), Type.TEXT),
    Column("level", _l("站点级别"), Type.TEXT, is_required=True),
    Column("lon", _l("经度"), Type.NUMBER, unit="°"),
    Column("lat", _l("纬度"), Type.NUMBER, unit="°"),
    Column("valid_from", _l("自何日起"), Type.DAY, note=_l("站点搬迁或改名时另起一行"), is_required=True),
    Column("valid_to", _l("到何日止"), Type.DAY),
    Column("source", _l("数据来源"), Type.TEXT, note=_l("demo 表示演示数据"), is_required=True),
)
OBSERVATION_COLUMNS = (
    Column("station_code", _l("站点编码"), Type.TEXT, is_required=True),
    Column("hour_end", _l("小时结束时刻"), Type.INSTANT, note=_l("16:00 是 15:00 至 16:00 的均值"), is_required=True),
    *(
        Column(item.value, item.value.upper(), Type.NUMBER, unit="mg/m³" if item is Item.CO else "µg/m³")
        for item in Item
    ),
)


def station_item(one: Station) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("code", "name", "area", "county_code", "lon", "lat", "source")}
    days = {name: _day_text(getattr(one, name)) for name in ("valid_from", "valid_to")}
    return {column.name: {**plain, **days, "level": one.level.value}[column.name] for column in STATION_COLUMNS}


def _day_text(on: date | None) -> str | None:
    return on.isoformat() if on else None


def observation_item(code: str, hour_end: datetime, numbers: Mapping[str, float | None]) -> dict[str, Any]:
    local = hour_end.astimezone(CHINA).isoformat(timespec="seconds")
    return {"station_code": code, "hour_end": local, **numbers}


def _station_rows(session: Session, _base_url: str) -> Iterator[dict[str, Any]]:
    for one in session.scalars(select(Station).order_by(Station.code, Station.valid_from)):
        yield station_item(one)


def observation_rows(
    session: Session, start: datetime | None = None, end: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The hours that end after `start` and not after `end`, by station and hour: the order of the table's key."""
    codes = {one.id: one.code for one in session.scalars(select(Station))}
    columns = Observation.__table__.c
    statement = select(columns.station_id, columns.hour_end, *(columns[item.value] for item in Item))
    if start is not None:
        statement = statement.where(columns.hour_end > start)
    if end is not None:
        statement = statement.where(columns.hour_end <= end)
    ordered = statement.order_by(columns.station_id, columns.hour_end).execution_options(yield_per=2000)
    names = [item.value for item in Item]
    with session.execute(ordered) as found:
        for station_id, hour_end, *numbers in found:
            yield observation_item(codes[station_id], hour_end, dict(zip(names, numbers, strict=True)))


PENALTIES = _record_dataset(
    PENALTY, _l("行政处罚"), _l("监测数据弄虚作假等环境违法的行政处罚决定，字段按国家双公示标准。")
)
LISTINGS = _record_dataset(BLACKLIST, _l("失信名单"), _l("因监测数据弄虚作假列入的失信名单条目。"))
NOTICES = _record_dataset(NOTICE, _l("公告"), _l("通知、预警、约谈和检查结果。"))
STATIONS = Dataset(
    "stations",
    _l("空气监测站点"),
    _l("站点的编码、名称、位置；搬迁和改名都有记录。"),
    "/air",
    "IRREG",
    STATION_COLUMNS,
    _station_rows,
)
OBSERVATIONS = Dataset(
    "observations",
    _l("空气小时监测值"),
    _l("各站点每小时的六项污染物浓度，按来源给出的数字原样公开。"),
    "/air",
    "HOURLY",
    OBSERVATION_COLUMNS,
    lambda session, _base_url: observation_rows(session),
)
RECORD_DATASETS = (PENALTIES, LISTINGS, NOTICES)
DATASETS = (*RECORD_DATASETS, STATIONS, OBSERVATIONS)
KIND_OF = {kind.path: kind for kind in RECORD_KINDS}


def dataset_named(name: str) -> Dataset:
    for one in DATASETS:
        if one.name == name:
            return one
    raise NotFound(dataset=name)
