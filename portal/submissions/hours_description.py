"""What the OpenAPI document says of hours that are handed in: the rows, the two forms, the answer."""

from typing import Any

from flask_babel import gettext as _

from portal.monitoring.given_rows import COLUMNS, LONGEST_CELL, REQUIRED
from portal.monitoring.operations import COUNTS
from portal.submissions.observing import LARGEST_ID
from portal.submissions.operations import OBSERVATIONS

_EXAMPLE = {
    "observations": [
        {
            "station_code": "2396A",
            "station_name": "监测站",
            "area": "许昌市",
            "lon": 113.8331,
            "lat": 34.0117,
            "hour_end": "2026-11-26T08:00:00+08:00",
            "pm25": 48,
            "pm10": 54,
            "so2": 5,
            "no2": 21,
            "o3": 109,
            "co": 0.7,
        }
    ]
}
_CSV = """timepoint,stationcode,area,positionname,longitude,latitude,pm2_5,pm10,so2,no2,o3,co
2026-11-26T08:00:00,2396A,许昌市,监测站,113.8331,34.0117,48,54,5,21,109,0.7
"""


def schemas() -> dict[str, Any]:
    value = {"type": ["number", "string", "null"]}
    text = {"type": "string", "maxLength": LONGEST_CELL}
    row = {name: text if name in REQUIRED else value for name in COLUMNS}
    rejected = {name: {"type": "string"} for name in ("column", "value", "reason")}
    answer = {
        "id": text,
        "rows": {"type": "integer"},
        **{name: {"type": "integer"} for name in COUNTS},
        "new_stations": {"type": "array", "items": text},
        "rejected": {"type": "array", "items": _object({"row": {"type": "integer"}, **rejected})},
        "url": {"type": "string", "format": "uri"},
    }
    return {
        "Hour": {**_object(row), "required": list(REQUIRED)},
        "Hours": _object({"observations": {"type": "array", "minItems": 1, "items": _ref("schemas/Hour")}}),
        "HoursTaken": _object(answer),
    }


def paths(key: dict[str, Any], security: list[dict[str, Any]], refusals: dict[str, Any]) -> dict[str, Any]:
    """`key` is the parameter that every submission has; `refusals` those of all submissions."""
    area = {"name": "area", "in": "query", "schema": {"type": "string", "maxLength": 30}}
    area["description"] = _("CSV 没有写明城市时，站点所在的城市")
    number = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    }
    post = {
        "operationId": "submit_observations",
        "summary": _("提交空气小时值，核对后立即公开"),
        "description": _(
            "逐行核对，与导入命令相同：不对的行列在 rejected 里并说明原因，其余的收下，写进账本，立即公开。"
            "一行也收不下时答复 422，什么也不存。可以重复提交：空缺不会抹掉已有的数值，相同的数值不算变化。"
        ),
        "security": security,
        "parameters": [key, area],
        "requestBody": {"required": True, "content": _forms()},
        "responses": {
            "200": _answer(_("同一份内容已经收到过，没有再读")),
            "201": _answer(_("已收下并公开")),
            **refusals,
        },
    }
    get = {
        "operationId": "submitted_observations",
        "summary": _("提交的小时值怎样了"),
        "security": security,
        "parameters": [number],
        "responses": {"200": _answer(_("收下时的答复")), **{one: refusals[one] for one in ("401", "404", "429")}},
    }
    return {f"/submissions/{OBSERVATIONS}": {"post": post}, f"/submissions/{OBSERVATIONS}/{{id}}": {"get": get}}


def _forms() -> dict[str, Any]:
    return {
        "application/json": {"schema": _ref("schemas/Hours"), "example": _EXAMPLE},
        "text/csv": {"schema": {"type": "string"}, "example": _CSV},
    }


def _answer(said: str) -> dict[str, Any]:
    return {"description": said, "content": {"application/json": {"schema": _ref("schemas/HoursTaken")}}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _ref(place: str) -> dict[str, str]:
    return {"$ref": f"#/components/{place}"}
