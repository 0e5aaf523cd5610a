"""承办单位: the departments of the city as a table, and the questions that routing asks of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Department
from core.places import COUNTIES
from core.tables import load_table

_PARENTS = {one.code: one.parent for one in COUNTIES}


@dataclass(frozen=True)
class Unit:
    """A department as routing sees it."""

    code: str
    name: str
    kind: str
    county: str | None
    superior: str | None
    short_name: str = ""


class Organisation:
    """The departments there are on a day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {unit.code: unit for unit in units}

    @classmethod
    def load(cls, session: Session, on: date) -> "Organisation":
        rows = session.scalars(select(Department)).all()
        return cls(
            Unit(row.code, row.name, row.kind, row.county_code, row.superior_code, row.short_name)
            for row in rows
            if (row.valid_from or date.min) <= on <= (row.valid_to or date.max)
        )

    def find(self, kind: str, county: str | None, *, but: frozenset[str] = frozenset()) -> Unit | None:
        """The unit of a kind for a county, else for the county it belongs to, else the city's; never one in `but`."""
        places = [county, _PARENTS.get(county) if county else None, None]
        for place in dict.fromkeys(places):
            for unit in self.units.values():
                if unit.kind == kind and unit.county == place and unit.code not in but:
                    return unit
        return None

    def without(self, codes: Iterable[str]) -> "Organisation":
        """The same departments but these."""
        left_out = set(codes)
        return Organisation(unit for unit in self.units.values() if unit.code not in left_out)

    def below(self, code: str) -> frozenset[str]:
        """A unit and all that stand under it."""
        found = {code}
        while True:
            more = {unit.code for unit in self.units.values() if unit.superior in found} - found
            if not more:
                return frozenset(found)
            found |= more

    def above(self, code: str) -> frozenset[str]:
        """The superiors of a unit, in name or in fact."""
        found: set[str] = set()
        unit = self.units.get(code)
        while unit is not None and unit.superior and unit.superior not in found:
            found.add(unit.superior)
            unit = self.units.get(unit.superior)
        return frozenset(found)


def successor(code: str, on: date) -> str | None:
    """Who took over from a department that ended before `on`, however often reorganised; None if it still exists."""
    rows = {row["code"]: row for row in load_table("intake/departments.toml")["department"]}
    heir, seen = code, set[str]()
    while heir in rows and rows[heir].get("valid_to", date.max) < on and heir not in seen:
        seen.add(heir)
        heir = rows[heir].get("successor", heir)
    return heir if heir != code else None


def install(session: Session) -> None:
    """Bring the departments of the table into the database; those that are there are updated, none is deleted."""
    for row in load_table("intake/departments.toml")["department"]:
        session.merge(
            Department(
                code=row["code"],
                name=row["name"],
                short_name=row["short_name"],
                kind=row["kind"],
                county_code=row.get("county"),
                superior_code=row.get("superior"),
                is_functional_zone=row["is_functional_zone"],
                valid_from=row.get("valid_from"),
                valid_to=row.get("valid_to"),
            )
        )
        session.flush()
