"""The places of Xuchang: counties, functional zones, streets and townships."""

from dataclasses import dataclass

from core.errors import NotFound
from core.tables import load_table


@dataclass(frozen=True)
class County:
    """A unit that a record or a report can lie in. A functional zone's code is no GB/T 2260 code."""

    code: str
    name: str
    short_name: str
    english: str
    is_functional_zone: bool
    parent: str | None
    row: int | None
    column: int | None


@dataclass(frozen=True)
class Street:
    code: str
    name: str
    county: str


CITY_CODE = "411000"
COUNTIES = tuple(
    County(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        english=row["english"],
        is_functional_zone=row["is_functional_zone"],
        parent=row.get("parent"),
        row=row.get("row"),
        column=row.get("column"),
    )
    for row in load_table("core/places.toml")["county"]
)
_BY_CODE = {one.code: one for one in COUNTIES}
_STREETS = tuple(Street(row["code"], row["name"], row["county"]) for row in load_table("core/places.toml")["street"])


def county(code: str) -> County:
    try:
        return _BY_CODE[code]
    except KeyError:
        raise NotFound(county=code) from None


def county_name(code: str | None) -> str | None:
    """The name for a code, the code itself where it is not one of ours, None for None."""
    return _BY_CODE[code].name if code in _BY_CODE else code


def county_of_name(text: str) -> County | None:
    """The county that a text names ("禹州市第二水厂"), the longest name first; None if none."""
    named = [one for one in COUNTIES if one.name in text or one.short_name in text]
    return max(named, key=lambda one: len(one.short_name), default=None)


def streets(county_code: str) -> tuple[Street, ...]:
    return tuple(one for one in _STREETS if one.county == county_code)
