"""The air quality index (AQI) of an hour or a day, by the edition of HJ 633 in force on the day of the value.

All arithmetic is in Decimal, because the index is rounded up: 60 µg/m³ must give 100, never 101 through a float.
The tables, their sources and their dates are in air_quality.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache

from core.tables import in_force, load_table

TABLE = "portal/monitoring/air_quality.toml"
PUBLISHED_ALTHOUGH_INCOMPLETE = 100
PRIMARY_ABOVE = 50


class Item(StrEnum):
    SO2 = "so2"
    NO2 = "no2"
    CO = "co"
    O3 = "o3"
    PM10 = "pm10"
    PM25 = "pm25"


class Measure(StrEnum):
    """A column of the breakpoint table: an item over a period. PM hours are read in the day columns."""

    SO2_DAY = "so2_day"
    SO2_1H = "so2_1h"
    NO2_DAY = "no2_day"
    NO2_1H = "no2_1h"
    CO_DAY = "co_day"
    CO_1H = "co_1h"
    O3_8H = "o3_8h"
    O3_1H = "o3_1h"
    PM10_DAY = "pm10_day"
    PM25_DAY = "pm25_day"

    @property
    def item(self) -> Item:
        return _ITEM_OF[self]


_ITEM_OF = {measure: Item(measure.value.split("_")[0]) for measure in Measure}


class Report(StrEnum):
    HOURLY = "hourly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Level:
    number: int
    name: str
    category: str
    highest: int
    colour: str
    rgb: str
    effect: str
    measure: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One column of the table. `above_top` None: no index from this period above the last concentration."""

    concentrations: tuple[Decimal, ...]
    indices: tuple[Decimal, ...]
    above_top: int | None


@dataclass(frozen=True, slots=True)
class Edition:
    code: str
    title: str
    rounds_concentration: bool
    needs_all_items: bool
    lowest_index: int
    measures: Mapping[Report, tuple[Measure, ...]]
    scales: Mapping[Measure, Scale]


@dataclass(frozen=True, slots=True)
class Index:
    """`aqi` is what may be published; `computed` the greatest index of the items there are, None if there are none."""

    edition: Edition
    aqi: int | None
    computed: int | None
    primary: tuple[Item, ...]
    items: Mapping[Item, int | None]
    missing: tuple[Item, ...]

    @property
    def level(self) -> Level | None:
        return None if self.aqi is None else level_of(self.aqi)

    @property
    def withheld(self) -> bool:
        """There is an index, but the edition does not let it be published, because an item is missing (5.3.1)."""
        return self.aqi is None and self.computed is not None


def edition_on(day: date) -> Edition:
    row = in_force(load_table(TABLE)["edition"], on=day)[-1]
    return _editions()[row["code"]]


@cache
def _editions() -> Mapping[str, Edition]:
    table = load_table(TABLE)
    return {
        row["code"]: Edition(
            code=row["code"],
            title=row["title"],
            rounds_concentration=row["rounds_concentration"],
            needs_all_items=row["needs_all_items"],
            lowest_index=row["lowest_index"],
            measures={report: tuple(Measure(name) for name in row[report]) for report in Report},
            scales=_scales(row["code"]),
        )
        for row in table["edition"]
    }


def _scales(edition: str) -> Mapping[Measure, Scale]:
    table = load_table(TABLE)
    (indices,) = (row["indices"] for row in table["scale"] if row["edition"] == edition)
    return {
        Measure(row["measure"]): Scale(
            concentrations=tuple(Decimal(value) for value in row["concentrations"]),
            indices=tuple(Decimal(value) for value in indices[: len(row["concentrations"])]),
            above_top=row.get("above_top"),
        )
        for row in table["breakpoint"]
        if row["edition"] == edition
    }


@cache
def levels() -> tuple[Level, ...]:
    return tuple(
        Level(**{name: row[name] for name in Level.__slots__})
        for row in sorted(load_table(TABLE)["level"], key=lambda row: int(row["number"]))
    )


def level_of(aqi: int) -> Level:
    return next((level for level in levels() if aqi <= level.highest), levels()[-1])


def rounded(concentration: Decimal, measure: Measure) -> Decimal:
    """GB/T 8170, half to even: CO (mg/m³) to one decimal, the rest (µg/m³) to an integer."""
    step = Decimal("0.1") if measure.item is Item.CO else Decimal(1)
    return concentration.quantize(step, rounding=ROUND_HALF_EVEN)


def individual_index(measure: Measure, concentration: Decimal, edition: Edition) -> int | None:
    """The IAQI of one item. None: the edition gives no index from this period at this concentration."""
    if concentration < 0:
        raise ValueError("a concentration is never below 0")
    if edition.rounds_concentration:
        concentration = rounded(concentration, measure)
    scale = edition.scales[measure]
    for n in range(1, len(scale.concentrations)):
        if concentration <= scale.concentrations[n]:
            return _interpolate(scale, n, concentration)
    return scale.above_top


def _interpolate(scale: Scale, n: int, concentration: Decimal) -> int:
    low, high = scale.concentrations[n - 1], scale.concentrations[n]
    index_low, index_high = scale.indices[n - 1], scale.indices[n]
    # Multiplied before it is divided, so that a whole number stays whole.
    exact = (index_high - index_low) * (concentration - low) / (high - low) + index_low
    return int(exact.to_integral_value(rounding=ROUND_CEILING))


def index_of(report: Report, concentrations: Mapping[Measure, Decimal | None], *, on: date) -> Index:
    """The index of one hour or one day; `on` is the day the value belongs to. Absent and None are both missing."""
    edition = edition_on(on)
    items = _item_indices(edition, report, concentrations)
    missing = _missing(edition, report, concentrations)
    known = [index for index in items.values() if index is not None]
    computed = max([edition.lowest_index, *known]) if known else None
    publishable = not (missing and edition.needs_all_items) or (computed or 0) > PUBLISHED_ALTHOUGH_INCOMPLETE
    return Index(
        edition=edition,
        aqi=computed if publishable else None,
        computed=computed,
        primary=_primary(items, computed) if publishable else (),
        items=items,
        missing=missing,
    )


def _item_indices(
    edition: Edition, report: Report, concentrations: Mapping[Measure, Decimal | None]
) -> dict[Item, int | None]:
    """For each item the greatest index of its periods (ozone has two in the 2012 daily report)."""
    items: dict[Item, int | None] = dict.fromkeys(Item)
    for measure in edition.measures[report]:
        concentration = concentrations.get(measure)
        index = None if concentration is None else individual_index(measure, concentration, edition)
        if index is not None:
            items[measure.item] = max(index, items[measure.item] or 0)
    return items


def _missing(edition: Edition, report: Report, concentrations: Mapping[Measure, Decimal | None]) -> tuple[Item, ...]:
    there = {measure.item for measure in edition.measures[report] if concentrations.get(measure) is not None}
    return tuple(item for item in Item if item not in there)


def _primary(items: Mapping[Item, int | None], computed: int | None) -> tuple[Item, ...]:
    """首要污染物: above 50, every item that has the greatest index; ties are all named."""
    if computed is None or computed <= PRIMARY_ABOVE:
        return ()
    return tuple(item for item in Item if items[item] == computed)


def sensitive_groups(index: Index, *, on: date) -> list[tuple[Item, str]]:
    """Who should take care, for each item whose index is above 100 (HJ 633-2026 table 2; empty before)."""
    rows = in_force(load_table(TABLE)["sensitive"], on=on)
    return [(Item(row["item"]), row["groups"]) for row in rows if (index.items[Item(row["item"])] or 0) > 100]
