"""Paging by key: a page is found by where the last one ended, never by counting from the start."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.errors import InvalidInput, Text

T = TypeVar("T")
LONGEST_CURSOR = 300


@dataclass(frozen=True)
class Cursor:
    """The sort key of the row a page borders on; `backwards` asks for the rows before it."""

    key: tuple[str | int, ...]
    backwards: bool = False

    def encode(self) -> str:
        raw = json.dumps([int(self.backwards), *self.key], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None, *, parts: int) -> "Cursor | None":
        """None for an empty text; InvalidInput for one that this product never wrote."""
        if not text:
            return None
        if len(text) > LONGEST_CURSOR:
            raise InvalidInput(_bad_cursor())
        try:
            backwards, *key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError) as error:
            raise InvalidInput(_bad_cursor()) from error
        if len(key) != parts or not all(isinstance(part, str | int) for part in key):
            raise InvalidInput(_bad_cursor())
        return cls(tuple(key), bool(backwards))


def _bad_cursor() -> dict[str, Text]:
    return {"cursor": "cursor"}


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def page_of(rows: Sequence[T], *, limit: int, cursor: Cursor | None, key: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """Cut a page from at most `limit` + 1 rows that were read in the cursor's direction, nearest first."""
    backwards = cursor is not None and cursor.backwards
    more = len(rows) > limit
    items = list(rows[:limit])
    if backwards:
        items.reverse()
    has_next = bool(items) and (more if not backwards else True)
    has_previous = bool(items) and (more if backwards else cursor is not None)
    return Page(
        items,
        next_cursor=Cursor(key(items[-1])).encode() if has_next else None,
        previous_cursor=Cursor(key(items[0]), backwards=True).encode() if has_previous else None,
    )
