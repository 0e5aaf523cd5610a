"""Each step as the desk offers it: its form, the verb behind it, and who of the house it is shown to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from core.accounts.permissions import Permission
from core.errors import NotFound
from core.web import current
from core.web.forms import Form
from intake import (
    answers,
    casework,
    clocks,
    exclusion,
    extensions,
    identity_requests,
    links,
    malice,
    operations,
    queries,
)
from intake.case_workflow import WORKFLOW
from intake.desk import forms
from intake.models import Report
from intake.timeline import Desk

Take = Callable[[Any, Report, Any, Desk], object]
RESPONSIBLE, CO, ABOVE = "responsible", "co", "above"
NOTHING_READ: Mapping[str, str | None] = {}


@dataclass(frozen=True)
class Step:
    """`by`: who of the departments. `leaves`: the case may go out of our sight."""

    form: type[Form]
    take: Take
    by: str = RESPONSIBLE
    leaves: bool = False


def _words(verb: Callable[[Any, Report, str, Desk], object]) -> Take:
    return lambda session, report, form, desk: verb(session, report, form.text.data or "", desk)


def _plain(verb: Callable[[Any, Report, Desk], object]) -> Take:
    return lambda session, report, _form, desk: verb(session, report, desk)


def _visit(session: Any, report: Report, form: Any, desk: Desk) -> None:
    casework.visit(
        session,
        report,
        on=form.on.data,
        place=form.place.data,
        investigators=form.investigators.data.replace("、", "\n").replace("，", "\n").split("\n"),
        findings=form.text.data,
        desk=desk,
    )


def _merge(session: Any, report: Report, form: Any, desk: Desk) -> None:
    try:
        into = queries.case(session, form.into.data.strip().upper(), desk.actor)
    except NotFound as error:
        raise casework.WrongMerge from error
    casework.merge(session, report, into, form.text.data, desk)


def _decide_extension(session: Any, report: Report, form: Any, desk: Desk) -> None:
    granted = form.granted.data == "yes"
    extensions.decide_extension(session, report, granted=granted, reason=form.text.data, desk=desk)


STEPS: dict[str, Step] = {
    "accept": Step(forms.PlainStepForm, _plain(operations.accept)),
    "investigate": Step(forms.PlainStepForm, _plain(operations.investigate)),
    "decide": Step(forms.PlainStepForm, _plain(casework.decide)),
    "close": Step(forms.PlainStepForm, _plain(operations.close)),
    "decline": Step(
        forms.GroundForm, lambda s, r, f, d: operations.decline(s, r, f.text.data, d, ground=f.ground.data)
    ),
    "assign": Step(forms.AssignForm, lambda s, r, f, d: casework.assign(s, r, f.officer.data, d)),
    "visit": Step(forms.VisitForm, _visit),
    "reply": Step(forms.TextForm, _words(operations.reply)),
    "transfer": Step(
        forms.ToForm, lambda s, r, f, d: operations.transfer(s, r, f.to.data, f.text.data, d), leaves=True
    ),
    "return": Step(forms.TextForm, _words(operations.give_back), leaves=True),
    "hand_over": Step(forms.TextForm, _words(casework.hand_over), leaves=True),
    "invite": Step(forms.ToForm, lambda s, r, f, d: casework.invite(s, r, f.to.data, f.text.data, d)),
    "ask_extension": Step(
        forms.AskExtensionForm, lambda s, r, f, d: extensions.ask_extension(s, r, f.days.data, f.text.data, d)
    ),
    "decide_extension": Step(forms.DecideExtensionForm, _decide_extension),
    "pause": Step(forms.PauseForm, lambda s, r, f, d: casework.pause(s, r, f.reason.data, f.text.data, d)),
    "resume": Step(forms.TextForm, _words(casework.resume)),
    "merge": Step(forms.MergeForm, _merge),
    "link": Step(forms.LinkForm, lambda s, r, f, d: links.link(s, r, f.kind.data, f.text.data, d)),
    "unlink": Step(forms.UnlinkForm, lambda s, r, f, d: links.unlink(s, r, f.link.data, f.text.data, d)),
    "recuse": Step(
        forms.RecuseForm, lambda s, r, f, d: casework.recuse(s, r, f.officer.data, f.text.data, d), leaves=True
    ),
    "name_involved": Step(
        forms.InvolvedForm,
        lambda s, r, f, d: exclusion.name_involved(s, r, f.involved.data, f.text.data, d),
        leaves=True,
    ),
    "reopen": Step(forms.TextForm, _words(operations.reopen)),
    "note": Step(forms.TextForm, _words(operations.note)),
    "contribute": Step(forms.TextForm, _words(casework.contribute), by=CO),
    "ask_identity": Step(
        forms.AskIdentityForm, lambda s, r, f, d: identity_requests.ask(s, r, f.text.data, f.basis.data, d)
    ),
    "propose_malice": Step(forms.MaliceForm, lambda s, r, f, d: malice.propose(s, r, f.text.data, f.basis.data, d)),
    "confirm_malice": Step(forms.TextForm, _words(malice.confirm)),
    "refuse_malice": Step(forms.TextForm, _words(malice.refuse)),
    "uphold_malice": Step(
        forms.TextForm, lambda s, r, f, d: malice.settle(s, r, f.text.data, d, lifted=False), by=ABOVE
    ),
    "lift_malice": Step(forms.TextForm, lambda s, r, f, d: malice.settle(s, r, f.text.data, d, lifted=True), by=ABOVE),
    "appoint": Step(forms.ToForm, lambda s, r, f, d: casework.appoint(s, r, f.to.data, f.text.data, d), by=ABOVE),
}

# How the case page groups them; what is not here is a plain button or a decision shown on top.
GROUPS = (
    (_l("办理"), ("assign", "visit", "reply", "decline", "reopen")),
    (_l("转出和协办"), ("transfer", "return", "hand_over", "invite", "contribute", "appoint")),
    (_l("期限"), ("ask_extension", "pause", "resume")),
    (_l("恶意举报"), ("propose_malice", "confirm_malice", "refuse_malice", "uphold_malice", "lift_malice")),
    (_l("其他"), ("note", "link", "unlink", "merge", "recuse", "name_involved", "ask_identity")),
)
PLAIN = ("accept", "investigate", "decide", "close")
TEXT_LABELS = {
    "reply": _l("答复内容（举报人会看到）"),
    "decline": _l("说明（举报人会看到）"),
    "note": _l("记录（举报人看不到）"),
    "pause": _l("说明（举报人会看到）"),
    "resume": _l("说明（举报人会看到）"),
    "reopen": _l("理由（举报人会看到）"),
    "merge": _l("说明（举报人会看到）"),
    "link": _l("文号、统一社会信用代码或编号"),
    "unlink": _l("为什么取消"),
    "visit": _l("检查情况"),
    "name_involved": _l("怎么查明的（举报人看不到）。它和它的上下级会立刻失去这件举报的钥匙"),
    "propose_malice": _l("为什么认为是恶意举报（确认以前举报人看不到）"),
    "confirm_malice": _l("认定的理由和依据（举报人会看到，可以提出异议）"),
    "refuse_malice": _l("不认定的理由（举报人看不到）"),
    "uphold_malice": _l("维持的理由（举报人会看到）"),
    "lift_malice": _l("撤销的理由（举报人会看到）"),
    "ask_identity": _l("为什么要知道举报人是谁？两个部门的身份保管员会看到，打开以后举报人也会看到"),
    "contribute": _l("协办意见（举报人看不到）"),
}


def open_steps(report: Report) -> list[str]:
    """The steps that this reader may take now."""
    actor = current.actor()
    part = part_of(report)
    steps = WORKFLOW.open_to(report.state, actor.permissions)
    standing = clocks.handling(current.session(), report)
    fits = {
        "ask_extension": clocks.extendable(current.session(), report, current.today()) is not None
        and extensions.pending_extension(current.session(), report) is None,
        "pause": bool(clocks.pause_reasons(current.session(), report, current.today()))
        and not clocks.is_paused(current.session(), report),
        **malice.offered(current.session(), report, actor.user_id),
        "resume": clocks.is_paused(current.session(), report),
        "unlink": bool(links.links_of(current.session(), report, {})),
        **dict.fromkeys(("transfer", "return", "hand_over"), not (standing.is_appointed or standing.is_disputed)),
    }
    return [one for one in steps if one in STEPS and STEPS[one].by == part and fits.get(one, True)]


def part_of(report: Report) -> str:
    """What the reader's department is to the case."""
    actor = current.actor()
    if report.responsible_code == actor.department_code:
        return RESPONSIBLE
    return ABOVE if actor.may(Permission.SUPERVISE_REPORTS) else CO


def form_for(step: str, report: Report) -> Any:
    """The step's form with what can be chosen for this case."""
    return forms.offer(STEPS[step].form(), options(report) if STEPS[step].form is not forms.PlainStepForm else {})


def options(report: Report, texts: Mapping[str, str | None] = NOTHING_READ) -> dict[str, list[tuple[str, Any]]]:
    session, today = current.session(), current.today()
    kept_out = operations.excluded_codes(session, report)
    names = queries.departments_on(session, today)
    people = [(one.id, one.display_name) for one in casework.possible_officers(session, report)]
    return {
        "to": [(code, name) for code, name in names.items() if code not in kept_out],
        "involved": [(code, name) for code, name in names.items() if code not in kept_out],
        "officer": people,
        "ground": [(one.code, one.label) for one in answers.grounds(today)],
        "reason": list(clocks.pause_reasons(session, report, today).items()),
        "kind": list(links.LINKS.items()),
        "link": [(str(one.number), _named(one)) for one in links.links_of(session, report, texts)],
    }


def _named(one: links.Link) -> str:
    return f"{links.LINKS[one.kind]} {one.target or f'#{one.number}'}"


def fields_of(form: Any) -> list[Field]:
    return [one for one in form if one.name not in ("csrf_token", "text")]
