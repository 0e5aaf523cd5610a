"""Law is data: dated TOML tables with a source and a `verified` mark per row."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Row = dict[str, Any]


@cache
def load_table(path: str) -> dict[str, Any]:
    """The parsed table at `path` below the project root, e.g. "intake/deadlines.toml". Callers must not change it."""
    with (ROOT / path).open("rb") as file:
        return tomllib.load(file)


def in_force(rows: Iterable[Row], *, on: date) -> list[Row]:
    """The rows whose `from` ≤ `on` ≤ `to`; an absent bound is open."""
    return [row for row in rows if row.get("from", date.min) <= on <= row.get("to", date.max)]
