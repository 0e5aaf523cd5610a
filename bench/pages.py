"""Public pages a second under two gunicorn workers each, beside a peer page without a database.

The peer, the demo city and the large city stand side by side and are asked in turns, so that a busy moment of the
machine falls on all of them; each figure is the best of its rounds.
"""

import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench import load, site, table
from bench.load import Load, Page
from bench.table import Line

PER_SECOND, PER_SECOND_CACHED, HALF_LOAD_P99_MS, GROWTH = 300, 1500, 50, 1.3
ROUNDS = 3
HOME, AIR, LIST, RECORD, FEED = "/", "/air", "/penalties", "/penalties/<id>", "/feeds/penalties.rss"
FILTERED, SEARCH = f"{LIST}?county=411081&year=2025", "/search?q=氨氮 纸业"
AIMED = (HOME, AIR, LIST, FILTERED, RECORD)
SAME_WHEN_LARGE = (HOME, LIST, FILTERED, RECORD)
PEER = Page("/")


@dataclass(frozen=True)
class City:
    """A served city: what it is called in the table, where it lies, and one of its penalties."""

    label: str
    folder: Path
    record: str


@dataclass(frozen=True)
class Figures:
    full: Load
    half: Load


def run(small: City, large: City, seconds: float) -> Iterator[Line]:
    """`seconds` for each page of each city at full load, in rounds."""
    with ExitStack() as stack:
        peer = stack.enter_context(site.served("bench.peer:app", small.folder))
        cities = {city: stack.enter_context(site.served("wsgi:app", city.folder)) for city in (small, large)}
        pages = {city: _pages(address, city.record) for city, address in cities.items()}
        for name in pages[small]:
            asked = [(peer, PEER), *((cities[city], pages[city][name]) for city in cities)]
            beside, of_small, of_large = _figures(asked, seconds)
            yield from _lines(f"{name} [{small.label}]", name, of_small, beside)
            yield from _lines(f"{name} [{large.label}]", name, of_large, beside)
            yield from _growth(f"  p50, {large.label} to {small.label}", name, of_small, of_large)


def _pages(address: str, record: str) -> dict[str, Page]:
    with urllib.request.urlopen(address + FEED, timeout=30) as answer:
        tag = answer.headers["ETag"]
    return {
        HOME: Page(HOME),
        AIR: Page(AIR),
        LIST: Page(LIST),
        FILTERED: Page(FILTERED),
        SEARCH: Page(quote(SEARCH, safe="/?=")),
        RECORD: Page(f"/penalties/{record}"),
        f"{FEED}, 304": Page(FEED, {"If-None-Match": tag}, load.NO_BODY),
    }


def _figures(asked: list[tuple[str, Page]], seconds: float) -> list[Figures]:
    for address, page in asked:
        load.measure(address, page, seconds=seconds / 6)
    rounds = [[load.measure(*one, seconds=seconds / ROUNDS) for one in asked] for _ in range(ROUNDS)]
    full = [max(one, key=lambda load: load.per_second) for one in zip(*rounds, strict=True)]
    rates = [max(1.0, one.per_second / 2) for one in full]
    half = [load.measure(*one, seconds=seconds / 2, rate=rate) for one, rate in zip(asked, rates, strict=True)]
    wrong = sum(one.errors for one in (*full, *half))
    assert not wrong, f"{asked[-1][1].path}: {wrong} wrong answers"
    return [Figures(*pair) for pair in zip(full, half, strict=True)]


def _lines(label: str, name: str, one: Figures, peer: Figures) -> Iterator[Line]:
    aim, limit = (PER_SECOND, HALF_LOAD_P99_MS) if name in AIMED else (None, None)
    yield table.at_least(label, one.full.per_second, aim, unit="/s", peer=peer.full.per_second)
    yield table.at_most("  p95", one.full.at(0.95), unit="ms", peer=peer.full.at(0.95))
    yield table.at_most("  p99 at half load", one.half.at(0.99), limit, unit="ms", peer=peer.half.at(0.99))
    if name == HOME:
        yield table.at_least("  the same, aim from a cache", one.full.per_second, PER_SECOND_CACHED, unit="/s")


def _growth(label: str, name: str, small: Figures, large: Figures) -> Iterator[Line]:
    if name in SAME_WHEN_LARGE:
        yield table.at_most(label, large.full.at(0.5) / small.full.at(0.5), GROWTH, unit="×")
