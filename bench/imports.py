"""Rows a second of the two imports, through the commands that an operator types, beside csv.DictReader alone."""

import csv
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from bench import table, volume
from bench.table import Line

OBSERVATIONS_PER_SECOND = 50_000
STATIONS = 100
FIRST_HOUR = datetime(2024, 1, 1)  # noqa: DTZ001 - a file's time is a time in China
SERIAL = 500_000
AIR_ITEMS = ("aqi", "pm2_5", "pm10", "so2", "no2", "o3")


def run(app: Flask, folder: Path, penalties: int, hours: int) -> Iterator[Line]:
    file = folder / "penalties.csv"
    _write(file, _penalties(penalties))
    yield from _measured(app, "penalties", file, ["--author", "editor"], None)
    file = folder / "air.csv"
    _write(file, _hours(hours))
    yield from _measured(app, "air", file, [], OBSERVATIONS_PER_SECOND)


def _measured(app: Flask, kind: str, file: Path, options: list[str], aim: float | None) -> Iterator[Line]:
    started = time.perf_counter()
    rows = sum(1 for _ in _read(file))
    read = time.perf_counter()
    result = app.test_cli_runner().invoke(args=["import", kind, str(file), *options])
    assert result.exit_code == 0, result.output
    imported = time.perf_counter()
    what = f"import {kind}, {rows:,} rows (peer: csv.DictReader)"
    yield table.at_least(what, rows / (imported - read), aim, unit="/s", peer=rows / (read - started))


def _read(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


def _write(file: Path, rows: Iterable[Mapping[str, object]]) -> None:
    source = iter(rows)
    first = next(source)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, first)
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(source)


def _penalties(count: int) -> Iterator[dict[str, object]]:
    for content in volume.contents(count, seed=volume.SEED + 1, first_serial=SERIAL):
        yield {**content, "acts": ";".join(content["acts"]), "penalty_types": ";".join(content["penalty_types"])}


def _hours(count: int) -> Iterator[dict[str, object]]:
    rng = random.Random(volume.SEED)
    for number in range(count):
        hour = FIRST_HOUR + timedelta(hours=number // STATIONS)
        place = {"timepoint": f"{hour:%Y-%m-%d %H:00:00}", "stationcode": f"B{number % STATIONS:04}A"}
        values = {item: rng.randint(1, 300) for item in AIR_ITEMS}
        yield {**place, "positionname": "测点", "area": "许昌市", **values, "co": rng.randint(2, 30) / 10}
