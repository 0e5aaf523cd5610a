"""What may be asked of the API: each query parameter declared once, read strictly, and described to machines.

A parameter that is not declared, is given twice or cannot be read is refused by name: a filter that is silently
ignored would answer another question than the one asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.errors import InvalidInput, NotFound, Text
from core.paging import LONGEST_CURSOR, Cursor
from portal.disclosures.as_of import reckoned

LONGEST_TEXT = 200
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"\d{1,18}")


@dataclass(frozen=True)
class Parameter:
    """`read` turns the text into the value that queries take, or raises ValueError; `schema` is JSON Schema."""

    name: str
    note: Text
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    default: Any = None


def values(parameters: Sequence[Parameter], arguments: MultiDict[str, str]) -> dict[str, Any]:
    """One value a parameter, its default where it was not given; InvalidInput names each that cannot be used."""
    known = {one.name: one for one in parameters}
    read: dict[str, Any] = {one.name: one.default for one in parameters}
    errors: dict[str, Text] = {}
    for name, given in arguments.lists():
        if name not in known:
            errors[name[:60]] = _l("没有这个参数。可用的有：%(names)s。", names="、".join(sorted(known)))
        elif len(given) > 1:
            errors[name] = _l("这个参数给了两次。")
        else:
            try:
                read[name] = known[name].read(given[0])
            except ValueError as error:
                errors[name] = str(error) or _l("这个参数的写法不对。")
    if errors:
        raise InvalidInput(errors)
    return read


def day(name: str, note: Text) -> Parameter:
    return Parameter(name, note, {"type": "string", "format": "date"}, _read_day)


def whole(name: str, note: Text, *, least: int = 0, most: int, default: int | None = None) -> Parameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        schema["default"] = default

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"{least}–{most}")
        return int(text)

    return Parameter(name, note, schema, read, default)


def one_of(name: str, note: Text, allowed: Sequence[str]) -> Parameter:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError("、".join(allowed))
        return text

    return Parameter(name, note, {"type": "string", "enum": list(allowed)}, read)


def text(name: str, note: Text) -> Parameter:
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
    return Parameter(name, note, schema, _read_text)


def several(name: str, note: Text, allowed: Sequence[str]) -> Parameter:
    """Some of `allowed`, separated by commas, as a tuple in the order asked."""

    def read(given: str) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(given.split(",")))
        if not set(wanted) <= set(allowed):
            raise ValueError("、".join(allowed))
        return wanted

    items = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(allowed)}}
    return Parameter(name, note, items, read)


def cursor(parts: int) -> Parameter:
    schema = {"type": "string", "maxLength": LONGEST_CURSOR}
    note = _l("上一页给出的 next 里的值，原样带回；自己编的没有对应的页，答 404。")
    return Parameter("cursor", note, schema, lambda given: _read_cursor(given, parts))


def _read_day(given: str) -> date:
    """A day of the calendar; one before or after all records is as good as the first or last that can be reckoned."""
    if not _DAY.fullmatch(given):
        raise ValueError("YYYY-MM-DD")
    return reckoned(date.fromisoformat(given))


def _read_text(given: str) -> str:
    if not given.strip() or len(given) > LONGEST_TEXT:
        raise ValueError(f"1–{LONGEST_TEXT}")
    return given.strip()


def _read_cursor(given: str, parts: int) -> Cursor | None:
    """A cursor that was not handed out names no page."""
    try:
        return Cursor.decode(given, parts=parts)
    except InvalidInput as error:
        raise NotFound(_l("没有这一页。请从列表的第一页开始，沿着 next 取。")) from error
