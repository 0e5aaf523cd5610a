"""How a record looks where it goes out, by the very views that the public opens, inside the publishing transaction."""

from collections.abc import Iterator
from typing import Any

from flask import Flask, g
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from core.accounts.actor import ANONYMOUS
from core.errors import DomainError
from core.web import access
from portal.disclosures.views import path_of
from portal.publishing.attachments import texts_of
from portal.publishing.models import PublicRecord
from portal.publishing.rendered import Output, Renderer, register
from search.document import SearchSource


def install(app: Flask, sources: tuple[SearchSource, ...]) -> None:
    """The record's own addresses, whichever there are, its files' texts, and what search would index."""
    register("addresses", _addresses(app))
    register("attachments", _attachments)
    register("search", _search({one.kind: one for one in sources}))


def _addresses(app: Flask) -> Renderer:
    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        for url in _urls(app, record):
            yield Output(url.replace(record.id, "…"), _seen(app, session, url))

    return render


def _urls(app: Flask, record: PublicRecord) -> Iterator[str]:
    """Public addresses whose one argument is the record's id: its page, its bytes, the interface for machines."""
    page = path_of(record)
    for rule in app.url_map.iter_rules():
        if rule.arguments == {"record_id"} and "GET" in (rule.methods or ()) and _is_public(app, rule):
            url = rule.rule.replace("<record_id>", record.id)
            if url in (page, f"/records/{record.id}.json") or url.startswith("/api/"):
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
    with app.app_context(), app.test_request_context(url) as context:
        g.database_session, g.actor = session, ANONYMOUS
        request = context.request
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


def _search(sources: dict[str, SearchSource]) -> Renderer:
    def render(session: Session, record: PublicRecord) -> Iterator[Output]:
        document = sources[record.kind].document(session, record.id) if record.kind in sources else None
        if document is not None:
            yield Output("search", "\n".join((document.title, document.body, *document.names, *document.codes)))

    return render
