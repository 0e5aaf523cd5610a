"""Which feeds there are: every list with its filters, every search, the air, the ledger.

A filtered list or a search does not say which withdrawn record once belonged to it: that would tell about the record.
Its Atom feed carries the tombstones of all of the kind, which readers ignore where they mean nothing to them; in RSS
and JSON such an entry would be shown, and would look as if it spoke of what the reader follows, so it just leaves.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.errors import NotFound, Text
from core.falsification_acts import act
from core.ledger.reading import newest_checkpoint, newest_checkpoints
from core.places import county_name
from core.web import current
from portal.disclosures.views import filters_from
from portal.opendata import feed_queries as queries
from portal.opendata.air_entries import air_entries, air_state
from portal.opendata.entries import correction_entry, gone_entry, record_entry
from portal.opendata.feeds import NEWEST, Address, Entry
from portal.opendata.freshness import State
from portal.publishing.kinds import DisclosureKind, all_kinds
from portal.publishing.ledger import LOG
from portal.publishing.models import PublicRecord
from portal.publishing.queries import RecordFilters
from search import machine
from search.document import Hit, Query
from search.service import Search
from search.views import NOT_ASKED, question_from

EPOCH = datetime(2018, 1, 1, tzinfo=UTC)
MOST_HITS = 500


@dataclass(frozen=True)
class Source:
    """`state` is cheap and changes whenever the feed does; `entries` does the reading. `page`: the same for people.

    `kinds`: the kinds of records whose every change this feed tells, so that it has an archive and its hub is told;
    None where there is no such promise. `more`: what its JSON tells beside the entries.
    """

    address: Address
    page: str
    title: Text
    answers: Text
    state: Callable[[Session], State]
    entries: Callable[[Session], list[Entry]]
    kinds: tuple[str, ...] | None = None
    more: Callable[[Session], dict[str, Any]] | None = None


def named(name: str, arguments: Mapping[str, str]) -> Source:
    """The feed `/feeds/<name>` under the filters of the address; NotFound where there is none of that name."""
    for kind in all_kinds():
        if kind.path == name:
            filters = filters_from(arguments)
            return filtered(kind, filters) if filters.any() else whole(kind)
    try:
        return OTHERS[name]()
    except KeyError:
        raise NotFound(feed=name) from None


def all_named() -> list[Source]:
    """Every feed that has a name, in the order in which people meet them."""
    return [everything(), *(whole(kind) for kind in all_kinds()), corrections(), air(), checkpoints()]


def everything() -> Source:
    answers = _("有什么新公开、更正或撤回的？")
    return _records(Address("/feeds/all"), "/search", _("全部公开事项"), answers, ())


def whole(kind: DisclosureKind) -> Source:
    answers = {
        "penalty": _("谁因为什么被处罚了？"),
        "blacklist": _("谁被列入了失信名单？"),
        "notice": _("主管部门发布了什么公告？"),
        "key_use": _("保管密钥什么时候用过、用来做什么？"),
    }
    page = f"/{kind.path}"
    answer = answers.get(kind.name, _("这个栏目有什么新的？"))
    return _records(Address(f"/feeds/{kind.path}"), page, kind.label, answer, (kind.name,))


def filtered(kind: DisclosureKind, filters: RecordFilters) -> Source:
    question = urlencode(filters.asked())
    found = act(filters.act) if filters.act else None
    parts = [kind.label, county_name(filters.county), filters.authority, found.plain if found else filters.act]
    title = " · ".join(str(one) for one in [*parts, filters.year] if one)

    def entries(session: Session) -> list[Entry]:
        records = queries.matching(session, kind.name, filters, NEWEST)
        return [*_entries(session, records), *_gone(session, (kind.name,))]

    state = _state_of((kind.name,))
    return Source(Address(f"/feeds/{kind.path}", question), f"/{kind.path}?{question}", title, "", state, entries)


def search(arguments: Mapping[str, str]) -> Source:
    """Any search: the records it finds, those changed last first, whatever order the page shows them in."""
    asked = {name: value for name, value in sorted(arguments.items()) if value and name not in NOT_ASKED}
    query, question = question_from(asked), urlencode(asked)

    def entries(session: Session) -> list[Entry]:
        ids = [hit.document.key for hit in found(session, query)]
        return [*_entries(session, queries.changed_last_of(session, ids, NEWEST)), *_gone(session, query.kinds)]

    def state(session: Session) -> State:
        told = [(one.key, one.updated_at.isoformat(), one.title) for one in entries(session)]
        return State(hashlib.sha256(repr(told).encode()).hexdigest()[:20], None)

    def more(session: Session) -> dict[str, Any]:
        """Without what left the public a moment ago and the index has not let go of yet."""
        told = queries.changed_last(session, (), queries.LOOK_BACK)
        public = replace(query, without=tuple(one.record_id for one in told if one.record is None))
        return machine.told(current.service("search"), session, public, current.settings().base_url)

    title = _("搜索：%(text)s", text=query.text or _("按条件"))
    return Source(Address("/search", question), f"/search?{question}", title, "", state, entries, more=more)


def found(session: Session, query: Query) -> tuple[Hit, ...]:
    """What a search finds, the newest first: enough of it to tell what changed last."""
    service: Search = current.service("search")
    wanted = Query(**{**vars(query), "sort": "date", "cursor": None, "limit": MOST_HITS})
    results, _question = service.ask(session, wanted)
    return results.hits


def air() -> Source:
    answers = _("今天和前几天的空气怎么样？每天一条，逐小时更新。")
    return Source(Address("/feeds/air"), "/air", _("空气质量"), answers, air_state, air_entries)


def checkpoints() -> Source:
    answers = _("账本签了什么名？存下来，就能证明后来有没有人改过。")
    title = _("账本检查点")
    return Source(Address("/feeds/ledger"), "/ledger", title, answers, _checkpoint_state, _checkpoint_entries)


def corrections() -> Source:
    """Every correction of what is still public, with its reason and what changed."""

    def entries(session: Session) -> list[Entry]:
        return [correction_entry(one) for one in queries.corrections(session, NEWEST)]

    answers = _("什么内容更正过，为什么，改了哪些字？")
    return Source(Address("/feeds/corrections"), "/feeds", _("更正"), answers, _state_of(()), entries)


OTHERS: dict[str, Callable[[], Source]] = {
    "all": everything,
    "corrections": corrections,
    "air": air,
    "ledger": checkpoints,
}


def _records(address: Address, page: str, title: Text, answers: Text, kinds: tuple[str, ...]) -> Source:
    def entries(session: Session) -> list[Entry]:
        told = queries.changed_last(session, kinds, NEWEST)
        reasons = queries.correction_reasons(session, [one.record for one in told if one.record])
        return [
            record_entry(one.record, reasons.get(one.record_id))
            if one.record
            else gone_entry(one.record_id, one.kind, one.event, one.at)
            for one in told
        ]

    return Source(address, page, title, answers, _state_of(kinds), entries, kinds)


def _state_of(kinds: tuple[str, ...]) -> Callable[[Session], State]:
    def state(session: Session) -> State:
        change = queries.newest_change(session, kinds)
        return State(str(change.sequence), change.at) if change else State("0", EPOCH)

    return state


def _entries(session: Session, records: Sequence[PublicRecord]) -> list[Entry]:
    reasons = queries.correction_reasons(session, records)
    return [record_entry(one, reasons.get(one.id)) for one in records]


def _gone(session: Session, kinds: tuple[str, ...]) -> list[Entry]:
    told = queries.changed_last(session, kinds, queries.LOOK_BACK)
    return [gone_entry(one.record_id, one.kind, one.event, one.at) for one in told if one.record is None]


def _checkpoint_state(session: Session) -> State:
    newest = newest_checkpoint(session, LOG)
    return State(str(newest.size), newest.at) if newest else State("0", EPOCH)


def _checkpoint_entries(session: Session) -> list[Entry]:
    """Whoever follows this feed keeps the signed past of the ledger, and so becomes its witness."""
    return [
        Entry(
            key=f"{current.settings().base_url}/ledger#{one.size}",
            path="/ledger",
            title=_("检查点：共 %(n)s 条", n=one.size),
            text=one.note,
            published_at=one.at,
            updated_at=one.at,
            categories=("checkpoint",),
        )
        for one in newest_checkpoints(session, LOG, NEWEST)
    ]
