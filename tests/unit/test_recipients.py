"""Who gets an envelope, on random organisations: never the accused, never who stands over or under them.

The property must be able to fail: mutants of the rule, made from its own source, are each caught by it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from intake import recipients as recipients_module
from intake import routing as routing_module
from intake.departments import Organisation, Unit
from intake.recipients import Case, Holders, NobodyCanOpen, recipients
from intake.routing import Facts, route

KINDS = ("ecology", "market_regulation", "duty_desk", "discipline", "procuratorate", "police")
Rule = Callable[[Case, Holders], Any]
Exclusion = Callable[[str, Organisation], frozenset[str]]
ON = date(2026, 11, 23)


@dataclass(frozen=True)
class World:
    """A city, whom a report accuses, and whoever somebody would like to hand it to, excluded or not."""

    units: tuple[Unit, ...]
    accused: str
    responsible: str
    co: frozenset[str]
    caretakers: tuple[str, ...]
    holders: Holders


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(2, 9))
    codes = [f"d{number}" for number in range(count)]
    units = []
    for number, code in enumerate(codes):
        superior = draw(st.sampled_from([None, *codes[:number]]))
        units.append(Unit(code, code, draw(st.sampled_from(KINDS)), None, superior))
    some = st.frozensets(st.sampled_from(codes))
    return World(
        tuple(units),
        draw(st.sampled_from(codes)),
        draw(st.sampled_from(codes)),
        draw(some),
        tuple(draw(st.permutations(codes))[: draw(st.integers(0, 4))]),
        Holders(draw(some), draw(some), draw(st.sampled_from([None, *codes]))),
    )


LAST = Unit("last", "last", "procuratorate", None, None)


def excluded_by_routing(accused: str, organisation: Organisation) -> frozenset[str]:
    """As the routing decides it; a procuratorate of its own keeps the routing from running out of bodies."""
    city = Organisation([*organisation.units.values(), LAST])
    return route(Facts("12369", "water", accused_department=accused), city, on=ON).excluded


def related(world: World) -> set[str]:
    """The accused, everybody over them and everybody under them, by walking from each unit to the top."""
    superior = {unit.code: unit.superior for unit in world.units}

    def line(code: str) -> list[str]:
        found = [code]
        while (above := superior[found[-1]]) is not None:
            found.append(above)
        return found

    return {one for one in superior if world.accused in line(one)} | set(line(world.accused))


def reaches_the_accused(world: World, rule: Rule, exclusion: Exclusion) -> bool:
    """Whether anybody who is related to the accused gets an envelope."""
    excluded = exclusion(world.accused, Organisation(world.units))
    case = Case(world.responsible, world.co, excluded, world.caretakers)
    try:
        given_to = rule(case, world.holders)
    except NobodyCanOpen:
        return False
    kept_out = related(world)
    escrow = world.holders.escrow_department if given_to.escrow else None
    return bool((given_to.departments | given_to.custodians) & kept_out) or escrow in kept_out


@settings(max_examples=500)
@given(worlds())
def test_no_envelope_ever_reaches_the_accused_or_who_stands_over_or_under_them(world: World) -> None:
    assert not reaches_the_accused(world, recipients, excluded_by_routing)


@given(worlds())
def test_a_report_is_sealed_to_somebody_or_refused_and_the_responsible_one_comes_first(world: World) -> None:
    excluded = excluded_by_routing(world.accused, Organisation(world.units))
    case = Case(world.responsible, world.co, excluded, world.caretakers)
    try:
        given_to = recipients(case, world.holders)
    except NobodyCanOpen:
        return
    assert given_to.escrow or (given_to.departments and given_to.custodians)
    if world.responsible in world.holders.departments - excluded:
        assert world.responsible in given_to.departments
        assert given_to.departments <= {world.responsible} | world.co
    assert len(given_to.departments - {world.responsible} - world.co) <= 1
    assert given_to.custodians <= frozenset(world.caretakers)


RECEIVERS = "(frozenset({case.responsible}) | case.co) & open_to"
KEPT_OUT = "organisation.below(one) | organisation.above(one)"
RULE_MUTANTS = {
    "nobody is taken out": ("holders.departments - case.excluded", "holders.departments"),
    "custodians are not taken out": ("holders.custodians - case.excluded", "holders.custodians"),
    "the caretaker may be anybody": (
        "_first(case.caretakers, open_to)",
        "_first(case.caretakers, holders.departments)",
    ),
    "the escrow always gets one": (" and holders.escrow_department not in case.excluded", ""),
    "the responsible one always gets one": (RECEIVERS, "(case.co & open_to) | {case.responsible}"),
    "helpers always get one": (RECEIVERS, "(frozenset({case.responsible}) & open_to) | case.co"),
}
EXCLUSION_MUTANTS = {
    "only the accused": (KEPT_OUT, "frozenset({one})"),
    "not who stands under them": (KEPT_OUT, "organisation.above(one) | {one}"),
    "not who stands over them": (KEPT_OUT, "organisation.below(one)"),
    "not the accused": (KEPT_OUT, f"({KEPT_OUT}) - {{one}}"),
    "only the next above": ("organisation.above(one)", "{organisation.units[one].superior} - {None}"),
}


def mutant(module: ModuleType, name: str, old: str, new: str) -> Any:
    source = inspect.getsource(module)
    assert source.count(old) == 1, f"the rule no longer says {old!r}"
    names = {**vars(module)}
    code = compile(inspect.getsource(getattr(module, name)).replace(old, new), "mutant", "exec")
    exec(code, names)  # noqa: S102 - our own source, changed by one expression
    return names[name]


@pytest.mark.parametrize("change", RULE_MUTANTS.values(), ids=RULE_MUTANTS.keys())
def test_a_mutant_of_the_rule_is_caught(change: tuple[str, str]) -> None:
    caught(mutant(recipients_module, "recipients", *change), excluded_by_routing)


@pytest.mark.parametrize("change", EXCLUSION_MUTANTS.values(), ids=EXCLUSION_MUTANTS.keys())
def test_a_mutant_of_who_is_excluded_is_caught(change: tuple[str, str]) -> None:
    families = mutant(routing_module, "_families", *change)
    caught(recipients, lambda accused, organisation: families((accused,), organisation))


def caught(rule: Rule, exclusion: Exclusion) -> None:
    quick = settings(max_examples=5000, database=None, suppress_health_check=list(HealthCheck))
    try:
        find(worlds(), lambda world: reaches_the_accused(world, rule, exclusion), settings=quick)
    except NoSuchExample:
        pytest.fail("the property does not notice this mutant")
