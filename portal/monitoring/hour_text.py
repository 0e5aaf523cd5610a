"""An hour of a station as the ledger commits to it: one line of JSON in JCS (RFC 8785), numbers as text. Pure.

{"co":"0.7","hour":"2018-02-19T23:00:00Z","pm25":"48","station":"2396A"}: the hour is its end in UTC, a missing value is
left out. A released batch is its lines in the order of their bytes; its root is that of RFC 6962 over them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import getitem, itemgetter
from typing import Any

from core.ledger import merkle
from portal.monitoring.models import HOUR_SECONDS

KNOWN = 50_000


class _Numbers(dict[float | None, bytes]):
    """A column's member for each of its values: the shortest text that reads back as the number. A file of a million
    rows has a few hundred; beyond `KNOWN` they are written each time.
    """

    def __init__(self, name: str) -> None:
        super().__init__({None: b""})
        self._name = name

    def __missing__(self, number: float) -> bytes:
        text = f',"{self._name}":"{repr(number).removesuffix(".0")}"'.encode()
        if len(self) < KNOWN:
            self[number] = text
        return text


class _Hours(dict[int, bytes]):
    def __missing__(self, hour: int) -> bytes:
        text = f',"hour":"{datetime.fromtimestamp(hour * HOUR_SECONDS, UTC):%Y-%m-%dT%H:%M:%SZ}"'.encode()
        if len(self) < KNOWN:
            self[hour] = text
        return text


class _Stations(dict[str, bytes]):
    """A station's code holds nothing that JSON would escape."""

    def __missing__(self, code: str) -> bytes:
        self[code] = text = f',"station":"{code}"'.encode()
        return text


class HourText:
    """Writes lines for values in the order of `columns`: each member is written once and found again, the line joins
    them in the order of their names. A comma goes before each and the first one off again.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        members: dict[str, dict[Any, bytes]] = {
            "station": _Stations(),
            "hour": _Hours(),
            **{name: _Numbers(name) for name in columns},
        }
        named = sorted((name, at) for at, name in enumerate(members))
        self._members = [members[name] for name, _at in named]
        self._in_order = itemgetter(*(at for _name, at in named))

    def __call__(self, code: str, hour: int, values: Sequence[float | None]) -> bytes:
        members = map(getitem, self._members, self._in_order((code, hour, *values)))
        return b"{" + b"".join(members)[1:] + b"}"


def batch_root(lines: Iterable[bytes]) -> bytes:
    leaves = [merkle.leaf_hash(line) for line in sorted(lines)]
    return merkle.root(len(leaves), merkle.in_memory(leaves))


def line_proof(lines: Iterable[bytes], line: bytes) -> tuple[int, list[bytes]]:
    """The place of a line in its batch and the way from it to the root."""
    ordered = sorted(lines)
    leaves, place = [merkle.leaf_hash(one) for one in ordered], ordered.index(line)
    return place, merkle.inclusion_proof(place, len(leaves), merkle.in_memory(leaves))
