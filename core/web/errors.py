"""One place turns a refusal into a page, and gives back what was typed where a form came too late."""

from typing import Any

import structlog
from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.errors import DomainError, SignInRequired, Text
from core.web import problems
from core.web.past import NoPast, NoSuchDay

log = structlog.get_logger()


class StaleForm(DomainError):
    code = "stale_form"
    status = 400
    default_message = _l("这个页面打开得太久，或浏览器不保存 Cookie，所以这次没有提交。")


LONG_TEXT = 8
SECRETS = ("password", "code", "csrf_token")
QUIET = "QUIET_BLUEPRINTS"


def keep_quiet(blueprint: Blueprint) -> None:
    """The pages of refusal of this blueprint have a way out and no navigation, and its late forms may be sent again."""
    blueprint.record_once(lambda state: state.app.config.setdefault(QUIET, set()).add(blueprint.name))


def install(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal)
    for no_past in (NoPast, NoSuchDay):
        app.register_error_handler(no_past, _without_past)
    app.register_error_handler(SignInRequired, _to_sign_in)
    app.register_error_handler(CSRFError, lambda _error: _too_late())
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _refusal(error: DomainError) -> ResponseReturnValue:
    return _page(error.status, error=error, message=error.message)


def _without_past(error: DomainError) -> ResponseReturnValue:
    return _page(error.status, name="past", error=error, message=error.message)


def _too_late() -> ResponseReturnValue:
    """Nothing typed is lost: a reporter sends it again, others copy it and sign in."""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRETS and value.strip()]
    again = request.path if _is_quiet() and request.blueprint == "report" and not request.files else None
    long_texts = [value for name, value in sent if len(value) > LONG_TEXT or "\n" in value]
    return _page(
        400, name="stale", error=StaleForm(), message=StaleForm().message, sent=sent, again=again, long_texts=long_texts
    )


def _is_quiet() -> bool:
    return request.blueprint in current_app.config.get(QUIET, set())


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


def _page(status: int, *, error: Exception, message: Text | None, name: str = "", **more: Any) -> ResponseReturnValue:
    if problems.wanted():
        return problems.problem(status, error, message)
    layout = "layouts/quiet.html" if _is_quiet() else "layouts/page.html"
    context: dict[str, Any] = {"status": status, "error": error, "message": message, "layout": layout, **more}
    try:
        return render_template(f"errors/{name or status}.html", **context), status
    except TemplateNotFound:
        return render_template("errors/400.html" if status < 500 else "errors/500.html", **context), status
