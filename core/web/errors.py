"""One place turns a refusal into a page."""

from typing import Any

import structlog
from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.errors import DomainError, SignInRequired, Text
from core.web import problems

log = structlog.get_logger()


class StaleForm(DomainError):
    code = "stale_form"
    status = 400
    default_message = _l("这个页面打开得太久，或浏览器不保存 Cookie。请返回上一页，刷新后再提交；您填的内容还在。")


def install(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(SignInRequired, _to_sign_in)
    app.register_error_handler(CSRFError, lambda _error: _refusal(StaleForm()))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _refusal(error: DomainError) -> ResponseReturnValue:
    return _page(error.status, error=error, message=error.message)


def _to_sign_in(error: SignInRequired) -> ResponseReturnValue:
    if problems.wanted():
        return _refusal(error)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    return _page(error.code, error=error, message=None)


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("database_unavailable", endpoint=request.endpoint, error=type(error.orig).__name__)
    return _page(503, error=error, message=None)


def _broken(error: Exception) -> ResponseReturnValue:
    log.exception("request_failed", endpoint=request.endpoint, request_id=g.get("request_id"))
    return _page(500, error=error, message=None)


def _page(status: int, *, error: Exception, message: Text | None) -> ResponseReturnValue:
    if problems.wanted():
        return problems.problem(status, error, message)
    context: dict[str, Any] = {"status": status, "error": error, "message": message}
    try:
        return render_template(f"errors/{status}.html", **context), status
    except TemplateNotFound:
        return render_template("errors/400.html" if status < 500 else "errors/500.html", **context), status
