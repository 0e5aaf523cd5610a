"""关联: what a case has to do with a penalty, a lead in the data, a company, another case; and taking that back.

The target lies sealed in the words of its step: it would name the accused. It is for who handles the case, after
opening it; never for the reporter, the public or another system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import DomainError, InvalidInput, NotFound, Text
from core.identifiers import check_uscc
from intake import queries
from intake.models import CaseEvent, Report
from intake.operations import WrongTarget, take_step
from intake.timeline import Desk, add_event

LINK, UNLINK = "link", "unlink"
LINKS: dict[str, Text] = {
    "penalty": _l("处罚决定"),
    "lead": _l("数据异常线索"),
    "entity": _l("企业"),
    "case": _l("另一件举报"),
}


class NoSuchLink(DomainError):
    code = "no_such_link"
    status = 409
    default_message = _l("没有这条关联，或者已经取消。")


@dataclass(frozen=True)
class Link:
    """`number` names it within its case; `target` and `address` are None while the report is not opened."""

    number: int
    kind: str
    target: str | None
    address: str | None


def link(session: Session, report: Report, kind: str, target: str, desk: Desk) -> None:
    """InvalidInput for a code or number that cannot be one, or a case that this officer does not see."""
    take_step(report, LINK, desk)
    if kind not in LINKS:
        raise WrongTarget(_l("请选择关联什么。"))
    add_event(
        session, report, LINK, desk, text=_checked(session, report, kind, target.strip(), desk), detail={"kind": kind}
    )


def unlink(session: Session, report: Report, number: str, reason: str, desk: Desk) -> None:
    """The step that linked stays in the timeline; another one says that it no longer holds, and why."""
    take_step(report, UNLINK, desk)
    standing = {str(one.id): one for one in _standing(session, report)}
    if number not in standing:
        raise NoSuchLink
    detail = {"link": standing[number].id, "kind": standing[number].detail["kind"]}
    add_event(session, report, UNLINK, desk, text=reason, detail=detail)


def links_of(session: Session, report: Report, texts: Mapping[str, str | None]) -> list[Link]:
    """Those that hold, the oldest first; `texts` are the words of the steps, as far as the reader has opened them."""
    found = []
    for one in _standing(session, report):
        kind, target = one.detail["kind"], texts.get(one.text_id or "")
        found.append(Link(one.id, kind, target, _address(kind, target) if target else None))
    return found


def _standing(session: Session, report: Report) -> Sequence[CaseEvent]:
    """The steps that linked and were not taken back."""
    statement = select(CaseEvent).where(CaseEvent.report_id == report.id, CaseEvent.action.in_((LINK, UNLINK)))
    steps = session.scalars(statement.order_by(CaseEvent.id)).all()
    undone = {one.detail.get("link") for one in steps if one.action == UNLINK}
    return [one for one in steps if one.action == LINK and one.id not in undone]


def _checked(session: Session, report: Report, kind: str, target: str, desk: Desk) -> str:
    if kind == "entity" and target.isascii():
        checked = check_uscc(target)
        if checked.problem:
            raise InvalidInput({"text": _l("统一社会信用代码不对，请核对 18 位；也可以写企业名称。")})
        return checked.code
    if kind == "case":
        number = target.upper()
        try:
            found = queries.case(session, number, desk.actor)
        except NotFound:
            raise InvalidInput({"text": _l("没有您能看到的这件举报，请核对受理编号。")}) from None
        if found.id == report.id:
            raise InvalidInput({"text": _l("不能关联到自己。")})
        return number
    return target


def _address(kind: str, target: str) -> str:
    """Where an officer finds it: the case at the desk, the company's page, or what search finds of it."""
    if kind == "case":
        return f"/desk/{target}"
    if kind == "entity" and target.isascii():
        return f"/entities/{target}"
    return f"/search?{urlencode({'q': target})}"
