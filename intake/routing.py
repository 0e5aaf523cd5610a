"""Who handles a report: the first rule of a dated table that fits, never the accused, never nobody.

Left out are the accused department, the one an accused institution belongs to, the one accused staff work at, with
everything under them and their superiors (环境保护法 57: a report against a department goes to its superior organ or
to supervision). What no rule decides, or what only excluded departments could take, goes
down a chain that cannot be excluded as a whole: duty desk, discipline inspection, procuratorate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.tables import Row, in_force, load_table
from intake.departments import Organisation, Unit
from intake.interests import Interest, interests_in
from intake.subjects import subject

LAST_RESORTS = ("duty_desk", "discipline", "procuratorate")
NO_RULE = "没有规则适用于这类事项，由%s人工分派。"
ALL_EXCLUDED = "按规则应由%s办理，但被举报方与其有关，依法改由%s办理。"
NO_SUCH_DEPARTMENT = "按规则应由另一类部门办理，但本市没有设置，由%s人工分派。"


@dataclass(frozen=True)
class Facts:
    """What routing may look at; nothing of the reporter and none of their words.

    `staff_of`: the departments where somebody of the accused name works. `other_names`: of further companies; they
    keep out whom they lead to, and choose nobody.
    """

    channel: str
    subject: str
    acts: tuple[str, ...] = ()
    county: str | None = None
    accused_kind: str = "unknown"
    accused_department: str | None = None
    accused_name: str = ""
    staff_of: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Routing:
    """`rule` and `reason` are shown to the officer; `source` is the law behind them."""

    responsible: str
    co: tuple[str, ...]
    excluded: frozenset[str]
    rule: str
    reason: str
    source: str
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True)
class Considered:
    """A rule and what became of it: `failed` names the first condition that was not met, None where all were."""

    rule: Row
    failed: str | None


def considered(facts: Facts, *, on: date, rules: Sequence[Row] | None = None) -> list[Considered]:
    """The rules of the day in order, down to the one that decides: for who wants to know why."""
    tried = []
    for row in _in_force(rules, on):
        tried.append(Considered(row, _failed(row, facts)))
        if tried[-1].failed is None:
            break
    return tried


def route(facts: Facts, organisation: Organisation, *, on: date, rules: Sequence[Row] | None = None) -> Routing:
    """Total: every combination gets a responsible department that is not excluded."""
    interests = interests_of(facts, organisation, on=on)
    excluded = _families((one.department for one in interests), organisation)
    rule = next((row for row in _in_force(rules, on) if _failed(row, facts) is None), None)
    if rule is None:
        fallback = _last_resort(organisation, excluded)
        return Routing(fallback.code, (), excluded, "duty-desk", NO_RULE % fallback.name, "平台规则", interests)
    county = facts.county if rule["level"] == "county" else None
    wanted = organisation.find(rule["responsible"], county)
    allowed = wanted if wanted is not None and wanted.code not in excluded else None
    responsible = allowed or _last_resort(organisation, excluded)
    return Routing(
        responsible=responsible.code,
        co=_co_departments(rule, facts, organisation, excluded | {responsible.code}),
        excluded=excluded,
        rule=rule["id"],
        reason=rule["reason"] if allowed else _why_not(wanted, responsible),
        source=rule["source"],
        interests=interests,
    )


def _why_not(wanted: Unit | None, responsible: Unit) -> str:
    if wanted is None:
        return NO_SUCH_DEPARTMENT % responsible.name
    return ALL_EXCLUDED % (wanted.name, responsible.name)


def interests_of(facts: Facts, organisation: Organisation, *, on: date) -> tuple[Interest, ...]:
    """Who has to do with the accused: the department named, those its name leads to, those where its people work."""
    accused = facts.accused_department
    chosen = (Interest(accused, "被举报的部门"),) if accused in organisation.units and accused is not None else ()
    staff = (Interest(code, "被举报的人在这里工作") for code in facts.staff_of if code in organisation.units)
    names = (facts.accused_name, *facts.other_names)
    named = [interest for name in names for interest in interests_in(name, organisation, on=on)]
    found = (*chosen, *named, *staff)
    return tuple({one.department: one for one in reversed(found)}.values())


def _families(accused: Iterable[str], organisation: Organisation) -> frozenset[str]:
    """Each with its superiors and everything under it; empty where no department is accused."""
    empty: frozenset[str] = frozenset()
    return empty.union(*(organisation.below(one) | organisation.above(one) for one in accused))


def _in_force(rules: Sequence[Row] | None, on: date) -> list[Row]:
    return in_force(rules if rules is not None else load_table("intake/routing.toml")["rule"], on=on)


def _failed(rule: Row, facts: Facts) -> str | None:
    """The first condition of the rule that the facts do not meet."""
    conditions = {
        "channels": facts.channel,
        "subjects": facts.subject,
        "topics": subject(facts.subject).topic,
        "counties": facts.county,
        "accused_kinds": facts.accused_kind,
    }
    groups = {act[0] for act in facts.acts}
    if "act_groups" in rule and not groups & set(rule["act_groups"]):
        return "act_groups"
    return next((name for name, value in conditions.items() if name in rule and value not in rule[name]), None)


def _co_departments(rule: Row, facts: Facts, organisation: Organisation, but: frozenset[str]) -> tuple[str, ...]:
    county = facts.county if rule["level"] == "county" else None
    found = (organisation.find(kind, county, but=but) for kind in rule.get("co", ()))
    return tuple(dict.fromkeys(unit.code for unit in found if unit is not None))


def _last_resort(organisation: Organisation, excluded: frozenset[str]) -> Unit:
    for kind in LAST_RESORTS:
        unit = organisation.find(kind, None, but=excluded)
        if unit is not None:
            return unit
    raise LookupError("the table of departments has no duty desk, no discipline inspection and no procuratorate")
