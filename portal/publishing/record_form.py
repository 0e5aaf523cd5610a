"""Forms and readers made from a field table, so that a field is described once: for editors, imports and pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovInput,
    GovSelect,
    GovSubmitInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    DecimalField,
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from core.falsification_acts import ACTS
from core.identifiers import check_uscc
from core.places import COUNTIES
from core.tables import Row, load_table
from core.web.forms import Form, choices
from portal.publishing.kinds import RecordField

LONG_TEXT = 20_000
MOST_MONEY = 100_000_000  # 万元


class GovDate(GovInput):
    input_type = "date"


def record_fields(rows: Sequence[Row]) -> tuple[RecordField, ...]:
    return tuple(RecordField(row["name"], row.get("code"), row["label"], row["is_public"]) for row in rows)


def record_form(name: str, rows: Sequence[Row]) -> type[Form]:
    """A form class with one field a row, in the order of the table."""
    fields = {row["name"]: _MAKERS[row["type"]](row) for row in rows}
    return type(name, (Form,), {**fields, "submit": SubmitField(_l("保存草稿"), widget=GovSubmitInput())})


def options(row: Row) -> list[tuple[str, str]]:
    """The (value, label) pairs that a field of this row may hold; empty for free text."""
    kind = row["type"]
    if kind == "acts":
        return [(act.code, f"{act.code} {act.name}") for act in ACTS]
    if kind == "county":
        return [(one.code, one.name) for one in COUNTIES]
    if kind == "penalty_types":
        types = load_table("portal/enforcement/penalty_types.toml")["penalty_type"]
        return [(one["code"], one["name"]) for one in types]
    if kind == "quality_media":
        media = load_table("portal/publishing/consultation.toml")["medium"]
        return [(one["code"], one["label"]) for one in media]
    if kind == "release":
        rows = load_table("portal/release/releases.toml")["dataset"]
        return [(one["code"], one["name"]) for one in rows if one["evidence"] == "release"]
    return [(value, label) for value, label in row.get("options", [])] or _name_laws(row)


def _name_laws(row: Row) -> list[tuple[str, str]]:
    laws = load_table("portal/publishing/name_laws.toml")["name_law"]
    return [(one["code"], one["label"]) for one in laws if row.get("of_kind") in one["kinds"]]


def stored(form: Form) -> dict[str, Any]:
    """What a form holds, as a draft keeps it: days and sums as text, empty answers as None."""
    return {name: _plain(field.data) for name, field in form._fields.items() if name not in ("submit", "csrf_token")}


def loaded(rows: Sequence[Row], draft: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as a form takes it."""
    return {row["name"]: _form_value(row["type"], draft.get(row["name"])) for row in rows}


def shown(row: Row, value: Any) -> str:
    """A value in words for people."""
    names = dict(options(row))
    if isinstance(value, list):
        return "；".join(names.get(one, str(one)) for one in value)
    return names.get(value, str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value or None


def _form_value(kind: str, value: Any) -> Any:
    if value in (None, ""):
        return [] if kind in ("acts", "penalty_types", "quality_media") else None
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "money":
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    return value


def _common(row: Row) -> dict[str, Any]:
    validator = DataRequired if row["type"] in ("text", "uscc", "long", "rich") else InputRequired
    needed = validator(_l("请填写“%(label)s”。", label=row["label"])) if row["required"] else Optional()
    return {"label": row["label"], "description": row.get("hint", ""), "validators": [needed]}


def _text(row: Row, **more: Any) -> Field:
    common = {**_common(row), **more}
    common["validators"].append(Length(max=row.get("max_length", 200), message=_too_long(row.get("max_length", 200))))
    return StringField(widget=GovTextInput(), **common)


def _uscc(row: Row) -> Field:
    return _text(row, filters=[lambda value: check_uscc(value).code if value else value])


def _long(row: Row) -> Field:
    common = _common(row)
    common["validators"].append(Length(max=LONG_TEXT, message=_too_long(LONG_TEXT)))
    return TextAreaField(widget=GovTextArea(), **common)


def _too_long(limit: int) -> Any:
    return _l("最多 %(n)s 个字。", n=limit)


def _date(row: Row) -> Field:
    return DateField(widget=GovDate(), **_common(row))


def _money(row: Row) -> Field:
    common = _common(row)
    common["validators"].append(
        NumberRange(min=0, max=MOST_MONEY, message=_l("金额要在 0 到 %(most)s 之间。", most=MOST_MONEY))
    )
    return DecimalField(widget=GovTextInput(), places=None, **common)


def _select(row: Row) -> Field:
    offered = choices([("", _l("请选择")), *options(row)])
    return SelectField(widget=GovSelect(), choices=offered, **_common(row))


def _several(row: Row) -> Field:
    common = _common(row)
    return SelectMultipleField(widget=GovCheckboxesInput(), choices=choices(options(row)), **common)


_MAKERS: dict[str, Callable[[Row], Field]] = {
    "text": _text,
    "uscc": _uscc,
    "long": _long,
    "rich": _long,
    "date": _date,
    "money": _money,
    "choice": _select,
    "name_law": _select,
    "county": _select,
    "release": _select,
    "acts": _several,
    "quality_media": _several,
    "penalty_types": _several,
}
