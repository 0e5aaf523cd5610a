"""The OpenAPI 3.1 document, written from the declared resources: it cannot say anything that the code does not do."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from portal.opendata.api.resource import Resource
from portal.opendata.datasets import Column, Type
from portal.opendata.parameters import Parameter

_FILE = {
    "type": "object",
    "required": ["number", "name", "media_type", "size", "sha256", "url"],
    "properties": {
        "number": {"type": "integer"},
        "name": {"type": "string"},
        "media_type": {"type": "string"},
        "size": {"type": "integer"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "url": {"type": "string", "format": "uri"},
    },
    "additionalProperties": False,
}
_SCHEMAS: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.HTML: {"type": "string", "contentMediaType": "text/html"},
    Type.INTEGER: {"type": "integer"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.NUMBER: {"type": "number"},
    Type.MONEY: {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
    Type.DAY: {"type": "string", "format": "date"},
    Type.INSTANT: {"type": "string", "format": "date-time"},
    Type.LIST: {"type": "array", "items": {"type": "string"}},
    Type.FILES: {"type": "array", "items": _FILE},
}
_LINK = {"type": ["string", "null"], "format": "uri"}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def document(resources: Iterable[Resource], *, title: str, description: str, base_url: str) -> dict[str, Any]:
    found = list(resources)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": description},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": {one.path: {"get": _operation(one)} for one in found},
        "components": {
            "schemas": {"Problem": _PROBLEM, **{schema_name(one): item_schema(one) for one in found}},
            "responses": {"Problem": _problem_response()},
            "headers": {name: {"schema": {"type": "integer"}} for name in RATE_HEADERS},
        },
    }


def schema_name(resource: Resource) -> str:
    return "".join(word.capitalize() for word in resource.name.split("_")[1:]) + ("Item" if resource.is_list else "")


def column_schema(column: Column) -> dict[str, Any]:
    schema = dict(_SCHEMAS[column.type])
    if column.options:
        allowed = [value for value, _label in column.options]
        if column.type is Type.LIST:
            schema["items"] = {"type": "string", "enum": allowed}
        else:
            schema["enum"] = allowed
    if not column.is_required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    parts = (str(column.label), column.code, column.unit, str(column.note))
    return {**schema, "description": " · ".join(part for part in parts if part)}


def item_schema(resource: Resource) -> dict[str, Any]:
    """Nothing is required where the asker may choose the fields."""
    chooses = any(one.name == "fields" for one in resource.parameters)
    return {
        "type": "object",
        "required": [] if chooses else [one.name for one in resource.columns],
        "properties": {one.name: column_schema(one) for one in resource.columns},
        "additionalProperties": False,
    }


def _operation(resource: Resource) -> dict[str, Any]:
    codes = ("404", "410", "422", "429") if resource.keys else ("404", "422", "429")
    return {
        "operationId": resource.name,
        "summary": str(resource.title),
        "parameters": [
            *(_parameter(one, "path") for one in resource.keys),
            *(_parameter(one, "query") for one in resource.parameters),
        ],
        "responses": {
            "200": {
                "description": str(resource.title),
                "headers": {name: _ref(f"headers/{name}") for name in RATE_HEADERS},
                "content": {"application/json": {"schema": _answer_schema(resource)}},
            },
            "304": {"description": _("没有变化")},
            **{code: _ref("responses/Problem") for code in codes},
        },
    }


def _parameter(one: Parameter, place: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": one.name,
        "in": place,
        "required": place == "path",
        "description": str(one.note),
        "schema": dict(one.schema),
    }
    if one.schema.get("type") == "array":
        said |= {"style": "form", "explode": False}
    return said


def _answer_schema(resource: Resource) -> dict[str, Any]:
    item = _ref(f"schemas/{schema_name(resource)}")
    if not resource.is_list:
        return item
    more = {one.name: column_schema(one) for one in resource.more}
    return {
        "type": "object",
        "required": ["items", "next", "previous", *more],
        "properties": {"items": {"type": "array", "items": item}, "next": _LINK, "previous": _LINK, **more},
    }


def _problem_response() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("schemas/Problem")}}
    return {"description": _("没有做到，说明原因（RFC 9457）"), "content": content}


def _ref(place: str) -> dict[str, str]:
    return {"$ref": f"#/components/{place}"}


def described(columns: Sequence[Column]) -> list[dict[str, str]]:
    """The columns for people: the dictionary of a dataset."""
    return [
        {
            "name": one.name,
            "label": str(one.label),
            "type": one.type.value,
            "code": one.code or "",
            "unit": one.unit or "",
            "note": str(one.note),
            "values": "；".join(f"{value} {label}" for value, label in one.options),
        }
        for one in columns
    ]
