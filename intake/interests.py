"""利益冲突: which departments have to do with what a reporter named.

A department is meant where its own name stands in the answer, where an institution that belongs to it is named (a dated
table), or where its staff are. Too many left out costs a detour, one too few costs the reporter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.identifiers import fold
from core.tables import in_force, load_table
from intake.departments import Organisation

SHORTEST_NAME = 3


@dataclass(frozen=True)
class Interest:
    """A department and why it is thought to have to do with the matter."""

    department: str
    why: str


def interests_in(name: str, organisation: Organisation, *, on: date) -> tuple[Interest, ...]:
    """The departments that `name` leads to, each once; empty for an empty or unknown name."""
    wanted = fold(name)
    found = (*_named(wanted, organisation), *_owners(wanted, on)) if len(wanted) >= SHORTEST_NAME else ()
    known = [one for one in found if one.department in organisation.units]
    return tuple({one.department: one for one in reversed(known)}.values())


def _named(wanted: str, organisation: Organisation) -> Iterable[Interest]:
    """The department with the longest name in the text: 许昌市生态环境局长葛分局 is not the city's bureau."""
    names = [
        (fold(name), unit) for unit in organisation.units.values() for name in (unit.name, unit.short_name) if name
    ]
    inside = [(name, unit) for name, unit in names if name in wanted]
    longest = max((len(name) for name, _unit in inside), default=0)
    return [Interest(unit.code, f"名称中写了“{unit.name}”") for name, unit in inside if len(name) == longest]


def _owners(wanted: str, on: date) -> Iterable[Interest]:
    rows = in_force(load_table("intake/institutions.toml")["institution"], on=on)
    return [
        Interest(row["owner"], f"“{row['name']}”是它的{row['relation']}")
        for row in rows
        if any(fold(one) in wanted for one in (row["name"], *row["aliases"]))
    ]
