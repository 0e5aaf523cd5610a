"""The application without its subjects: one session a request, access by rule, headers, languages, errors, logs."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request, session
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from core.accounts.actor import ANONYMOUS, Actor
from core.accounts.models import User
from core.clock import Clock
from core.config import Settings
from core.database import Database, unit_of_work
from core.errors import Forbidden, NotFound
from core.tables import ROOT
from core.web import access, current, errors, filters, headers, languages, limits, page_cache, past, request_log, twins
from core.web.browser_session import USER_KEY, SealedSessionInterface
from core.web.current import EXTENSION, House
from core.web.uploads import HouseRequest

SAFE_METHODS = ("GET", "HEAD")
BODY_LIMIT = 2 * 1024 * 1024
log = structlog.get_logger()


class Shell(Flask):
    """Flask with the house rule for a request: find out who it is, whether they may, and open the one session."""

    request_class = HouseRequest

    def dispatch_request(self) -> ResponseReturnValue:
        g.actor = ANONYMOUS
        if request.routing_exception is not None or request.endpoint == "static" or request.method == "OPTIONS":
            return super().dispatch_request()
        if "\x00" in request.path or any("\x00" in one for _n, one in request.args.items(multi=True)):
            raise NotFound
        house: House = self.extensions[EXTENSION]
        safe = request.method in SAFE_METHODS
        with house.database.read() if safe else unit_of_work(house.database) as database_session:
            g.database_session = database_session
            g.actor = _who()
            self._admit(g.actor)
            past.must_have(self.view_functions[request.endpoint or ""])
            return super().dispatch_request()

    def _admit(self, actor: Actor) -> None:
        rule = access.rule_of(self.view_functions[request.endpoint or ""])
        if rule is None:
            raise Forbidden(endpoint=request.endpoint)
        rule(actor)


def create_shell(settings: Settings, clock: Clock) -> Shell:
    app = Shell("mingjian", root_path=str(ROOT), template_folder="templates", static_folder="static")
    secret_key = settings.read_secret(settings.secret_key_file)
    app.extensions[EXTENSION] = House(settings, Database(settings.database_url, clock), clock, secret_key)
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME="__Host-mingjian" if settings.is_https else "mingjian",
        SESSION_COOKIE_SECURE=settings.is_https,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    app.session_interface = SealedSessionInterface(settings.boot_key())
    app.view_functions["static"] = access.public(app.view_functions["static"])
    _templates(app)
    CSRFProtect(app)
    page_cache.install(app, app.extensions[EXTENSION].database.version.mark, clock)
    limits.install(app, settings.redis_url)
    languages.install(app)
    filters.install(app)
    headers.install(app)
    request_log.install(app)
    errors.install(app)
    return app


def _who() -> Actor:
    user_id = session.get(USER_KEY)
    user = current.session().get(User, user_id) if user_id else None
    return user.as_actor() if user is not None and user.is_active else ANONYMOUS


def _templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            app.jinja_loader,  # type: ignore[list-item]
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = lambda path: _asset(app, path)
    WTFormsHelpers(app)

    @app.context_processor
    def _house() -> dict[str, Any]:
        return {
            "site": current.settings(),
            "actor": g.get("actor", ANONYMOUS),
            "now": current.now(),
            "today": current.today(),
            "twin_address": twins.twin_address,
            "csrf_token": generate_csrf,
        }


def _asset(app: Flask, path: str) -> str:
    """The address of a static file with its content's hash, so that a browser may keep it for a year."""
    version = _content_hash(path) if not app.debug else "dev"
    return f"{app.static_url_path}/{path}?v={version}"


@cache
def _content_hash(path: str) -> str:
    file: Path = ROOT / "static" / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "missing"


def quiet_response(response: Response) -> Response:
    """For pages that hold something personal: kept by nobody, told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
