"""An hour of a station as the ledger commits to it: one line of JSON in JCS (RFC 8785), numbers as text. Pure.

{"co":"0.7","hour":"2018-02-19T23:00:00Z","pm25":"48","station":"2396A"}: the hour is its end in UTC, a missing value is
left out. A released batch is its lines in the order of their bytes; its root is that of RFC 6962 over them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from core.ledger import merkle
from portal.monitoring.models import HOUR_SECONDS


class _Numbers(dict[float, str]):
    """The shortest text that reads back as the number; a file of a million rows has a few hundred."""

    def __missing__(self, number: float) -> str:
        text = repr(number).removesuffix(".0")
        self[number] = text
        return text


class _Hours(dict[int, str]):
    def __missing__(self, hour: int) -> str:
        text = f"{datetime.fromtimestamp(hour * HOUR_SECONDS, UTC):%Y-%m-%dT%H:%M:%SZ}"
        self[hour] = text
        return text


class HourText:
    """Writes lines for values in the order of `columns`. A station's code holds nothing that JSON would escape."""

    def __init__(self, columns: Sequence[str]) -> None:
        named = sorted((name, at) for at, name in enumerate(columns))
        self._before = [(f'"{name}":"', at) for name, at in named if name < "hour"]
        self._after = [(f',"{name}":"', at) for name, at in named if name > "hour" and name < "station"]
        assert len(self._before) + len(self._after) == len(columns)  # noqa: S101 - no column sorts behind "station"
        self._numbers, self._hours = _Numbers(), _Hours()

    def __call__(self, code: str, hour: int, values: Sequence[float | None]) -> bytes:
        numbers = self._numbers
        before = "".join([f'{key}{numbers[v]}",' for key, at in self._before if (v := values[at]) is not None])
        after = "".join([f'{key}{numbers[v]}"' for key, at in self._after if (v := values[at]) is not None])
        return f'{{{before}"hour":"{self._hours[hour]}"{after},"station":"{code}"}}'.encode()


def batch_root(lines: Iterable[bytes]) -> bytes:
    leaves = [merkle.leaf_hash(line) for line in sorted(lines)]
    return merkle.root(len(leaves), merkle.in_memory(leaves))


def line_proof(lines: Iterable[bytes], line: bytes) -> tuple[int, list[bytes]]:
    """The place of a line in its batch and the way from it to the root."""
    ordered = sorted(lines)
    leaves, place = [merkle.leaf_hash(one) for one in ordered], ordered.index(line)
    return place, merkle.inclusion_proof(place, len(leaves), merkle.in_memory(leaves))
