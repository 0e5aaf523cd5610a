"""A JSON object as a draft: read through the same form that editors type into, so that both are held to one rule."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.errors import InvalidInput, Text
from portal.publishing.kinds import DisclosureKind
from portal.publishing.record_form import stored

LISTS = ("acts", "penalty_types", "quality_media")


def content_of(kind: DisclosureKind, body: Any) -> dict[str, Any]:
    """InvalidInput names each field that is unknown, of another type, missing or not allowed."""
    if not isinstance(body, dict):
        raise InvalidInput({"body": _("请求体要是一个 JSON 对象。")})
    types = {row["name"]: row["type"] for row in kind.rows}
    problems: dict[str, Text] = {name: _("没有这个字段。") for name in body if name not in types}
    typed: MultiDict[str, str] = MultiDict()
    for name, value in body.items():
        if name in types and value is not None:
            values = value if types[name] in LISTS else [value]
            if isinstance(values, list) and all(_is_plain(one) for one in values):
                typed.setlist(name, [str(one) for one in values])
            else:
                problems[name] = _("这里要一个文字列表。") if types[name] in LISTS else _("这里要文字或数字。")
    form = kind.form(formdata=typed, meta={"csrf": False})
    if not form.validate():
        for name, said in form.errors.items():
            problems.setdefault(str(name), str(next(iter(said))))
    if problems:
        raise InvalidInput(problems)
    return stored(form)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
