"""How items, levels and figures are written for people."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from core.errors import Text
from portal.monitoring.air_quality import Item, Measure, rounded
from portal.monitoring.models import StationLevel

ITEM_LABELS: dict[Item, str] = {
    Item.PM25: "PM2.5",
    Item.PM10: "PM10",
    Item.O3: "O₃",
    Item.NO2: "NO₂",
    Item.SO2: "SO₂",
    Item.CO: "CO",
}
ITEM_NAMES: dict[Item, Text] = {
    Item.PM25: _l("细颗粒物"),
    Item.PM10: _l("可吸入颗粒物"),
    Item.O3: _l("臭氧"),
    Item.NO2: _l("二氧化氮"),
    Item.SO2: _l("二氧化硫"),
    Item.CO: _l("一氧化碳"),
}
MEASURE_LABELS: dict[Measure, Text] = {
    Measure.SO2_DAY: _l("SO₂ 日平均"),
    Measure.SO2_1H: _l("SO₂ 1 小时"),
    Measure.NO2_DAY: _l("NO₂ 日平均"),
    Measure.NO2_1H: _l("NO₂ 1 小时"),
    Measure.CO_DAY: _l("CO 日平均"),
    Measure.CO_1H: _l("CO 1 小时"),
    Measure.O3_8H: _l("O₃ 8 小时"),
    Measure.O3_1H: _l("O₃ 1 小时"),
    Measure.PM10_DAY: _l("PM10"),
    Measure.PM25_DAY: _l("PM2.5"),
}
CATEGORY_LABELS: dict[int, Text] = {
    1: _l("优"),
    2: _l("良"),
    3: _l("轻度污染"),
    4: _l("中度污染"),
    5: _l("重度污染"),
    6: _l("严重污染"),
}
STATION_LEVEL_LABELS: dict[StationLevel, Text] = {
    StationLevel.NATIONAL: _l("国控"),
    StationLevel.PROVINCIAL: _l("省控"),
    StationLevel.CITY: _l("市控"),
    StationLevel.TOWNSHIP: _l("乡镇"),
    StationLevel.UNKNOWN: _l("未注明"),
}
NO_VALUE = "—"
DARK_LEVELS = (5, 6)


def unit(item: Item) -> str:
    return "mg/m³" if item is Item.CO else "µg/m³"


def figure(item: Item, value: Decimal | None) -> str:
    """A concentration as the standards write it: CO with one decimal, the rest without; half to even."""
    measure = Measure.CO_1H if item is Item.CO else Measure.PM25_DAY
    return NO_VALUE if value is None else f"{rounded(value, measure):f}"


def listed(items: Sequence[Item]) -> str:
    """ "PM2.5、O₃"; "—" for none."""
    return "、".join(ITEM_LABELS[item] for item in items) or NO_VALUE
