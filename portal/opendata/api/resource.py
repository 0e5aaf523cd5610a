"""What an address of the API is: its parameters, its columns, and the query behind it. Knows no HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.errors import Text
from portal.opendata import parameters as ask
from portal.opendata.datasets import Column
from portal.opendata.parameters import Parameter

DEFAULT_LIMIT, MOST = 100, 1000
LIMIT = ask.whole("limit", _l("一页多少条。"), least=1, most=MOST, default=DEFAULT_LIMIT)


@dataclass(frozen=True)
class Answer:
    """`items` of a list with the query that continues it, or one `item`; `more` stands beside them."""

    items: list[dict[str, Any]] | None = None
    item: dict[str, Any] | None = None
    next: Mapping[str, str] | None = None
    previous: Mapping[str, str] | None = None
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Asking:
    """What a resource is answered from; `values` holds a value for each of its parameters and keys."""

    session: Session
    values: Mapping[str, Any]
    now: datetime
    base_url: str


@dataclass(frozen=True)
class Resource:
    """`path` lies below /api/v1, with {keys} in it; `page` is the page that shows the same, as a path with {keys}."""

    path: str
    name: str
    title: Text
    columns: tuple[Column, ...]
    parameters: tuple[Parameter, ...]
    answer: Callable[[Asking], Answer]
    keys: tuple[Parameter, ...] = ()
    is_list: bool = True
    page: str | None = None
    more: Sequence[Column] = ()


def fields(columns: Sequence[Column]) -> Parameter:
    return ask.several("fields", _l("只要这些列，用逗号隔开；不写就是全部。"), [one.name for one in columns])


def selected(item: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    return {name: item[name] for name in names} if names else item


def continued(cursor: str | None) -> dict[str, str] | None:
    return {"cursor": cursor} if cursor else None
