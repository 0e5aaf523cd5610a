"""Public pages kept as they were rendered, for as long as nothing was committed and the minute lasts.

Whether something was committed the database says by itself (core.data_version), so that a page is never older than the
data, whichever process wrote it: a withdrawn record is gone with its commit. The minute bounds what depends on the
time alone, such as the age of an hour or the end of a term. Kept is only what nobody in particular was shown: a page
without a cookie, without a session, and not marked as personal.
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request, session

from core.clock import Clock
from core.recent import Recent
from core.web import request_log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 64 * 1024 * 1024
LONGEST_QUERY = 500
SIGNAL = "Mingjian-Keep"
KEPT_TYPES = ("text/html", "text/csv")
# What has a tag answers 304 by itself; what is counted must be counted.
OTHERWISE_CHEAP = ("ETag", "RateLimit-Limit")
_COOKIES = re.compile(r"(language=\w{2})?")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    mark: tuple[str, int]
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    route: str


class PageCache:
    """Around the application: one for each process, safe for its threads. `mark` tells whether the data changed."""

    def __init__(self, application: "WSGIApplication", mark: Callable[[], str], clock: Clock) -> None:
        self._application = application
        self._mark = mark
        self._clock = clock
        self.pages: Recent[Key, Kept] = Recent(MOST_BYTES)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        started = time.perf_counter()
        mark = (self._mark(), int(self._clock.now().timestamp()) // 60)
        found = self.pages.get(key)
        if found is None or found.mark != mark:
            return self._fresh(key, mark, environ, start_response)
        start_response(found.status, found.headers)
        request_log.note(found.route, "GET", int(found.status[:3]), started, kept=True)
        return [found.body]

    def _fresh(
        self, key: Key, mark: tuple[str, int], environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        said: dict[str, Any] = {}

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Any:
            said.update(status=status, route=dict(headers).get(SIGNAL))
            said["headers"] = [(name, value) for name, value in headers if name != SIGNAL]
            return start_response(status, said["headers"], exc_info)

        body = self._application(environ, begin)
        if not said.get("route"):
            return body
        try:
            whole = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        self.pages.put(key, Kept(mark, said["status"], said["headers"], whole, said["route"]), len(whole))
        return [whole]


def _key(environ: "WSGIEnvironment") -> Key | None:
    """None where the answer may be for somebody in particular, or is not worth a place."""
    cookies, query = environ.get("HTTP_COOKIE", ""), environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] != "GET" or not _COOKIES.fullmatch(cookies) or len(query) > LONGEST_QUERY:
        return None
    if "HTTP_AUTHORIZATION" in environ or environ["PATH_INFO"].startswith(request_log.UNLOGGED):
        return None
    return (environ.get("wsgi.url_scheme", ""), environ.get("HTTP_HOST", ""), environ["PATH_INFO"], query, cookies)


def install(app: Flask, mark: Callable[[], str], clock: Clock) -> None:
    @app.after_request
    def _signal(response: Response) -> Response:
        """Tell the cache which route's page this is, where it may be kept."""
        rule = request.url_rule
        personal = bool(session) or getattr(session, "modified", False) or response.cache_control.no_store
        is_page = response.status_code == 200 and response.mimetype in KEPT_TYPES and not response.is_streamed
        is_page = is_page and not any(name in response.headers for name in OTHERWISE_CHEAP)
        if rule is not None and is_page and not personal and "Set-Cookie" not in response.headers:
            response.headers[SIGNAL] = rule.rule
        return response

    app.wsgi_app = PageCache(app.wsgi_app, mark, clock)  # type: ignore[method-assign]
