"""A JSON object as a draft: read through the same form that editors type into, so that both are held to one rule."""

import re
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.errors import InvalidInput, Text
from core.tables import Row
from portal.publishing.kinds import DisclosureKind
from portal.publishing.record_form import LONG_TEXT, options, stored

LISTS = ("acts", "penalty_types", "quality_media")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def content_of(kind: DisclosureKind, body: Any) -> dict[str, Any]:
    """InvalidInput names each field that is unknown, of another type, missing or not allowed."""
    if not isinstance(body, dict):
        raise InvalidInput({"body": _("请求体要是一个 JSON 对象。")})
    types = {row["name"]: row["type"] for row in kind.rows}
    problems: dict[str, Text] = {name: _("没有这个字段。") for name in body if name not in types}
    typed: MultiDict[str, str] = MultiDict()
    for row in kind.rows:
        value = body.get(row["name"])
        if value is not None:
            values = value if row["type"] in LISTS and isinstance(value, list) else [value]
            misfit = _misfit(row, value, values)
            if misfit:
                problems[row["name"]] = misfit
            else:
                typed.setlist(row["name"], [str(one) for one in values])
    form = kind.form(formdata=typed, meta={"csrf": False})
    if not form.validate():
        for name, said in form.errors.items():
            problems.setdefault(str(name), str(next(iter(said))))
    if problems:
        raise InvalidInput(problems)
    return stored(form)


def longest(row: Row) -> int:
    return LONG_TEXT if row["type"] in ("long", "rich") else int(row.get("max_length", 200))


def _misfit(row: Row, value: Any, values: list[Any]) -> Text | None:
    """What the description does not allow, before the form makes invisible characters go."""
    if row["type"] in LISTS and not isinstance(value, list):
        return _("这里要一个文字列表。")
    if not all(isinstance(one, str) or (row["type"] == "money" and _is_number(one)) for one in values):
        return _("这里要一个数。") if row["type"] == "money" else _("这里要文字。")
    allowed = [one for one, _label in options(row)]
    if allowed and not set(values) <= set(allowed):
        return _("不在允许的范围内。")
    if row["type"] == "date" and not _DAY.fullmatch(values[0]):
        return _("日期要写成 2026-11-23 的样子。")
    if any(len(str(one)) > longest(row) for one in values):
        return _("最多 %(n)s 个字。", n=longest(row))
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
