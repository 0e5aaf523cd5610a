"""The published records for programs: lists with the filters of the pages, one record, its versions, all changes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core.falsification_acts import ACTS
from core.places import COUNTIES
from portal.disclosures.as_of import record_as_of, records_as_of, withdrawn_since
from portal.opendata import parameters as ask
from portal.opendata.api.resource import LIMIT, Answer, Asking, Resource, continued, fields, selected
from portal.opendata.datasets import KIND_OF, RECORD_DATASETS, Column, Dataset, Type, record_item, utc_text
from portal.opendata.parameters import Parameter
from portal.publishing import queries
from portal.publishing.kinds import kind_named
from portal.publishing.models import Change, PublicRecord
from portal.publishing.queries import RecordFilters

MOST_GONE = 100
_AS_OF = ask.day("as_of", _l("看这一天结束时公众看到的样子；此后被销毁或期满的不在内，此后撤回的只给出原因。"))
_RECORD_ID = Parameter(
    "id", _l("记录编号。"), {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{26}$"}, lambda given: given
)
_RECORD_FILTERS = (
    ask.one_of("county", _l("县区代码。"), [one.code for one in COUNTIES]),
    ask.text("authority", _l("机关全称。")),
    ask.one_of("act", _l("弄虚作假行为代码（环发〔2015〕175号）。"), [one.code for one in ACTS]),
    ask.whole("year", _l("决定年份。"), least=1949, most=2999),
    ask.day("from", _l("决定日期不早于。")),
    ask.day("to", _l("决定日期不晚于。")),
    ask.text("party", _l("当事人的统一社会信用代码，或完整名称。")),
)
_CHANGE_COLUMNS = (
    Column("sequence", _l("变更序号"), Type.INTEGER, is_required=True),
    Column("at", _l("变更时间"), Type.INSTANT, is_required=True),
    Column("event", _l("变更"), Type.TEXT, is_required=True),
    Column("dataset", _l("数据集"), Type.TEXT, is_required=True),
    Column("id", _l("记录编号"), Type.TEXT, is_required=True),
    Column("is_public", _l("现在是否公开"), Type.BOOLEAN, is_required=True),
)
_VERSION_COLUMNS = (
    Column("version", _l("第几版"), Type.INTEGER, is_required=True),
    Column("event", _l("变更"), Type.TEXT, is_required=True),
    Column("at", _l("变更时间"), Type.INSTANT, is_required=True),
    Column("reason", _l("更正说明"), Type.TEXT),
    Column("commitment", _l("账本里的承诺值"), Type.TEXT, is_required=True),
)


def filters_of(values: Mapping[str, Any]) -> RecordFilters:
    return RecordFilters(
        county=values["county"],
        authority=values["authority"],
        act=values["act"],
        year=values["year"],
        first=values["from"],
        last=values["to"],
        party=values["party"],
    )


def _record_list(dataset: Dataset) -> Resource:
    kind = KIND_OF[dataset.name]

    def answer(asking: Asking) -> Answer:
        values, session = asking.values, asking.session
        cursor, limit, day = values["cursor"], values["limit"], values["as_of"]
        if day is None:
            page = queries.records_page(session, kind.name, filters_of(values), cursor, limit)
        else:
            page = records_as_of(session, kind, filters_of(values), day, cursor, limit)
        items = [selected(record_item(one, dataset.columns, asking.base_url), values["fields"]) for one in page.items]
        following, before = continued(page.next_cursor), continued(page.previous_cursor)
        return Answer(items, next=following, previous=before, more=_gone(asking, kind.name))

    asked = (*_RECORD_FILTERS, _AS_OF, fields(dataset.columns), LIMIT, ask.cursor(2))
    path, name = f"/{dataset.name}", f"list_{dataset.name}"
    return Resource(path, name, dataset.title, dataset.columns, asked, answer, page=path)


def _gone(asking: Asking, kind: str) -> dict[str, Any] | None:
    """What was public on the day asked about and was withdrawn since: reason and basis, without the subject."""
    day = asking.values["as_of"]
    if day is None:
        return None
    gone = withdrawn_since(asking.session, kind_named(kind), day, MOST_GONE)
    told = [{"id": one.id, "reason": one.withdrawn_reason, "basis": one.withdrawn_basis} for one in gone]
    return {"as_of": day.isoformat(), "withdrawn_since": told}


def _record_one(dataset: Dataset) -> Resource:
    kind = KIND_OF[dataset.name]

    def answer(asking: Asking) -> Answer:
        values = asking.values
        if values["as_of"] is None:
            found = queries.record(asking.session, kind.name, values["id"])
        else:
            found = record_as_of(asking.session, kind, values["id"], values["as_of"])
        return Answer(item=selected(record_item(found, dataset.columns, asking.base_url), values["fields"]))

    asked = (_AS_OF, fields(dataset.columns))
    path, name = f"/{dataset.name}/{{id}}", f"get_{dataset.name}"
    return Resource(path, name, dataset.title, dataset.columns, asked, answer, (_RECORD_ID,), is_list=False, page=path)


def _record_versions(dataset: Dataset) -> Resource:
    kind = KIND_OF[dataset.name]

    def answer(asking: Asking) -> Answer:
        queries.record(asking.session, kind.name, asking.values["id"])
        return Answer(
            [
                {
                    "version": one.version,
                    "event": one.event,
                    "at": utc_text(one.at),
                    "reason": one.reason,
                    "commitment": one.commitment,
                }
                for one in queries.versions(asking.session, asking.values["id"])
            ]
        )

    path, title = f"/{dataset.name}/{{id}}/versions", _l("历次版本")
    return Resource(path, f"list_{dataset.name}_versions", title, _VERSION_COLUMNS, (), answer, (_RECORD_ID,))


def _changes(asking: Asking) -> Answer:
    """Oldest first, so that `next` can be followed for ever: an empty page means that there is nothing newer."""
    values, session = asking.values, asking.session
    statement = select(Change).where(Change.sequence > values["since"]).order_by(Change.sequence)
    if values["dataset"]:
        statement = statement.where(Change.kind == KIND_OF[values["dataset"]].name)
    rows = session.scalars(statement.limit(values["limit"])).all()
    public = set(session.scalars(select(PublicRecord.id).where(PublicRecord.id.in_({one.record_id for one in rows}))))
    items = [
        {
            "sequence": one.sequence,
            "at": utc_text(one.at),
            "event": one.event,
            "dataset": kind_named(one.kind).path,
            "id": one.record_id,
            "is_public": one.record_id in public,
        }
        for one in rows
    ]
    last = rows[-1].sequence if rows else values["since"]
    newest = session.scalar(select(func.max(Change.sequence))) or 0
    return Answer(items, next={"since": str(last)}, more={"newest": newest})


RESOURCES: tuple[Resource, ...] = (
    *(make(one) for one in RECORD_DATASETS for make in (_record_list, _record_one, _record_versions)),
    Resource(
        "/changes",
        "list_changes",
        _l("变更"),
        _CHANGE_COLUMNS,
        (
            ask.whole("since", _l("只要这个序号之后的变更。"), most=10**15, default=0),
            ask.one_of("dataset", _l("只要这个数据集的。"), [one.name for one in RECORD_DATASETS]),
            LIMIT,
        ),
        _changes,
        more=(Column("newest", _l("最新的变更序号"), Type.INTEGER, is_required=True),),
    ),
)
