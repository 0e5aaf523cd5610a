"""A page's content for programs: JSON that any page may read, with a tag so that an unchanged one costs little."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from flask import Response, request


def json_answer(content: Mapping[str, Any]) -> Response:
    """Days as 2026-11-23, instants in UTC; what is translated is in the reader's language."""
    response = Response(json.dumps(content, ensure_ascii=False, default=_plain), content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    return str(value)  # sentences that are translated when they are said
