"""How a record looks where it goes out, by the very views that the public opens, inside the publishing transaction.

Old versions stay readable beside the new one, so that they are looked at again each time: what a correction takes out
must not stand there still. (Then the record is withdrawn, erased and published anew.)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from flask import Flask, Request, g
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.web import access, current
from portal.disclosures.views import body_of, path_of
from portal.opendata import feeds
from portal.opendata.entries import correction_entry, past_entry, record_entry
from portal.opendata.feed_queries import Correction, Past
from portal.opendata.feeds import Address, Entry, Feed
from portal.publishing.attachments import texts_of
from portal.publishing.models import PublicRecord
from portal.publishing.queries import versions
from portal.publishing.rendered import Output, Renderer, register
from search.document import SearchSource


def install(app: Flask, sources: tuple[SearchSource, ...]) -> None:
    """The record's own addresses, whichever there are, its files' texts, and what search would index."""
    register("addresses", _addresses(app))
    register("attachments", _attachments)
    register("old versions", _old_versions(app))
    register("feeds", _feeds(app))
    register("search", _search({one.kind: one for one in sources}))


def _addresses(app: Flask) -> Renderer:
    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        for url in _urls(app, record):
            yield Output(url.replace(record.id, "…"), _seen(app, session, url))

    return render


def _old_versions(app: Flask) -> Renderer:
    """Every version's page and bytes, and the page of what each correction changed."""

    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        page, bytes_of = path_of(record), f"/records/{record.id}.json"
        for number in range(1, record.version + 1):
            urls = [f"{page}/versions/{number}", f"{page}/changes/{number}", f"{bytes_of}?version={number}"]
            for url in urls if record.version > 1 else ():
                yield Output(url.replace(record.id, "…"), _seen(app, session, url))

    return render


def _feeds(app: Flask) -> Renderer:
    """The record's entries, now and in the archive, and those of its corrections, in each form."""

    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        with _anybodys_request(app, session, "/feeds"):
            feed = Feed(Address("/feeds/all"), "/", "…", "…", record.updated_at, list(_entries(session, record)))
            written = [(form, feeds.render(feed, form, current.settings().base_url)) for form in feeds.FORMATS]
        for form, content in written:
            yield Output(f"/feeds/….{form}", content.decode())

    return render


def _entries(session: Session, record: PublicRecord) -> Iterator[Entry]:
    newest, *older = versions(session, record.id)
    yield record_entry(record, newest.reason)
    for version, before in pairwise([newest, *older]):
        yield correction_entry(Correction(record, version, before))
    for one in (newest, *older):
        past = Past(record.id, record.kind, one.event, record.published_at, one.at, one.version, body_of(one))
        yield past_entry(past)


def _urls(app: Flask, record: PublicRecord) -> Iterator[str]:
    """Public addresses whose one argument is the record's id: its page, its bytes, the interface for machines."""
    page = path_of(record)
    wanted = {page, f"{page}.json", f"/records/{record.id}.json", *(f"/api/v1{page}{end}" for end in ("", "/versions"))}
    for rule in app.url_map.iter_rules():
        if len(rule.arguments) == 1 and "GET" in (rule.methods or ()) and _is_public(app, rule):
            [argument] = rule.arguments
            url = re.sub(rf"<(?:\w+:)?{argument}>", record.id, rule.rule)
            if url in wanted:
                yield url


def _is_public(app: Flask, rule: Rule) -> bool:
    may = access.rule_of(app.view_functions[rule.endpoint])
    try:
        if may is not None:
            may(ANONYMOUS)
    except DomainError:
        return False
    return may is not None


def _seen(app: Flask, session: Session, url: str) -> str:
    """What the address would answer to anybody after the commit; "" where it has nothing for this record.

    The application context is one of its own, so that nothing of the request that publishes is seen or changed.
    """
    with _anybodys_request(app, session, url) as request:
        try:
            answer: Any = app.view_functions[request.endpoint or ""](**(request.view_args or {}))
            response = app.make_response(answer)
            response.direct_passthrough = False
            return response.get_data().decode("utf-8", "ignore")
        except DomainError:
            return ""


def _attachments(session: Session, record: PublicRecord) -> Iterator[Output]:
    for name, text in texts_of(session, record.id, record.body):
        yield Output(name, f"{name}\n{text}", is_plain=True)


@contextmanager
def _anybodys_request(app: Flask, session: Session, url: str) -> Iterator[Request]:
    with app.app_context(), app.test_request_context(url) as context:
        g.database_session, g.actor, g.asks_itself = session, ANONYMOUS, True
        yield context.request


def _search(sources: dict[str, SearchSource]) -> Renderer:
    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        document = sources[record.kind].document(session, record.id) if record.kind in sources else None
        if document is not None:
            yield Output("search", "\n".join((document.title, document.body, *document.names, *document.codes)))

    return render
