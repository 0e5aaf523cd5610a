"""The demo city for tests: filled once a process and copied, because filling it takes longer than most tests."""

from pathlib import Path

from core.clock import Clock
from core.config import Settings
from core.web.current import EXTENSION
from portal import demo, setup
from portal.app import create_app


def installation(folder: Path, database_url: str) -> Settings:
    return Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder), "MINGJIAN_DATABASE_URL": database_url})


def fill(settings: Settings, clock: Clock) -> None:
    """Everything that the first start of a demo does, and all that the worker does after it."""
    settings.prepare()
    app = create_app(settings, clock)
    house = app.extensions[EXTENSION]
    setup.prepare(house)
    demo.fill_if_empty(house)
    worker = app.extensions["create_worker"]()
    while worker.run_due():
        pass
    house.database.close()
