"""The board's filter bar: what may be asked, and what was."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.editorial.board import GROUPS, BoardFilters
from portal.editorial.board_sql import CLOCK, REVIEWERS, waited_for
from portal.publishing.kinds import all_kinds
from portal.publishing.workflow import STATES


def filters_of(arguments: Mapping[str, str], offered: Sequence[tuple[str, str]]) -> BoardFilters:
    """What was asked; a value that nothing offers is no filter. `offered`: whom things wait for, with names."""
    kinds = {kind.name for kind in all_kinds()}
    return BoardFilters(
        scope=_among(arguments.get("scope"), ("mine", "waits")),
        group=_among(arguments.get("state"), GROUPS),
        kind=_among(arguments.get("kind"), kinds),
        whom=_among(arguments.get("whom"), [whom for whom, _name in offered]),
        late=arguments.get("late") == "1",
    )


def offered_to(session: Session) -> list[tuple[str, str]]:
    """Whom anything can wait for: the reviewers and the clock always, others while something does."""
    return [(REVIEWERS, _("审核人")), (CLOCK, _("到时自动公开")), *waited_for(session)]


def board_fields(filters: BoardFilters, offered: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        _field("scope", _("范围"), filters.scope, [("waits", _("等我办的")), ("mine", _("我起草的"))]),
        _field("state", _("状态"), filters.group, [(name, STATES[name][0]) for name in GROUPS]),
        _field("kind", _("类别"), filters.kind, [(kind.name, kind.label) for kind in all_kinds()]),
        _field("whom", _("等谁"), filters.whom, list(offered)),
        _field("late", _("期限"), "1" if filters.late else None, [("1", _("已逾期"))]),
    ]


def _field(name: str, label: str, value: str | None, options: list[tuple[str, Any]]) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "options": options}


def _among(value: str | None, offered: Any) -> str | None:
    return value if value in offered else None
