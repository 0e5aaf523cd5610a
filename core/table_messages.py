"""What tables say to people is translated like every other sentence: babel.cfg names the tables and their columns.

For the collecting of messages alone; a page says `_(row.label)`.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Message = tuple[int, None, str, list[str]]


def collect(
    file: IO[bytes], _keywords: Collection[str], _comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Message]:
    """Babel's interface. `columns` in the options: the keys whose texts are shown; the other keys are for programs."""
    columns = options["columns"].split()
    for line, row in enumerate(_rows(tomllib.load(file)), start=1):
        for column in columns:
            if isinstance(row.get(column), str):
                yield line, None, row[column], []


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _rows(one)
    elif isinstance(value, list):
        for one in value:
            yield from _rows(one)
