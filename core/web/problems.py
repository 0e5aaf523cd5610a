"""Refusals for programs: problem+json (RFC 9457), wherever an address belongs to the API or ends in .json."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request

from core.errors import DomainError, InvalidInput, Text
from core.web import current

MEDIA_TYPE = "application/problem+json"
API = "/api/"
EXAMPLES = ("refused", "not_found", "gone", "invalid_input", "too_many_requests")


def wanted() -> bool:
    """Whether this request's answers are for a program."""
    return request.path.startswith(API) or request.path.endswith(".json")


def problem(status: int, error: Exception, message: Text | None) -> Response:
    """`type` leads to the explanation of the code; `errors` names the parameters or fields that are wrong."""
    code = error.code if isinstance(error, DomainError) else HTTPStatus(status).name.lower()
    said: dict[str, object] = {
        "type": f"{current.settings().base_url}/api/docs#problem-{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }
    if message:
        said["detail"] = str(message)
    if isinstance(error, InvalidInput):
        said["errors"] = _sentences(error.errors)
    if isinstance(basis := getattr(error, "basis", None), str):
        said["basis"] = basis
    return Response(json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def _sentences(errors: Mapping[str, Text]) -> dict[str, str]:
    return {name: str(sentence) for name, sentence in errors.items()}
