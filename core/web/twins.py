"""The JSON beside a page: its own address with .json behind it, told in the page's head so that programs find it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

View = TypeVar("View", bound=Callable[..., Any])
JSON = ".json"
_ATTRIBUTE = "_mingjian_questions"


def answers(*names: str) -> Callable[[View], View]:
    """The JSON of a page takes these questions over from it."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, frozenset(names))
        return view

    return mark


def twin_address() -> str | None:
    """Where the JSON of this request's page is, asked the same; None where the page has none."""
    path = "/index.json" if request.path == "/" else f"{request.path}{JSON}"
    endpoint = _endpoint(path) if request.url_rule is not None else None
    if endpoint is None:
        return None
    understood: Iterable[str] = getattr(current_app.view_functions[endpoint], _ATTRIBUTE, ())
    asked = {name: value for name, value in request.args.items() if value and name in understood}
    return f"{path}?{urlencode(asked)}" if asked else path


def _endpoint(path: str) -> str | None:
    """Only where a route ends in .json itself: an id that happens to end so is another page, not this one's JSON."""
    try:
        rule, _values = current_app.create_url_adapter(request).match(path, "GET", return_rule=True)  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return None
    return str(rule.endpoint) if rule.rule.endswith(JSON) else None
