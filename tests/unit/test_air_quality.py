"""The index against the tables of HJ 633-2012 and HJ 633-2026, and against what the CNEMC published."""

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables import load_table
from portal.monitoring.air_quality import (
    TABLE,
    Item,
    Measure,
    Report,
    edition_on,
    index_of,
    individual_index,
    level_of,
    levels,
    rounded,
    sensitive_groups,
)

LAST_DAY_OF_2012 = date(2026, 2, 28)
FIRST_DAY_OF_2026 = date(2026, 3, 1)
DAYS = {"HJ 633-2012": LAST_DAY_OF_2012, "HJ 633-2026": FIRST_DAY_OF_2026}
INDICES = (0, 50, 100, 150, 200, 300, 400, 500)
HOUR = (Measure.PM25_DAY, Measure.PM10_DAY, Measure.SO2_1H, Measure.NO2_1H, Measure.O3_1H, Measure.CO_1H)

BREAKPOINTS = [
    (row["edition"], Measure(row["measure"]), concentration, index)
    for row in load_table(TABLE)["breakpoint"]
    for concentration, index in zip(row["concentrations"], INDICES, strict=False)
]

# China National Environmental Monitoring Centre, station hour 2018-02-20 07:00, and Xuchang at 2022-01-01 00:00.
# PM2.5, PM10, SO2, NO2, O3 (µg/m³), CO (mg/m³), published AQI and primary pollutant. The published index is that of the
# six one-hour means, with PM in the day columns; the 24-hour means in the same rows would give other figures.
PUBLISHED = [
    ("2018-02-20", "2396A", "48", "54", "5", "21", "109", "0.7", "67", "pm25"),
    ("2018-02-20", "2398A", "57", "61", "1", "35", "105", "1.0", "78", "pm25"),
    ("2018-02-20", "3134A", "44", "64", "8", "16", "111", "1.2", "62", "pm25"),
    ("2018-02-20", "1316A", "64", "", "9", "21", "122", "0.6", "87", "pm25"),
    ("2018-02-20", "1321A", "76", "", "6", "15", "124", "1.1", "102", "pm25"),
    ("2018-02-20", "1811A", "81", "103", "12", "26", "114", "1.1", "108", "pm25"),
    ("2018-02-20", "1816A", "57", "115", "14", "20", "107", "1.2", "83", "pm10"),
    ("2018-02-20", "1817A", "74", "99", "4", "10", "123", "1.5", "99", "pm25"),
    ("2018-02-20", "1833A", "42", "56", "5", "16", "100", "0.8", "59", "pm25"),
    ("2018-02-20", "2420A", "51", "75", "12", "18", "71", "0.8", "70", "pm25"),
    ("2018-02-20", "1319A", "63", "64", "10", "26", "126", "0.8", "85", "pm25"),
    ("2018-02-20", "1322A", "66", "", "8", "26", "120", "0.7", "89", "pm25"),
    ("2018-02-20", "2064A", "32", "43", "6", "9", "65", "0.6", "46", ""),
    ("2018-02-20", "2403A", "34", "35", "3", "19", "110", "1.0", "49", ""),
    ("2018-02-20", "1822A", "223", "234", "44", "44", "115", "3.5", "273", "pm25"),
    ("2018-02-20", "3141A", "225", "247", "29", "46", "125", "2.5", "275", "pm25"),
    ("2018-02-20", "1818A", "229", "", "27", "42", "121", "2.5", "279", "pm25"),
    ("2022-01-01", "2396A", "99", "108", "14", "59", "58", "0.8", "130", "pm25"),
    ("2022-01-01", "2398A", "107", "119", "14", "68", "67", "0.9", "140", "pm25"),
]


def hour(*values: str) -> dict[Measure, Decimal | None]:
    return {measure: None if text == "" else Decimal(text) for measure, text in zip(HOUR, values, strict=True)}


def day(**values: str | None) -> dict[Measure, Decimal | None]:
    clean = dict.fromkeys(("so2_day", "no2_day", "co_day", "o3_8h", "pm10_day", "pm25_day"), "1") | values
    return {Measure(name): None if text is None else Decimal(text) for name, text in clean.items()}


@pytest.mark.parametrize(("edition", "measure", "concentration", "index"), BREAKPOINTS)
def test_every_breakpoint_is_exact(edition: str, measure: Measure, concentration: int, index: int) -> None:
    assert individual_index(measure, Decimal(concentration), edition_on(DAYS[edition])) == index


def test_every_edition_has_all_ten_columns() -> None:
    for on in DAYS.values():
        assert set(edition_on(on).scales) == set(Measure)


def test_the_two_tables_differ_in_particles_at_100_only() -> None:
    old, new = (edition_on(on).scales for on in DAYS.values())
    differing = [name for name in Measure if old[name].concentrations != new[name].concentrations]
    assert differing == [Measure.PM10_DAY, Measure.PM25_DAY]
    assert [int(old[name].concentrations[2]) for name in differing] == [150, 75]
    assert [int(new[name].concentrations[2]) for name in differing] == [120, 60]


def test_the_edition_changes_on_the_first_of_march_2026() -> None:
    assert edition_on(LAST_DAY_OF_2012).code == "HJ 633-2012"
    assert edition_on(FIRST_DAY_OF_2026).code == "HJ 633-2026"
    assert edition_on(date(2013, 3, 1)).code == "HJ 633-2012"


@pytest.mark.parametrize(
    ("concentration", "old", "new"),
    [("60", 82, 100), ("75", 100, 114), ("60.4", 82, 100), ("60.5", 82, 100), ("60.6", 82, 101), ("61.5", 84, 102)],
)
def test_pm25_is_stricter_and_rounded_first_in_the_new_edition(concentration: str, old: int, new: int) -> None:
    assert individual_index(Measure.PM25_DAY, Decimal(concentration), edition_on(LAST_DAY_OF_2012)) == old
    assert individual_index(Measure.PM25_DAY, Decimal(concentration), edition_on(FIRST_DAY_OF_2026)) == new


@pytest.mark.parametrize(
    ("measure", "text", "expected"),
    [
        (Measure.PM25_DAY, "60.5", "60"),
        (Measure.PM25_DAY, "61.5", "62"),
        (Measure.PM25_DAY, "60.51", "61"),
        (Measure.CO_DAY, "0.25", "0.2"),
        (Measure.CO_DAY, "0.35", "0.4"),
        (Measure.CO_1H, "2.04", "2.0"),
    ],
)
def test_concentrations_round_half_to_even(measure: Measure, text: str, expected: str) -> None:
    assert rounded(Decimal(text), measure) == Decimal(expected)


def test_an_index_is_always_rounded_up() -> None:
    # 36 µg/m³: 50 + 50 x 1/25 = 52; 37: 54. In 2012: 36 → 51.25, which is 52.
    assert individual_index(Measure.PM25_DAY, Decimal(36), edition_on(LAST_DAY_OF_2012)) == 52
    assert individual_index(Measure.PM25_DAY, Decimal(1), edition_on(LAST_DAY_OF_2012)) == 2


def test_an_hour_of_so2_above_800_counts_200_from_2026_and_nothing_before() -> None:
    assert individual_index(Measure.SO2_1H, Decimal(801), edition_on(FIRST_DAY_OF_2026)) == 200
    assert individual_index(Measure.SO2_1H, Decimal(801), edition_on(LAST_DAY_OF_2012)) is None


def test_eight_hours_of_ozone_above_800_count_300_from_2026_and_nothing_before() -> None:
    assert individual_index(Measure.O3_8H, Decimal(801), edition_on(FIRST_DAY_OF_2026)) == 300
    assert individual_index(Measure.O3_8H, Decimal(801), edition_on(LAST_DAY_OF_2012)) is None


def test_a_day_of_2012_takes_ozone_from_the_hour_where_eight_hours_give_none() -> None:
    index = index_of(Report.DAILY, day(o3_8h="900", o3_1h="1000"), on=LAST_DAY_OF_2012)
    assert (index.aqi, index.primary) == (400, (Item.O3,))


def test_a_day_of_2026_does_not_read_the_hour_of_ozone() -> None:
    index = index_of(Report.DAILY, day(o3_8h="100", o3_1h="1000"), on=FIRST_DAY_OF_2026)
    assert index.aqi == 50


def test_above_the_last_breakpoint_the_index_is_500() -> None:
    for on in DAYS.values():
        assert individual_index(Measure.PM25_DAY, Decimal(2000), edition_on(on)) == 500


def test_all_items_that_share_the_greatest_index_are_primary() -> None:
    index = index_of(Report.DAILY, day(pm25_day="60", pm10_day="120"), on=FIRST_DAY_OF_2026)
    assert (index.aqi, index.primary) == (100, (Item.PM10, Item.PM25))


def test_up_to_50_there_is_no_primary_pollutant() -> None:
    index = index_of(Report.DAILY, day(pm25_day="35"), on=FIRST_DAY_OF_2026)
    assert (index.aqi, index.primary) == (50, ())
    assert index.level is not None and index.level.category == "优"


def test_the_index_of_2026_begins_at_1() -> None:
    clean = dict.fromkeys(HOUR, Decimal(0))
    assert index_of(Report.HOURLY, clean, on=FIRST_DAY_OF_2026).aqi == 1
    assert index_of(Report.HOURLY, clean, on=LAST_DAY_OF_2012).aqi == 0


def test_an_incomplete_hour_is_withheld_up_to_100_from_2026() -> None:
    incomplete = hour("60", "", "9", "11", "21", "0.6")
    index = index_of(Report.HOURLY, incomplete, on=FIRST_DAY_OF_2026)
    assert (index.aqi, index.computed, index.missing, index.primary) == (None, 100, (Item.PM10,), ())
    assert index.withheld and index.level is None
    assert index.items[Item.PM25] == 100


def test_an_incomplete_hour_above_100_is_published_from_2026() -> None:
    index = index_of(Report.HOURLY, hour("61", "", "9", "11", "21", "0.6"), on=FIRST_DAY_OF_2026)
    assert (index.aqi, index.missing) == (101, (Item.PM10,))


def test_an_incomplete_hour_was_published_before() -> None:
    assert index_of(Report.HOURLY, hour("60", "", "9", "11", "21", "0.6"), on=LAST_DAY_OF_2012).aqi == 82


def test_nothing_measured_gives_no_index() -> None:
    index = index_of(Report.HOURLY, {}, on=FIRST_DAY_OF_2026)
    assert (index.aqi, index.computed, index.withheld, index.level) == (None, None, False, None)
    assert index.missing == tuple(Item)


def test_a_negative_concentration_is_refused() -> None:
    with pytest.raises(ValueError, match="never below 0"):
        individual_index(Measure.CO_1H, Decimal("-0.1"), edition_on(FIRST_DAY_OF_2026))


@pytest.mark.parametrize(
    ("aqi", "category"),
    [
        *((0, "优"), (50, "优"), (51, "良"), (100, "良"), (101, "轻度污染"), (150, "轻度污染")),
        *((151, "中度污染"), (200, "中度污染"), (201, "重度污染"), (300, "重度污染")),
        *((301, "严重污染"), (500, "严重污染")),
    ],
)
def test_levels_change_just_above_their_limit(aqi: int, category: str) -> None:
    assert level_of(aqi).category == category


def test_the_colours_are_those_of_the_standard() -> None:
    assert [level.rgb for level in levels()] == ["#00E400", "#FFFF00", "#FF7E00", "#FF0000", "#99004C", "#7E0023"]


def test_sensitive_groups_are_named_above_100_from_2026() -> None:
    values = hour("61", "10", "9", "11", "201", "0.6")
    index = index_of(Report.HOURLY, values, on=FIRST_DAY_OF_2026)
    assert [item for item, _ in sensitive_groups(index, on=FIRST_DAY_OF_2026)] == [Item.O3, Item.PM25]
    assert sensitive_groups(index, on=LAST_DAY_OF_2012) == []


@pytest.mark.parametrize("row", PUBLISHED)
def test_the_hourly_index_is_the_published_one(row: tuple[str, ...]) -> None:
    on, _station, *values, aqi, primary = row
    index = index_of(Report.HOURLY, hour(*values), on=date.fromisoformat(on))
    assert (str(index.aqi), ",".join(index.primary)) == (aqi, primary)


@pytest.mark.parametrize("name", ["cnemc_henan_stations_2018022007.csv", "cnemc_xuchang_2022010100.csv"])
def test_every_published_index_of_the_real_hours_is_found_again(name: str) -> None:
    folder = os.environ.get("MINGJIAN_REAL_DATA")
    if not folder:
        pytest.skip("MINGJIAN_REAL_DATA is not set: the real station hours are not part of the project")
    with (Path(folder) / name).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = ("pm2_5", "pm10", "so2", "no2", "o3", "co")
    wrong = [row for row in rows if _published(row) != _computed(row, columns)]
    assert rows and not wrong


def _published(row: dict[str, str]) -> str:
    return row["aqi"].replace("-;", "")


def _computed(row: dict[str, str], columns: tuple[str, ...]) -> str:
    values = hour(*(row[name].replace("-;", "") for name in columns))
    aqi = index_of(Report.HOURLY, values, on=date.fromisoformat(row["timepoint"][:10])).aqi
    return "" if aqi is None else str(aqi)


EDITIONS = st.sampled_from(list(DAYS.values()))
MEASURES = st.sampled_from(list(Measure))
CONCENTRATIONS = st.decimals(min_value=0, max_value=5000, places=2)


@given(EDITIONS, MEASURES, CONCENTRATIONS, CONCENTRATIONS)
def test_more_of_a_pollutant_never_gives_a_lower_index(
    on: date, measure: Measure, one: Decimal, other: Decimal
) -> None:
    lower, higher = sorted((one, other))
    indices = [individual_index(measure, value, edition_on(on)) for value in (lower, higher)]
    known = [index for index in indices if index is not None]
    assert known == sorted(known)
    assert not (indices[0] is None and indices[1] is not None)


@given(EDITIONS, MEASURES, CONCENTRATIONS)
def test_an_index_stays_between_0_and_500(on: date, measure: Measure, concentration: Decimal) -> None:
    index = individual_index(measure, concentration, edition_on(on))
    assert index is None or 0 <= index <= 500


@given(EDITIONS, st.lists(st.one_of(st.none(), CONCENTRATIONS), min_size=6, max_size=6))
def test_the_index_of_an_hour_is_the_greatest_of_its_items(on: date, values: list[Decimal | None]) -> None:
    index = index_of(Report.HOURLY, dict(zip(HOUR, values, strict=True)), on=on)
    known = [value for value in index.items.values() if value is not None]
    assert index.computed == (max([edition_on(on).lowest_index, *known]) if known else None)
    assert all(index.items[item] == index.aqi for item in index.primary)
