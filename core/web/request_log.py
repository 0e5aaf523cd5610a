"""One structured line a request: route, status, time.

No address, no query, no agent; nothing at all for reporters' pages.
"""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from core.ids import new_id

UNLOGGED = ("/report", "/track", "/open311", "/static")
log = structlog.get_logger()


def configure() -> None:
    """JSON lines on standard error, for the web processes, the worker and the commands alike."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_arguments: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    @app.before_request
    def _start() -> None:
        g.request_id, g.started = new_id()[:12], time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        if not request.path.startswith(UNLOGGED):
            route = request.url_rule.rule if request.url_rule else None
            started = g.get("started", time.perf_counter())
            note(route, request.method, response.status_code, started, id=g.get("request_id"))
        return response


def note(route: str | None, method: str, status: int, started: float, **more: object) -> None:
    """The one line of a request."""
    ms = round((time.perf_counter() - started) * 1000, 1)
    log.info("request", method=method, route=route, status=status, ms=ms, **more)
