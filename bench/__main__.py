"""python -m bench [--quick]: measure everything in one run, print one table, fail where an aim is missed."""

import argparse
import logging
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import select

from bench import feeds, imports, ledger, pages, reports, searching, site, table, volume
from bench.pages import City
from bench.table import Line
from core.config import Settings
from core.database import Database
from core.web.current import EXTENSION, House
from portal.app import create_app
from portal.publishing.models import PublicRecord


@dataclass(frozen=True)
class Size:
    penalties: int
    whoosh: int
    imported: int
    hours: int
    reports: int
    leaves: int
    page_seconds: float
    part: str = ""


FULL = Size(
    penalties=100_000, whoosh=1_000, imported=10_000, hours=100_000, reports=300, leaves=1_000_000, page_seconds=1.0
)
QUICK = Size(penalties=1_000, whoosh=200, imported=500, hours=10_000, reports=50, leaves=10_000, page_seconds=0.3)

STARTED = time.monotonic()


def main() -> int:
    size = _size()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="mingjian-bench-") as name:
        lines = list(PARTS[size.part](Path(name), size))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    spent, load_after = time.process_time(), os.getloadavg()[0]
    print(f"load {load_before:.1f} before, {load_after:.1f} after; {spent:.0f} s of processor time without children\n")
    print(table.text(lines))
    missed = sum(one.is_met is False for one in lines)
    print(f"\n{missed} aims missed; {time.monotonic() - STARTED:.0f} s")
    return 1 if missed else 0


def _size() -> Size:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a small run; its figures say little about 100,000 records"
    )
    parser.add_argument("--ledger", dest="part", action="store_const", const="ledger", help="the ledger alone")
    parser.add_argument("--search", dest="part", action="store_const", const="search", help="the search alone")
    parser.add_argument("--whoosh", type=int, help="how many documents the Whoosh store gets")
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else FULL
    return Size(**{**vars(size), "whoosh": arguments.whoosh or size.whoosh, "part": arguments.part or ""})


def _all(folder: Path, size: Size) -> Iterator[Line]:
    small, large, spare = folder / "small", folder / "large", folder / "spare"
    _say("demo city")
    site.demo_house(small).database.close()
    for copy in (large, spare):
        shutil.copytree(small, copy)
    houses = {place: site.demo_house(place) for place in (small, large, spare)}
    _say(f"{size.penalties:,} penalties")
    volume.fill(houses[large].database, size.penalties)
    yield from _part("search", searching.run(_app(large), houses[large], folder, size.whoosh))
    labels = {small: "demo", large: f"{size.penalties // 1000}k"}
    cities = [City(label, place, _record(houses[place].database)) for place, label in labels.items()]
    yield from _part("pages", pages.run(*cities, size.page_seconds))
    yield from _part("feeds", _feeds(_app(small)))
    yield from _part("reports", reports.run(houses[spare], folder, size.reports))
    yield from _part("reports over HTTP", reports.pressed(spare))
    yield from _ledger(folder, size)
    yield from _part("imports", imports.run(_app(spare), folder, size.imported, size.hours))


def _search(folder: Path, size: Size) -> Iterator[Line]:
    house = site.demo_house(folder / "searched")
    _say(f"{size.penalties:,} penalties")
    volume.fill(house.database, size.penalties)
    yield from _part("search", searching.run(_app(folder / "searched"), house, folder, size.whoosh))


def _ledger(folder: Path, size: Size) -> Iterator[Line]:
    yield from _part("ledger", ledger.run(folder, size.leaves))
    house = site.demo_house(folder / "published")
    yield from _part("publishing", ledger.publishing(_app(folder / "published"), house))


def _app(folder: Path) -> Flask:
    """The application without a line a request."""
    app = create_app(Settings.from_environ({"MINGJIAN_DATA_DIR": str(folder), "MINGJIAN_DEMO": "yes"}))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return app


def _feeds(app: Flask) -> Iterator[Line]:
    house: House = app.extensions[EXTENSION]
    return feeds.run(app, house.database)


def _record(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(PublicRecord.id).where(PublicRecord.kind == "penalty").limit(1)).one()


def _part(name: str, lines: Iterable[Line]) -> Iterator[Line]:
    _say(name)
    yield from lines


def _say(text: str) -> None:
    print(f"{time.monotonic() - STARTED:4.0f} s  {text}", file=sys.stderr, flush=True)


PARTS: dict[str, Callable[[Path, Size], Iterator[Line]]] = {"": _all, "ledger": _ledger, "search": _search}

sys.exit(main())
