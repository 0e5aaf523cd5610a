"""The reporting wizard: one question a page, saved as it goes, sealed and filed at the end."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.errors import NotFound
from core.web import current
from core.web.access import public
from core.web.errors import keep_quiet
from core.web.shell import quiet_response
from core.web.uploads import allow_uploads
from intake import attachments, landmarks, queries
from intake.elsewhere import matters
from intake.place_words import place_of
from intake.public.answers import act_groups, hygiene_told
from intake.public.companies import companies_named
from intake.public.draft import Draft
from intake.public.forms import (
    HELP,
    OFFICIAL_KINDS,
    ActsForm,
    CategoryForm,
    FilesForm,
    HelpForm,
    WhatForm,
    WhenForm,
    WhereForm,
    WhoForm,
    WordsForm,
    YouForm,
)
from intake.public.receiving import received

LATER = "later"

blueprint = Blueprint("report", __name__, url_prefix="/report")
blueprint.after_request(quiet_response)
keep_quiet(blueprint)


@blueprint.record_once
def _allow_files(state: BlueprintSetupState) -> None:
    allow_uploads(state.app, "report.files", attachments.REQUEST_LIMIT, attachments.LARGEST)  # type: ignore[arg-type]


@blueprint.get("")
@public
def start() -> str:
    """What to know before starting. A portal page may hand over whom the report is about."""
    draft = Draft.current()
    name, uscc = request.args.get("name", ""), request.args.get("uscc", "")
    if name or uscc:
        draft.prefill(name, uscc)
    unfinished = url_for(f"report.{draft.where_it_stopped()}") if draft.get("channel") else None
    return render_template("intake/public/start.html", unfinished=unfinished)


@blueprint.get("/elsewhere")
@public
def elsewhere() -> str:
    """Emergencies and what other offices do, with their numbers; whoever wants to goes on here."""
    return render_template("intake/public/elsewhere.html", matters=matters())


@blueprint.route("/category", methods=["GET", "POST"])
@public
def category() -> ResponseReturnValue:
    draft = Draft.current()
    form = CategoryForm(data={"channel": draft.get("channel")})
    if not form.validate_on_submit():
        return page("category", form)
    if form.channel.data == HELP:
        return redirect(url_for("report.help_choose"))
    return _chose(draft, form.channel.data)


@blueprint.route("/help", methods=["GET", "POST"])
@public
def help_choose() -> ResponseReturnValue:
    form = HelpForm()
    if not form.validate_on_submit():
        return page("help", form)
    return _chose(Draft.current(), form.channel())


def _chose(draft: Draft, channel: str) -> Response:
    if draft.get("channel") != channel:
        draft.save(channel=channel, subject="", acts=[])
    return _onward("category")


@blueprint.route("/what", methods=["GET", "POST"])
@public
def what() -> ResponseReturnValue:
    draft = Draft.current()
    form = WhatForm(data={"subject": draft.get("subject")}).offer(draft.get("channel") or "12369")
    return _step("what", form, lambda: draft.save(subject=form.subject.data))


@blueprint.route("/acts", methods=["GET", "POST"])
@public
def acts() -> ResponseReturnValue:
    draft = Draft.current()
    form = ActsForm(data={"acts": draft.get("acts", [])})
    return _step("acts", form, lambda: draft.save(acts=form.acts.data or []))


@blueprint.route("/where", methods=["GET", "POST"])
@public
def where() -> ResponseReturnValue:
    draft = Draft.current()
    form = WhereForm(data=draft.answers)
    if form.on_map.data and (form.validate() or not form.place.errors):
        draft.save(county=form.county.data or "", place=form.place.data or "")
        return redirect(url_for("report_map.place_on_map", **_from()))
    pointed = place_of(draft.point, landmarks.known(current.session())) if draft.point else None
    return _step(
        "where",
        form,
        lambda: draft.save(county=form.county.data, place=form.place.data or ""),
        place_on_map=pointed,
    )


@blueprint.route("/who", methods=["GET", "POST"])
@public
def who() -> ResponseReturnValue:
    """The company is found by name or code among what is public; nobody has to find it."""
    draft = Draft.current()
    if not draft.may_open("who"):
        return to_first_missing(draft)
    wanted = request.form.get("accused_name", "") if request.method == "POST" else draft.get("accused_name")
    matches = companies_named(wanted) if "look_up" in request.form or request.args.get("look_up") else []
    offered = matches or [tuple(one) for one in draft.get("matches", [])]
    form = WhoForm(data=draft.answers)
    form.offer_departments(queries.department_names(current.session()))
    form.offer_matches(offered)
    if "look_up" in request.form:
        draft.save(
            accused_kind=form.accused_kind.data or "company", accused_name=form.accused_name.data or "", matches=matches
        )
        return redirect(_here("who", look_up=1))
    if form.another.data and form.validate_on_submit():
        _save_who(draft, form, dict(offered))
        return redirect(url_for("report_also.also", **_from()))
    return _step("who", form, lambda: _save_who(draft, form, dict(offered)), looked_up="look_up" in request.args)


def _save_who(draft: Draft, form: WhoForm, offered: dict[str, str]) -> None:
    name, code = form.accused_name.data or "", None
    if form.chosen.data in offered:
        code, _separator, name = form.chosen.data.partition("|")
    elif name == draft.get("accused_name"):
        code = draft.get("accused_uscc")
    official = form.accused_kind.data in OFFICIAL_KINDS
    draft.save(
        accused_kind=form.accused_kind.data,
        accused_name=name,
        accused_uscc=code or None,
        accused_department=form.accused_department.data if official else "",
        matches=[],
    )


@blueprint.route("/when", methods=["GET", "POST"])
@public
def when() -> ResponseReturnValue:
    draft = Draft.current()
    form = WhenForm(data=draft.answers)
    return _step("when", form, lambda: draft.save(when=form.when.data or ""))


@blueprint.route("/words", methods=["GET", "POST"])
@public
def words() -> ResponseReturnValue:
    draft = Draft.current()
    form = WordsForm(data=draft.answers)
    return _step("words", form, lambda: draft.save(words=form.words.data))


@blueprint.route("/files", methods=["GET", "POST"])
@public
def files() -> ResponseReturnValue:
    draft = Draft.current()
    if not draft.may_open("files"):
        return to_first_missing(draft)
    form = FilesForm()
    if form.validate_on_submit():
        problems = take_files(form, draft)
        if not problems:
            return redirect(_here("files")) if "upload" in request.form else _onward("files")
        form.files.errors = problems
    return page(
        "files",
        form,
        files=draft.sent_files,
        kept=draft.kept_originals,
        told=hygiene_told,
        largest_file=attachments.LARGEST,
    )


def take_files(form: Any, draft: Draft) -> list[str]:
    """Seal what was uploaded into the draft; the refused are named, the good ones kept."""
    data_dir, already = current.settings().data_dir, draft.files
    stored, problems = received(
        form.files.data,
        data_dir,
        files=len(draft.sent_files),
        held=sum(one.size for one in already),
        originals=form.keep_original.data,
        clamd=current.settings().clamd_url,
    )
    for file in stored:
        draft.add_file(file)
    return problems


@blueprint.post("/files/<file_id>/remove")
@public
def remove_file(file_id: str) -> ResponseReturnValue:
    draft = Draft.current()
    if file_id not in {file.id for file in draft.sent_files}:
        raise NotFound
    for gone in draft.drop_file(file_id):
        attachments.remove(gone, current.settings().data_dir)
    return redirect(url_for("report.files"))


@blueprint.route("/you", methods=["GET", "POST"])
@public
def you() -> ResponseReturnValue:
    draft = Draft.current()
    form = YouForm(data={"identity_kind": "anonymous", **draft.answers})

    def save() -> None:
        named = form.identity_kind.data == "named"
        draft.save(
            identity_kind=form.identity_kind.data,
            name=form.name.data if named else "",
            contact=form.contact.data if named else "",
        )

    return _step("you", form, save)


def _step(name: str, form: Any, save: Callable[[], None], **more: Any) -> ResponseReturnValue:
    """An answer is kept also where its turn has not come: the session may have ended while somebody was writing."""
    draft = Draft.current()
    if LATER in request.form and not _typed(form):
        return redirect(url_for("report_later.later"))
    answered = form.validate_on_submit() if draft.may_open(name) or request.method == "POST" else False
    if answered:
        save()
    if not draft.may_open(name):
        if answered:
            flash(_("超过 12 小时没有操作，前面选过的已经清除，请再选一遍。您刚写的这一项已经留下。"))
        return to_first_missing(draft)
    return _onward(name) if answered else page(name, form, **more)


def _typed(form: Any) -> bool:
    """Whether anything stands in the form that would be lost without being saved."""
    return any(one.data for one in form if one.type not in ("CSRFTokenField", "SubmitField"))


def _here(name: str, **arguments: Any) -> str:
    """The same page again, on the same way: who came from the check page goes back there."""
    return url_for(f"report.{name}", **_from(), **arguments)


def _from() -> dict[str, Any]:
    return {"from": "check"} if request.args.get("from") == "check" else {}


def _onward(name: str) -> Response:
    """To the next step, or back to the check page where the reporter came from there."""
    draft = Draft.current()
    steps = draft.steps()
    following = steps[steps.index(name) + 1] if name in steps else "where"
    if request.args.get("from") == "check" and draft.first_missing() is None:
        following = "check"
    draft.save(at=following)
    onward = "report_later.later" if LATER in request.form else f"report.{following}"
    return redirect(url_for(onward))  # type: ignore[return-value]


def to_first_missing(draft: Draft) -> Response:
    return redirect(url_for(f"report.{draft.first_missing() or 'category'}"))  # type: ignore[return-value]


def page(name: str, form: Any, **more: Any) -> str:
    draft = Draft.current()
    steps = draft.steps()
    place = steps.index(name) if name in steps else 0
    if name == "acts":
        more["act_groups"] = act_groups()
    back = url_for(f"report.{steps[place - 1]}") if place else url_for("report.start")
    return render_template(
        f"intake/public/{name if name in ('check', 'wait', 'files') else 'step'}.html",
        form=form,
        step=name,
        place=place + 1,
        count=len(steps),
        back=back,
        draft=draft,
        **more,
    )
