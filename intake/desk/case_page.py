"""What the page of a case shows, sealed or opened."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.coordinates import Point
from core.falsification_acts import act
from core.places import county_name
from core.sanitising import plain_lines
from core.web import current
from intake import (
    alike,
    answers,
    case_keys,
    clocks,
    competence,
    extensions,
    landmarks,
    links,
    malice,
    queries,
    reading,
    supervision,
)
from intake.case_workflow import ACTION_LABELS
from intake.deadlines import stage
from intake.desk import steps
from intake.desk.forms import PlainStepForm
from intake.desk_context import opened as opened_case
from intake.ladder import RUNGS
from intake.models import CaseEvent, Report
from intake.place_map import Window, picture
from intake.place_words import place_of, words
from intake.subjects import subject
from intake.suggestions import suggest

RUNG_LABELS = {rung.id: rung.label for rung in RUNGS}
PART_LABELS = {"identity": _l("身份"), "print": _l("打印"), "file": _l("附件"), "search": _l("检索")}
AROUND_A_POINT, AT_A_GLANCE = 1, (480, 320)
SEALED_UNTIL_OPENED = ("message", "visit", "link")


def case_page(report: Report, *, opened: dict[str, Any] | None = None, typed: Any = None, typed_step: str = "") -> str:
    return render_template(
        "intake/desk/case.html",
        **shown_case(report, opened),
        typed=typed or {},
        typed_step=typed_step,
        templates=answers.TEMPLATES,
        chosen_template=request.args.get("template", ""),
    )


def shown_case(report: Report, opened: dict[str, Any] | None) -> dict[str, Any]:
    session, actor = current.session(), current.actor()
    names = queries.department_names(session)
    standing = clocks.handling(session, report)
    pending = extensions.pending_extension(session, report)
    open_steps = steps.open_steps(report)
    key = case_keys.opened(session, report, current.keyring())
    texts = reading.texts_of(session, report, key)
    read = texts if opened is not None else {}
    offered = steps.options(report, read)
    offered["to"] = [one for one in offered["to"] if one[0] != report.responsible_code or "appoint" in open_steps]
    return {
        "report": report,
        "handling": standing,
        "opened": opened,
        "has_key": key is not None,
        "subject": subject(report.subject),
        "county": county_name(report.county_code),
        "responsible": names[report.responsible_code],
        "is_responsible": steps.part_of(report) == steps.RESPONSIBLE,
        "officer": queries.person_name(session, standing.officer_id),
        "co": [names[code] for code in queries.co_departments(session, report)],
        "links": links.links_of(session, report, read),
        "link_labels": links.LINKS,
        "duplicates": queries.duplicates_of(session, report),
        "deadlines": [_deadline(one) for one in queries.deadlines_of(session, report)],
        "rungs": [(RUNG_LABELS[one.rung], one) for one in supervision.rungs_of(session, report)],
        "object_until": competence.last_day_to_object(report.regime, standing.arrived_on, current.calendar()),
        "events": [_shown(one, names, texts, opened is not None) for one in queries.events_of(session, report)],
        "steps": open_steps,
        "step_forms": {one: steps.STEPS[one].form() for one in open_steps},
        "groups": steps.GROUPS,
        "plain_steps": steps.PLAIN,
        "text_labels": steps.TEXT_LABELS,
        "fields_of": steps.fields_of,
        "options": offered,
        "labels": ACTION_LABELS,
        "pending": pending,
        "may_decide": pending is not None
        and pending.asked_by != actor.user_id
        and actor.may(Permission.DECIDE_EXTENSION)
        and steps.part_of(report) == steps.RESPONSIBLE,
        "malice_waits": malice.pending(session, report) is not None,
        "malice_mark": malice.mark_in_force(session, report),
        "extendable": clocks.extendable(session, report, current.today()),
        "form": PlainStepForm(),
    }


def opened_content(report: Report) -> dict[str, Any]:
    """NoKeyYet where this officer's key opens nothing of it."""
    case = opened_case(report)
    content = reading.body_of(report, case)
    acts = [act(code) for code in content["acts"]]
    same = alike.found(current.session(), report, content, ring=current.keyring(), actor=current.actor())
    return {
        "alike": same,
        "place": content["place"],
        "point": _on_map(content),
        "accused": content["accused"],
        "accused_names": [
            f"{one['name']} {one['uscc'] or ''}".strip() for one in (content["accused"], *content.get("others", []))
        ],
        "when": content["when"],
        "words": plain_lines(content["words"]),
        "suggestions": suggest(content["words"], channel=None)[:3],
        "acts": [one for one in acts if one],
        "named": content.get("named", False),
        "files": reading.files_of(current.session(), report, case),
        "with_originals": reading.with_originals(current.session(), report, case),
    }


def _on_map(content: dict[str, Any]) -> dict[str, Any] | None:
    """The reported point in words, with a small map around it."""
    if not content.get("point"):
        return None
    point, known = Point(*content["point"]), landmarks.known(current.session())
    around = picture(Window.around(point, AROUND_A_POINT), known, point, AT_A_GLANCE, words())
    return {"words": place_of(point, known), "picture": around, "size": AT_A_GLANCE}


def _deadline(one: Any) -> dict[str, Any]:
    how, left = stage(one.due_on, current.today(), current.calendar())
    counted = clocks.counted(current.session(), one, current.calendar())
    return {"row": one, "stage": how, "left": left, "spans": counted.spans}


def _shown(event: CaseEvent, names: dict[str, str], texts: dict[str, str | None], opened: bool) -> dict[str, Any]:
    """Some words are shown with the opened report only; the rest to whoever has the key."""
    text = texts.get(event.text_id or "") if opened or event.action not in SEALED_UNTIL_OPENED else None
    detail = event.detail
    return {
        "title": ACTION_LABELS[event.action],
        "at": event.at,
        "on": event.on_day,
        "actor": " ".join(one for one in (names.get(event.department_code or ""), event.actor_name) if one),
        "text": plain_lines(text) if text else None,
        "sealed": event.text_id is not None and text is None,
        "from": names.get(detail.get("from", "")),
        "to": names.get(detail.get("to", "")),
        "who": detail.get("officer"),
        "case": detail.get("case"),
        "kind": links.LINKS.get(detail.get("kind", "")),
        "score": detail.get("score"),
        "days": detail.get("days"),
        "is_public": event.is_public,
        "part": {"identity": _("身份"), "print": _("打印"), "file": _("附件"), "search": _("检索")}.get(
            detail.get("part", "")
        ),
    }
