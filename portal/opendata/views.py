"""The feeds, their archives, the list of them all, and the page that explains them."""

import gzip
import hashlib
import json
from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.web import current
from core.web.access import public
from core.web.languages import HTML_LANG, chosen
from core.web.machine import json_answer
from portal.opendata import feed_queries as queries
from portal.opendata import sources
from portal.opendata.api.openapi import described
from portal.opendata.datasets import DATASETS, dataset_named
from portal.opendata.downloads.formats import MIME
from portal.opendata.entries import past_entry
from portal.opendata.feeds import FORMATS, Address, Feed, render
from portal.opendata.freshness import Freshness, State
from portal.opendata.opml import outline
from portal.opendata.sources import Source
from portal.publishing.queries import past_term

EDITION = "3"
FORM = "any(rss, atom, json):form"

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feeds")
@public
def index() -> str:
    return render_template(
        "portal/opendata/feeds.html",
        feeds=[(one, one.address.path.rpartition("/")[2]) for one in sources.all_named()],
    )


@blueprint.get("/feeds.json")
@public
def index_machine() -> Response:
    base = current.settings().base_url
    told = [
        {
            "name": one.address.path.rpartition("/")[2],
            "title": one.title,
            "page": base + one.page,
            **{form: one.address.url(base, form) for form in FORMATS},
        }
        for one in sources.all_named()
    ]
    return json_answer({"feeds": told, "opml": f"{base}/feeds.opml"})


@blueprint.get("/data.json")
@public
def datasets_machine() -> Response:
    """The datasets in short; the whole catalogue is DCAT."""
    base = current.settings().base_url
    told = [
        {"name": one.name, "title": one.title, "note": one.note, "url": f"{base}/data/{one.name}.json"}
        for one in DATASETS
    ]
    return json_answer({"datasets": told, "catalogue": f"{base}/data/catalogue.jsonld"})


@blueprint.get("/data/<name>.json")
@public
def dataset_machine(name: str) -> Response:
    one, base = dataset_named(name), current.settings().base_url
    downloads = {form: f"{base}/data/{name}.{form}" for form in MIME}
    about = {"name": one.name, "title": one.title, "note": one.note, "page": base + one.path}
    return json_answer({**about, "columns": described(one.columns), "downloads": downloads})


@blueprint.get("/feeds.opml")
@public
def opml() -> Response:
    body = outline(sources.all_named(), current.settings().site_name, current.settings().base_url)
    response = make_response(body)
    response.headers["Content-Type"] = "text/x-opml; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=mingjian.opml"
    return response


@blueprint.get(f"/feeds/<name>.<{FORM}>")
@public
def feed(name: str, form: str) -> Response:
    return _answer(sources.named(name, request.args), form)


@blueprint.get(f"/search.<{FORM}>")
@public
def search(form: str) -> Response:
    return _answer(sources.search(request.args), form)


@blueprint.get(f"/feeds/<name>/archive/<int:page>.<{FORM}>")
@public
def archive(name: str, page: int, form: str) -> Response:
    """A full page of the past. It never gets another entry, but a record that leaves the public leaves it too."""
    source = sources.named(name, {})
    kinds = source.kinds
    with current.house().database.read() as session:
        if kinds is None or not 1 <= page <= queries.full_pages(session):
            raise NotFound
    address = _archived(source, page)

    def look(session: Session) -> State:
        return State(*queries.page_state(session, kinds, page))

    def build(session: Session, state: State) -> Feed:
        told = [past_entry(one) for one in queries.past_page(session, kinds, page)]
        older, newer = queries.page_before(session, kinds, page), queries.page_after(session, kinds, page)
        return Feed(
            address,
            source.page,
            _title(source),
            _("%(name)s的存档，第 %(n)s 页", name=source.title, n=page),
            state.changed_at or current.now(),
            told,
            current=source.address,
            older=_archived(source, older) if older else None,
            newer=_archived(source, newer) if newer else None,
            language=HTML_LANG[chosen()],
        )

    return _fresh(address, form, look, build, max_age=300)


def _answer(source: Source, form: str) -> Response:
    hub = current.settings().websub_hub if source.kinds is not None else None
    tell_more = source.more if form == "json" else None

    def build(session: Session, state: State) -> Feed:
        entries = source.entries(session)
        newest = max((one.updated_at for one in entries), default=sources.EPOCH)
        older = _newest_archive(session, source)
        return Feed(
            source.address,
            source.page,
            _title(source),
            _("%(city)s环境监测数据公开平台：%(name)s", city=current.settings().city, name=source.title),
            state.changed_at or newest,
            entries,
            hub=hub,
            older=older,
            shows_gone=source.kinds is not None,
            language=HTML_LANG[chosen()],
            more=tell_more(session) if tell_more else None,
        )

    def look(session: Session) -> State:
        """The way into the archive is part of the feed, and so is what its JSON tells beside the entries."""
        found, older = source.state(session), _newest_archive(session, source)
        parts = [older.path] if older else []
        if tell_more:
            parts.append(_digest(json.dumps(tell_more(session), ensure_ascii=False)))
        return State(".".join([found.tag, *parts]), found.changed_at) if parts else found

    return _fresh(source.address, form, look, build, hub=hub, variant="json" if tell_more else "")


def _title(source: Source) -> str:
    return f"{current.settings().site_name} · {source.title}"


def _newest_archive(session: Session, source: Source) -> Address | None:
    if source.kinds is None:
        return None
    page = queries.page_before(session, source.kinds, queries.full_pages(session) + 1)
    return _archived(source, page) if page else None


def _archived(source: Source, page: int) -> Address:
    return Address(f"{source.address.path}/archive/{page}")


def _fresh(
    address: Address,
    form: str,
    look: Callable[[Session], State],
    build: Callable[[Session, State], Feed],
    *,
    hub: str | None = None,
    max_age: int = 60,
    variant: str = "",
) -> Response:
    """304 where the reader has it; else the feed, packed where the reader can unpack it."""
    house = current.house()

    def look_in(session: Session) -> State:
        """A term that ended since the last change is a change too, although nothing was written."""
        found, over = look(session), past_term(session)
        return State(f"{found.tag}.{_digest(*over)}", None) if over else found

    def look_now() -> State:
        with house.database.read() as session:
            return look_in(session)

    freshness: Freshness = current.service("freshness")
    key = (address.path, address.question, chosen(), current.today().isoformat(), variant)
    state = freshness.state(key, look_now)
    packed = request.accept_encodings.quality("gzip") > 0
    response = make_response(b"")
    tag = _tag(address, form, state) + ("-gz" if packed else "")
    response.set_etag(tag)
    response.last_modified = state.changed_at
    response.headers["Content-Type"] = f"{FORMATS[form]}; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Accept-Encoding")
    base_url = house.settings.base_url
    response.headers.add("Link", f'<{address.url(base_url, form)}>; rel="self"')
    if hub:
        response.headers.add("Link", f'<{hub}>; rel="hub"')
    response.make_conditional(request)

    def write() -> tuple[bytes, bool]:
        with house.database.read() as session:
            body = render(build(session, state), form, base_url)
            is_of_tag = look_in(session).tag == state.tag
        return gzip.compress(body, compresslevel=6, mtime=0) if packed else body, is_of_tag

    if response.status_code != 304 and request.method == "GET":
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.set_data(freshness.text(tag, write))
    return response


def _tag(address: Address, form: str, state: State) -> str:
    """Of one text alone: what it is, in which form, language and edition of this program, on which site, as of when."""
    settings = current.settings()
    parts = (EDITION, settings.base_url, settings.site_name, settings.city, str(settings.websub_hub))
    return _digest(*parts, address.path, address.question, form, chosen(), state.tag)


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]
