"""The public side of every kind: a filtered list, the record's page, its old versions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from core.errors import NotFound
from core.falsification_acts import ACTS, act
from core.paging import Cursor
from core.places import COUNTIES, county_name
from core.sanitising import plain_lines, rich_text
from core.web import current
from core.web.access import public
from core.web.filters import local_day
from core.web.past import day_asked, has_past, moment_of
from portal.disclosures.as_of import record_as_of, records_as_of, withdrawn_since
from portal.disclosures.differences import Difference, differences
from portal.disclosures.files import file_rows, sent
from portal.publishing import queries
from portal.publishing.attachments import MEDIA_TYPES, public_file
from portal.publishing.kinds import DisclosureKind, kind_named
from portal.publishing.models import DisclosureVersion, PublicRecord
from portal.publishing.queries import RecordFilters
from portal.publishing.record_form import shown
from portal.publishing.terms import shown_term

CURSOR_PARTS = 2
MOST_WITHDRAWN = 100


def public_blueprint(kind: DisclosureKind) -> Blueprint:
    """The public routes of a kind, at /<path>."""
    blueprint = Blueprint(kind.path, __name__, url_prefix=f"/{kind.path}")

    @blueprint.get("")
    @public
    @has_past
    def listing() -> str:
        filters = filters_from(request.args)
        cursor = Cursor.decode(request.args.get("cursor"), parts=CURSOR_PARTS)
        day = day_asked()
        if day is None:
            page = queries.records_page(current.session(), kind.name, filters, cursor)
        else:
            page = records_as_of(current.session(), kind, filters, day, cursor, queries.PAGE_SIZE)
        return render_template(
            f"portal/{kind.path}/list.html",
            page=page,
            rows=[list_row(record, day) for record in page.items],
            as_of=day,
            withdrawn=withdrawn_since(current.session(), kind, day, MOST_WITHDRAWN) if day else (),
            fields=filter_fields(kind, filters),
            clear=url_for(".listing") if filters.any() else None,
            asked=filters.asked(),
            saved={"kind": kind.name, **filters.asked()},
            page_url=lambda key: url_for(".listing", **{**request.args.to_dict(), "cursor": key}),
        )

    @blueprint.get("/<record_id>")
    @public
    @has_past
    def record(record_id: str) -> str:
        session = current.session()
        found, day = queries.record(session, kind.name, record_id), day_asked()
        if day is not None:
            found = record_as_of(session, kind, record_id, day)
        until = moment_of(day)
        versions = [one for one in queries.versions(session, record_id) if one.at < until or day is None]
        return render_template(
            "portal/disclosures/record.html",
            as_of=day,
            kind=kind,
            record=found,
            rows=value_rows(kind, found.body),
            files=file_rows(kind, found.id, found.body),
            acts=[act(code) for code in found.body.get("acts", [])],
            related=[] if day else queries.of_party(session, found.party_uscc, found.party_name, but=found.id),
            events=history(kind, versions),
            path_of=path_of,
            term=shown_term(found),
        )

    @blueprint.get("/<record_id>/versions/<int:number>")
    @public
    def version(record_id: str, number: int) -> str:
        session = current.session()
        found = queries.record(session, kind.name, record_id)
        wanted = next((one for one in queries.versions(session, record_id) if one.version == number), None)
        if wanted is None:
            raise NotFound
        return render_template(
            "portal/disclosures/version.html",
            kind=kind,
            record=found,
            version=wanted,
            rows=value_rows(kind, body_of(wanted)),
            files=file_rows(kind, found.id, body_of(wanted)),
        )

    @blueprint.get("/<record_id>/attachments/<int:number>")
    @public
    def attachment(record_id: str, number: int) -> Response:
        """A file of this or an older version, as long as the record is public."""
        session = current.session()
        queries.record(session, kind.name, record_id)
        file = public_file(session, record_id, number)
        return sent(file, MEDIA_TYPES[file.kind])

    @blueprint.get("/<record_id>/changes/<int:number>")
    @public
    def changes(record_id: str, number: int) -> str:
        """What version `number` corrected, field by field, with the reason."""
        session = current.session()
        found = queries.record(session, kind.name, record_id)
        events = history(kind, queries.versions(session, record_id))
        event = next((one for one in events if one.version.version == number and one.before), None)
        if event is None:
            raise NotFound
        return render_template("portal/disclosures/changes.html", kind=kind, record=found, event=event)

    return blueprint


def path_of(record: PublicRecord) -> str:
    return f"/{kind_named(record.kind).path}/{record.id}"


def filters_from(arguments: Mapping[str, str]) -> RecordFilters:
    year = arguments.get("year", "")
    return RecordFilters(
        county=arguments.get("county") or None,
        authority=arguments.get("authority") or None,
        act=arguments.get("act") or None,
        year=int(year) if year.isdecimal() and len(year) == len("2026") and year > "1000" else None,
    )


def filter_fields(kind: DisclosureKind, filters: RecordFilters) -> list[dict[str, Any]]:
    session = current.session()
    fields = [
        _field("county", _("县区"), filters.county, [(one.code, one.name) for one in COUNTIES]),
        _field(
            "authority",
            _("机关"),
            filters.authority,
            [(name, name) for name in queries.authorities(session, kind.name)],
        ),
        _field("year", _("年份"), filters.year, [(year, str(year)) for year in queries.years(session, kind.name)]),
    ]
    if any(one.name == "acts" for one in kind.fields):
        fields.insert(
            2, _field("act", _("弄虚作假行为"), filters.act, [(one.code, f"{one.code} {one.plain}") for one in ACTS])
        )
    return fields


def _field(name: str, label: str, value: Any, options: list[tuple[Any, str]]) -> dict[str, Any]:
    return {"name": name, "label": label, "value": value, "options": options}


def list_row(record: PublicRecord, as_of: date | None = None) -> dict[str, Any]:
    fine = record.body.get("fine_wan_yuan")
    return {
        "title": record.title,
        "url": f"{path_of(record)}?as_of={as_of}" if as_of else path_of(record),
        "text": record.summary,
        "meta": [
            local_day(record.decided_on),
            record.authority,
            county_name(record.county_code),
        ],
        "figure": _("罚款 %(n)s 万元", n=fine) if fine else None,
        "tag": (_("有更正"), "info") if record.version > 1 else None,
    }


def value_rows(kind: DisclosureKind, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The public fields of a version, labelled in the standard's words, in its order."""
    return [
        {"name": row["name"], "term": row["label"], "value": _value(row, body[row["name"]])}
        for row in kind.rows
        if row["name"] in body
    ]


def _value(row: Mapping[str, Any], value: Any) -> str | Markup:
    if row["type"] == "rich":
        return rich_text(value)
    if row["type"] == "long":
        return plain_lines(value)
    if row["type"] == "date":
        return local_day(date.fromisoformat(value))
    return shown(dict(row), value)


def body_of(version: DisclosureVersion) -> dict[str, Any]:
    """What the version held; empty where it was erased."""
    held: dict[str, Any] = json.loads(version.content.body) if version.content else {}
    return held


@dataclass(frozen=True)
class HistoryEvent:
    """One published version beside the one before it."""

    version: DisclosureVersion
    title: str
    before: DisclosureVersion | None
    changed: list[Difference]


def history(kind: DisclosureKind, versions: Sequence[DisclosureVersion]) -> list[HistoryEvent]:
    """Newest first: what happened to the record, and what each correction changed."""
    return [_event(kind, newer, older) for newer, older in zip(versions, [*versions[1:], None], strict=True)]


def _event(kind: DisclosureKind, newer: DisclosureVersion, older: DisclosureVersion | None) -> HistoryEvent:
    title = _("公开") if newer.event == "publish" else _("更正（第 %(n)s 版）", n=newer.version)
    changed = differences(kind, body_of(older), body_of(newer)) if older else []
    return HistoryEvent(newer, title, older, changed)
