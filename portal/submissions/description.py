"""The writers' part of the OpenAPI document, from the field tables that the forms are made from."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from core.tables import Row
from portal.publishing.kinds import DisclosureKind
from portal.publishing.record_form import options
from portal.submissions import hours_description
from portal.submissions.models import LONGEST_IDEMPOTENCY_KEY
from portal.submissions.reading import LISTS, longest

SCHEME = "SubmissionKey"
_SECURITY: list[dict[str, Any]] = [{SCHEME: []}]
_REFUSALS = ("401", "403", "404", "409", "422", "429")


def security_schemes() -> dict[str, Any]:
    said = _("管理员发给部门系统的密钥，只用于提交草稿和小时值；读取不需要密钥。")
    return {SCHEME: {"type": "http", "scheme": "bearer", "description": said}}


def schemas() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("id", "kind", "state")}
    return {
        "Submission": {
            "type": "object",
            "required": ["id", "kind", "state", "url"],
            "properties": {**texts, "url": {"type": "string", "format": "uri"}},
            "additionalProperties": False,
        },
        **hours_description.schemas(),
    }


def paths(kinds: Iterable[DisclosureKind]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in kinds:
        found[f"/submissions/{kind.path}"] = {"post": _post(kind)}
        found[f"/submissions/{kind.path}/{{id}}"] = {"get": _get(kind)}
    refusals = _refusals("400", "413", "415", *_REFUSALS)
    return found | hours_description.paths(_idempotency_key(), _SECURITY, refusals)


def _idempotency_key() -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_IDEMPOTENCY_KEY, "pattern": "^[!-~]+$"}
    return {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}


def _post(kind: DisclosureKind) -> dict[str, Any]:
    return {
        "operationId": f"submit_{kind.name}",
        "summary": _("提交草稿：%(kind)s", kind=kind.label),
        "security": _SECURITY,
        "parameters": [_idempotency_key()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(kind)}}},
        "responses": {
            "200": _answer(_("同一份内容已经收到过，没有新建")),
            "201": _answer(_("已收为草稿，等待编辑和审核")),
            **_refusals(*_REFUSALS),
        },
    }


def _get(kind: DisclosureKind) -> dict[str, Any]:
    place = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": f"submitted_{kind.name}",
        "summary": _("提交的草稿到了哪一步：%(kind)s", kind=kind.label),
        "security": _SECURITY,
        "parameters": [place],
        "responses": {"200": _answer(_("现在的状态")), **_refusals("401", "404", "429")},
    }


def _answer(said: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Submission"}
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _refusals(*codes: str) -> dict[str, Any]:
    return {code: {"$ref": "#/components/responses/Problem"} for code in codes}


def _body(kind: DisclosureKind) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [row["name"] for row in kind.rows if row["required"]],
        "properties": {row["name"]: {**_schema(row), "description": row["label"]} for row in kind.rows},
        "additionalProperties": False,
    }


def _schema(row: Row) -> dict[str, Any]:
    schema = _needed(row)
    return schema if row["required"] else {"anyOf": [schema, {"type": "null"}]}


def _needed(row: Row) -> dict[str, Any]:
    allowed = [value for value, _label in options(row)]
    if row["type"] in LISTS:
        return {"type": "array", "items": {"type": "string", "enum": allowed}}
    if allowed:
        return {"type": "string", "enum": allowed}
    if row["type"] == "date":
        return {"type": "string", "format": "date"}
    if row["type"] == "money":
        return {"type": ["string", "number"]}
    return {"type": "string", "maxLength": longest(row), **({"minLength": 1} if row["required"] else {})}
