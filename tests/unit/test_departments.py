"""The departments of the city: the table itself, who is asked for a place, and who stands over whom."""

from datetime import date

import pytest
from sqlalchemy import select

from core.accounts.models import Department
from core.database import Database, unit_of_work
from core.places import COUNTIES, county
from core.tables import load_table
from intake.departments import Organisation, Unit, install

ROWS = load_table("intake/departments.toml")["department"]
CODES = [row["code"] for row in ROWS]
TODAY = date(2026, 11, 23)


def unit(code: str, kind: str = "ecology", county_code: str | None = None, superior: str | None = None) -> Unit:
    return Unit(code, f"部门{code}", kind, county_code, superior)


# 市 over 魏都 and 建安, an office under 魏都; 东城 is a zone of 魏都 and has a bureau for quality only
SMALL = Organisation(
    [
        unit("city"),
        unit("weidu", county_code="411002", superior="city"),
        unit("office", kind="duty_desk", county_code="411002", superior="weidu"),
        unit("jianan", county_code="411003", superior="city"),
        unit("east-market", kind="market_regulation", county_code="xc-dongcheng"),
        unit("police", kind="police"),
    ]
)


@pytest.mark.parametrize(
    ("kind", "county_code", "code"),
    [
        ("ecology", "411002", "weidu"),
        ("ecology", None, "city"),
        ("ecology", "411081", "city"),  # a county without a bureau
        ("ecology", "xc-dongcheng", "weidu"),  # a zone without a bureau: its county's
        ("ecology", "411071", "weidu"),
        ("ecology", "xc-demo-zone", "jianan"),
        ("ecology", "999999", "city"),
        ("market_regulation", "xc-dongcheng", "east-market"),
        ("market_regulation", "411002", None),  # a county does not lean on its zone
        ("market_regulation", None, None),
        ("duty_desk", "411002", "office"),
        ("police", "411003", "police"),
        ("fire_brigade", None, None),
    ],
)
def test_the_nearest_department_of_a_kind_is_found(kind: str, county_code: str | None, code: str | None) -> None:
    found = SMALL.find(kind, county_code)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("but", "code"),
    [(frozenset({"weidu"}), "city"), (frozenset({"city"}), "weidu"), (frozenset({"weidu", "city"}), None)],
)
def test_a_department_left_out_is_stepped_over(but: frozenset[str], code: str | None) -> None:
    found = SMALL.find("ecology", "xc-dongcheng", but=but)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("code", "above", "below"),
    [
        ("city", set(), {"city", "weidu", "jianan", "office"}),
        ("weidu", {"city"}, {"weidu", "office"}),
        ("office", {"weidu", "city"}, {"office"}),
        ("police", set(), {"police"}),
        ("stranger", set(), {"stranger"}),
    ],
)
def test_a_department_knows_its_superiors_and_its_own(code: str, above: set[str], below: set[str]) -> None:
    assert SMALL.above(code) == above
    assert SMALL.below(code) == below


def test_departments_that_stand_under_each_other_by_mistake_end_no_program() -> None:
    ring = Organisation([unit("a", superior="b"), unit("b", superior="c"), unit("c", superior="a")])
    assert ring.above("a") == ring.below("a") == {"a", "b", "c"}


@pytest.mark.parametrize("row", ROWS, ids=CODES)
def test_a_department_of_the_table_is_whole(row: dict[str, object]) -> None:
    assert row["source"]
    assert isinstance(row["verified"], bool)
    assert row["name"]
    assert row["short_name"]
    assert row.get("superior") in (None, *CODES[: CODES.index(row["code"])]), "a superior stands before its own"
    place = row.get("county")
    is_zone = isinstance(place, str) and county(place).is_functional_zone
    assert row["is_functional_zone"] is is_zone


@pytest.mark.parametrize("column", ["code", "name", "short_name"])
def test_no_two_departments_can_be_taken_for_each_other(column: str) -> None:
    values = [row[column] for row in ROWS]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("kind", ["ecology", "market_regulation"])
def test_every_county_and_zone_has_a_bureau_of_its_own_under_the_city_s(kind: str) -> None:
    [city] = [row["code"] for row in ROWS if row["kind"] == kind and "county" not in row]
    own = {row["county"]: row["superior"] for row in ROWS if row["kind"] == kind and "county" in row}
    assert own == {one.code: city for one in COUNTIES}


@pytest.fixture
def installed(database: Database) -> Database:
    with unit_of_work(database) as session:
        install(session)
    return database


@pytest.mark.parametrize(
    ("on", "exists"),
    [
        (date(1999, 12, 31), False),
        (date(2000, 1, 1), True),
        (date(2019, 3, 31), True),
        (date(2019, 4, 1), False),
        (TODAY, False),
    ],
)
def test_the_merged_quality_bureau_is_there_only_in_its_time(installed: Database, on: date, exists: bool) -> None:
    with installed.read() as session:
        organisation = Organisation.load(session, on)
    assert ("xc-quality" in organisation.units) is exists
    assert "xc-market" in organisation.units


def test_the_table_comes_through_the_database_unchanged(installed: Database) -> None:
    with installed.read() as session:
        units = Organisation.load(session, TODAY).units
    assert units == {
        row["code"]: Unit(
            row["code"], row["name"], row["kind"], row.get("county"), row.get("superior"), row["short_name"]
        )
        for row in ROWS
        if "valid_to" not in row
    }


def test_installing_again_brings_names_up_to_date_and_deletes_none(installed: Database) -> None:
    with unit_of_work(installed) as session:
        session.get_one(Department, "xc-police").name = "旧名"
        session.add(Department(code="xc-new", name="新部门", short_name="新", kind="other", is_functional_zone=False))
    with unit_of_work(installed) as session:
        install(session)
    with installed.read() as session:
        names = {row.code: row.name for row in session.scalars(select(Department))}
    assert names["xc-police"] == "许昌市公安局"
    assert set(names) == {*CODES, "xc-new"}
