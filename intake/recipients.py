"""Who may hold a key to a report. The rule on which everything else rests: whoever is excluded gets no envelope, ever.

The responsible department and those that help get the report's key. Where the responsible one has nobody yet who could
open it, a caretaker (duty desk, discipline inspection, procuratorate) keeps it until somebody is there. The escrow gets
one unless its own department is excluded. Who the reporter is goes to custodians alone: to all of the caretakers' that
are not excluded, so that two of them can open it together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from core.errors import DomainError


class NobodyCanOpen(DomainError):
    """Filing is refused rather than sealed to nobody; what was typed stays with the reporter."""

    code = "nobody_can_open"
    status = 503
    default_message = _l("平台还没有能打开这件举报的部门，暂时不能接收。您填写的内容还在，请改用电话或信件反映。")


@dataclass(frozen=True)
class Holders:
    """What there is to seal to: departments with a living key, with custodians, the escrow's own department."""

    departments: frozenset[str] = frozenset()
    custodians: frozenset[str] = frozenset()
    escrow_department: str | None = None


@dataclass(frozen=True)
class Case:
    """What the rule looks at. `caretakers` in the order in which they are asked."""

    responsible: str
    co: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    caretakers: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Recipients:
    departments: frozenset[str]
    custodians: frozenset[str]
    escrow: bool


def recipients(case: Case, holders: Holders) -> Recipients:
    """NobodyCanOpen where the report, or the identity, would be sealed to nobody."""
    open_to = holders.departments - case.excluded
    departments = (frozenset({case.responsible}) | case.co) & open_to
    if case.responsible not in departments:
        departments |= _first(case.caretakers, open_to)
    custodians = frozenset(case.caretakers) & (holders.custodians - case.excluded)
    escrow = holders.escrow_department is not None and holders.escrow_department not in case.excluded
    if not escrow and not (departments and custodians):
        raise NobodyCanOpen
    return Recipients(departments, custodians, escrow)


def _first(candidates: Iterable[str], among: frozenset[str]) -> frozenset[str]:
    return frozenset(next(([one] for one in candidates if one in among), []))
