"""A published record as an entry of a feed: as it is now, as it was, or that it is gone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from core.web import current
from portal.disclosures.differences import differences
from portal.disclosures.files import file_rows
from portal.disclosures.views import body_of
from portal.opendata.feed_queries import Correction, Past
from portal.opendata.feeds import Enclosure, Entry
from portal.publishing.kinds import kind_named
from portal.publishing.models import PublicRecord


def record_entry(record: PublicRecord, reason: str | None = None) -> Entry:
    """The record as it is public now; a correction says why it was made."""
    path = f"/{kind_named(record.kind).path}/{record.id}"
    note = _("更正（第 %(n)s 版）：%(reason)s", n=record.version, reason=reason) if reason else ""
    return Entry(
        key=current.settings().base_url + path,
        path=path,
        title=record.title,
        text="\n".join(one for one in (record.summary, note) if one),
        published_at=record.published_at,
        updated_at=record.updated_at,
        author=record.authority,
        categories=(record.kind, *(record.body.get("acts") or ())),
        files=_files(record.kind, record.id, record.body),
    )


def _files(kind: str, record_id: str, body: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    rows = file_rows(kind_named(kind), record_id, body)
    return tuple(Enclosure(one["url"], one["media_type"], one["size"], one["name"]) for one in rows)


def correction_entry(one: Correction) -> Entry:
    """That a record was corrected: why, and which fields, before and after."""
    kind = kind_named(one.record.kind)
    path = f"/{kind.path}/{one.record.id}/changes/{one.version.version}"
    changed = [
        _("%(field)s：%(before)s → %(after)s", field=each.label, before=each.before or "—", after=each.after or "—")
        for each in differences(kind, body_of(one.before), body_of(one.version))
    ]
    reason = _("更正原因：%(reason)s", reason=one.version.reason or "—")
    return Entry(
        key=current.settings().base_url + path,
        path=path,
        title=_("更正（第 %(n)s 版）：%(title)s", n=one.version.version, title=one.record.title),
        text="\n".join([reason, *changed]),
        published_at=one.version.at,
        updated_at=one.version.at,
        author=one.record.authority,
        categories=(one.record.kind, "correction"),
    )


def gone_entry(record_id: str, kind: str, event: str, at: datetime) -> Entry:
    """That a record left the public: its id and how, nothing of its subject. The page under the id says why."""
    over = _("已期满")  # also where the worker has not swept it yet
    words = {"publish": over, "correct": over, "expire": over, "repair": _("已修复")}
    path = f"/{kind_named(kind).path}/{record_id}"
    return Entry(
        key=current.settings().base_url + path,
        path=path,
        title=_("[%(how)s] %(kind)s", how=words.get(event, _("已撤回")), kind=kind_named(kind).label),
        text="",
        published_at=at,
        updated_at=at,
        categories=(kind,),
        is_gone=True,
    )


def past_entry(one: Past) -> Entry:
    """What a version said when it was published; where its record is gone since, only that."""
    if one.body is None:
        return gone_entry(one.record_id, one.kind, one.event, one.at)
    kind = kind_named(one.kind)
    summary = kind.summarise(one.body)
    path = f"/{kind.path}/{one.record_id}"
    return Entry(
        key=current.settings().base_url + path,
        path=f"{path}/versions/{one.version}",
        title=summary.title,
        text=summary.summary,
        published_at=one.first_at,
        updated_at=one.at,
        author=summary.authority,
        categories=(one.kind, *summary.acts),
        files=_files(one.kind, one.record_id, one.body),
    )
