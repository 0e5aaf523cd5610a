"""Manifests for the public as files, and the editors' page that makes them."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput, GovTextInput
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import InputRequired, Length, Regexp

from core.accounts.permissions import Permission
from core.errors import InvalidInput, Text
from core.web import current
from core.web.access import permit, public
from core.web.forms import Form, choices
from portal.completeness.operations import authorities, make_manifest, withhold
from portal.editorial.navigation import navigation
from portal.publishing import queries
from portal.publishing.kinds import all_kinds
from portal.publishing.models import PublicRecord
from portal.publishing.operations import DuplicateDecision

COLUMNS = ("number", "kind", "on_day", "due_on", "state", "published_on", "late", "how_ended", "reason", "record")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

public_files = Blueprint("manifest_files", __name__)
blueprint = Blueprint("completeness", __name__, url_prefix="/editorial")
blueprint.context_processor(navigation)


STATES: dict[str, tuple[Text, str]] = {
    "published": (_l("已公开"), "good"),
    "ended": (_l("公开后依法停止"), "neutral"),
    "withheld": (_l("不公开，有理由"), "info"),
    "pending": (_l("期限内，办理中"), "neutral"),
    "overdue": (_l("逾期未公开，未说明理由"), "bad"),
}
ENDINGS = {"expired": _l("公示期满"), "repaired": _l("已信用修复"), "withdrawn": _l("已撤回")}


@public_files.app_context_processor
def _words() -> dict[str, Any]:
    """What the lines of a manifest are called, for the page that every kind shares."""
    kinds = {kind.name: kind for kind in all_kinds()}
    return {"manifest_words": {"kinds": kinds, "states": STATES, "endings": ENDINGS}}


class ManifestForm(Form):
    authority = SelectField(_l("机关"), widget=GovSelect(), validators=[InputRequired(_l("请选择机关。"))])
    month = StringField(
        _l("月份"),
        description=_l("写成 2026-10 的样子；只能生成已经结束的月份"),
        widget=GovTextInput(),
        validators=[
            InputRequired(_l("请填写月份。")),
            Regexp(r"^\d{4}-\d{2}$", message=_l("月份写成 2026-10 的样子。")),
        ],
    )
    submit = SubmitField(_l("生成并提交审核"), widget=GovSubmitInput())


class WithholdForm(Form):
    reason = StringField(
        _l("不公开的理由（会写进清单，不要写当事人）"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("请写明理由。")), Length(max=300)],
    )
    basis = StringField(
        _l("法律依据"), widget=GovTextInput(), validators=[InputRequired(_l("请写明依据。")), Length(max=300)]
    )
    submit = SubmitField(_l("记录"), widget=GovSubmitInput())


@public_files.get("/manifests/<record_id>/lines.csv")
@public
def lines_csv(record_id: str) -> Response:
    """For a spreadsheet: UTF-8 with its mark, and nothing that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(one.get(name)) for name in COLUMNS] for one in _lines(record_id))
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=manifest-{record_id}.csv"
    return response


@public_files.get("/manifests/<record_id>/lines.json")
@public
def lines_json(record_id: str) -> Response:
    record = _record(record_id)
    head = {name: value for name, value in record.body.items() if name != "lines"}
    return jsonify({**head, "record": record.id, "lines": record.body["lines"]})


@blueprint.route("/manifests", methods=["GET", "POST"])
@permit(Permission.DRAFT_DISCLOSURE)
def make() -> ResponseReturnValue:
    session, form = current.session(), ManifestForm()
    known = authorities(session) if request.method == "POST" else _known()
    form.authority.choices = choices([(one, one) for one in known])
    if form.validate_on_submit():
        who: dict[str, Any] = {"calendar": current.calendar(), "actor": current.actor(), "at": current.now()}
        try:
            made = make_manifest(session, form.authority.data or "", form.month.data or "", **who)
        except InvalidInput as refusal:
            form.month.errors = [str(one) for one in refusal.errors.values()]
        except DuplicateDecision:
            form.month.errors = [_("这个机关这个月的清单已经生成。")]
        else:
            flash(_("已生成清单并提交审核。"), "good")
            return redirect(url_for("editorial.disclosure", disclosure_id=made.id))
    return render_template("portal/completeness/make.html", form=form), 422 if form.errors else 200


@blueprint.route("/<disclosure_id>/withhold", methods=["GET", "POST"])
@permit(Permission.DRAFT_DISCLOSURE)
def withhold_one(disclosure_id: str) -> ResponseReturnValue:
    found, form = queries.disclosure(current.session(), disclosure_id), WithholdForm()
    if form.validate_on_submit():
        withhold(current.session(), found, form.reason.data or "", form.basis.data or "", actor=current.actor())
        flash(_("已记录不公开的理由，会写进这个月的清单。"), "good")
        return redirect(url_for("editorial.disclosure", disclosure_id=disclosure_id))
    return render_template("portal/completeness/withhold.html", form=form), 422 if form.errors else 200


def _known() -> list[str]:
    """The authorities of what is on the desk or public, without writing anything."""
    session = current.session()
    names = {name for kind in ("penalty", "blacklist", "notice") for name in queries.authorities(session, kind)}
    return sorted(names | queries.drafted_authorities(session))


def _record(record_id: str) -> PublicRecord:
    return queries.record(current.session(), "manifest", record_id)


def _lines(record_id: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = _record(record_id).body["lines"]
    return lines


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
