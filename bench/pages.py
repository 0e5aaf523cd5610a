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
KEPT = ", kept"
RENDERED = {"Cookie": "bench=1"}  # for somebody in particular, so that the page is rendered anew (core.web.page_cache)
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
    paths = {name: name for name in AIMED} | {RECORD: f"/penalties/{record}", SEARCH: quote(SEARCH, safe="/?=")}
    return {
        **{name: Page(path, RENDERED) for name, path in paths.items()},
        **{name + KEPT: Page(path) for name, path in paths.items()},
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
    aim, limit = _aims(name)
    yield table.at_least(label, one.full.per_second, aim, unit="/s", peer=peer.full.per_second)
    yield table.at_most("  p95", one.full.at(0.95), unit="ms", peer=peer.full.at(0.95))
    yield table.at_most("  p99 at half load", one.half.at(0.99), limit, unit="ms", peer=peer.half.at(0.99))


def _aims(name: str) -> tuple[int | None, int | None]:
    """Pages a second, and milliseconds at half load; none for searches and feeds, which have aims of their own."""
    if name.removesuffix(KEPT) not in AIMED:
        return None, None
    return (PER_SECOND_CACHED if name.endswith(KEPT) else PER_SECOND), HALF_LOAD_P99_MS


def _growth(label: str, name: str, small: Figures, large: Figures) -> Iterator[Line]:
    if name in SAME_WHEN_LARGE:
        yield table.at_most(label, large.full.at(0.5) / small.full.at(0.5), GROWTH, unit="×")
