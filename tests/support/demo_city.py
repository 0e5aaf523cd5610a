"""The demo city for tests: filled once a process and copied, because filling it takes longer than most tests."""

from pathlib import Path

from core.clock import Clock
from core.config import Settings
from core.web.current import EXTENSION
from portal import demo, setup
from portal.app import create_app


def installation(folder: Path) -> Settings:
    """The settings of an SQLite installation that lies in `folder`."""
    database = f"sqlite:///{folder / 'mingjian.db'}"
    return Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder), "MINGJIAN_DATABASE_URL": database})


def fill(folder: Path, clock: Clock) -> None:
    """Everything that the first start of a demo does, and all that the worker does after it."""
    settings = installation(folder)
    settings.prepare()
    app = create_app(settings, clock)
    house = app.extensions[EXTENSION]
    setup.prepare(house)
    demo.fill_if_empty(house)
    worker = app.extensions["create_worker"]()
    while worker.run_due():
        pass
    house.database.close()
