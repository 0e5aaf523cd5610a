"""The composition root: the one place that knows every part.

A part adds its line to the lists below: blueprint, outbox handler, sweep, search source. Commands are put together in portal/cli.py.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask

from core.accounts import views as accounts
from core.clock import Clock, SystemClock
from core.config import Settings
from core.outbox import Handler, Sweep, Worker
from core.web import browser_session, health, request_log
from core.web.current import EXTENSION, House
from core.web.shell import create_shell
from portal import cli

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    accounts.blueprint,
)

HANDLERS: dict[str, Handler] = {}

SWEEPS: tuple[Sweep, ...] = (Sweep("sessions.forget_expired", timedelta(hours=1), browser_session.forget_expired),)


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    request_log.configure()
    app = create_shell(settings or Settings.from_environ(), clock or SystemClock())
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["create_worker"] = lambda: create_worker(app)
    cli.install(app)
    return app


def services(app: Flask) -> dict[str, Any]:  # noqa: ARG001 - services arrive with their parts
    """What jobs need beside the database."""
    return {}


def create_worker(app: Flask) -> Worker:
    house: House = app.extensions[EXTENSION]
    return Worker(
        house.database,
        settings=house.settings,
        clock=house.clock,
        handlers=HANDLERS,
        sweeps=SWEEPS,
        services=services(app),
    )
