"""The search page: one box, facets as links, highlights; every question is an address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from core.falsification_acts import ACTS
from core.places import COUNTIES, county_name
from core.sanitising import visible
from core.web import current
from core.web.access import public
from core.web.languages import LANGUAGES
from search import guidance, highlight, partial
from search.document import SORTS, Document, Hit, Query, Results
from search.language import LONGEST
from search.service import Search

PAGE_SIZE = 20
NOT_ASKED = ("cursor", "sort", "page")
FILTERS = ("kind", "county", "authority", "act", "from", "to")

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True)
class ShownHit:
    url: str
    title: Markup
    text: Markup
    file: str | None
    language: str | None
    kind: str
    county: str | None
    authority: str | None
    on: date | None


@dataclass(frozen=True)
class FacetLink:
    label: str
    count: int
    url: str
    chosen: bool


@blueprint.get("/search")
@public
def page() -> str:
    query = question_from(request.args)
    service: Search = current.service("search")
    asked = bool(query.text.strip() or any(request.args.get(name) for name in FILTERS))
    session = current.session()
    answer = partial.answer(service, session, query) if asked else None
    results, question = (answer.results, answer.question) if answer else (None, None)
    has_all = bool(answer and answer.results.total and not answer.is_partial)
    narrowing = [name for name in FILTERS if request.args.get(name)]
    helps = answer is not None and not has_all and not query.cursor
    return render_template(
        "search/page.html",
        query=query,
        asked=asked,
        results=results,
        cut=bool(question and question.cut),
        hits=[_shown(hit, question.words) for hit in results.hits] if results and question else [],
        facets=_facet_links(results.facets) if results else {},
        pages=_pages(results) if results else {},
        kinds=kind_labels(),
        counties=[(one.code, one.name) for one in COUNTIES],
        acts=[(act.code, f"{act.code} {act.plain}") for act in ACTS],
        has_all=has_all,
        companies=guidance.companies(service, session, results, question)
        if has_all and not query.cursor and results and question
        else [],
        meant=guidance.corrections(service, session, query.text) if helps else [],
        wider=guidance.widenings(service, session, query, narrowing) if helps else {},
        filter_names=filter_labels(),
        changed=changed,
        question_parts=_question_parts(),
    )


def _question_parts() -> dict[str, str]:
    """What is asked, in the order in which the feed of this question names itself."""
    return {name: value for name, value in sorted(request.args.items()) if value and name not in NOT_ASKED}


@blueprint.get("/search/suggest")
@public
def suggest() -> str:
    """Names for what was typed so far, as links."""
    text, names = _suggested()
    return render_template("search/suggest.html", text=text, names=names)


@blueprint.get("/search/suggest.json")
@public
def suggest_json() -> Response:
    """The same for the script under the box."""
    return jsonify(_suggested()[1])


def _suggested() -> tuple[str, list[str]]:
    text = visible(request.args.get("q", ""))[:LONGEST]
    return text, guidance.suggestions(current.service("search"), current.session(), text)


def filter_labels() -> dict[str, str]:
    labels = (_("类别"), _("县区"), _("机关"), _("弄虚作假行为"), _("从"), _("到"))
    return dict(zip(FILTERS, labels, strict=True))


def kind_labels() -> dict[str, str]:
    return {
        "penalty": _("行政处罚"),
        "blacklist": _("失信名单"),
        "notice": _("公告"),
        "manifest": _("完整性清单"),
        "key_use": _("保管密钥使用记录"),
        "page": _("站内页面"),
    }


def changed(**values: str | int | None) -> str:
    """The address of this question with some of its parts changed; None takes a part out."""
    arguments: dict[str, Any] = {**request.args.to_dict(), **values}
    if "cursor" not in values:
        arguments.pop("cursor", None)
    return url_for("search.page", **{name: value for name, value in arguments.items() if value not in (None, "")})


def question_from(arguments: Mapping[str, str]) -> Query:
    """What an address asks. Whatever follows a search (its feed, a subscription) reads its address here too."""
    kind = arguments.get("kind", "")
    return Query(
        text=visible(arguments.get("q", "")),
        kinds=(kind,) if kind else (),
        county=arguments.get("county") or None,
        authority=arguments.get("authority") or None,
        act=arguments.get("act") or None,
        since=_day(arguments.get("from")),
        until=_day(arguments.get("to")),
        sort=sort if (sort := arguments.get("sort", "")) in SORTS else "relevance",
        cursor=arguments.get("cursor") or None,
        limit=PAGE_SIZE,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _shown(hit: Hit, words: tuple[str, ...]) -> ShownHit:
    document = hit.document
    excerpt, file = _excerpt(document, words)
    return ShownHit(
        url=document.url,
        title=highlight.whole(document.title, words),
        text=highlight.snippet(excerpt, words),
        file=file,
        language=LANGUAGES.get(document.language or ""),
        kind=document.kind,
        county=county_name(document.county),
        authority=document.authority,
        on=document.on,
    )


def _excerpt(document: Document, words: tuple[str, ...]) -> tuple[str, str | None]:
    """Where the words stand: in the document's own body, or in a file that says more of them, and which."""
    best, name = highlight.stretch(document.body, words), None
    for file, text in document.files:
        found = highlight.stretch(text, words)
        if found[1] > best[1]:
            best, name = found, file
    return best[0] if name else document.body, name


def facet_label(name: str, value: str) -> str:
    """A facet's value as people read it."""
    labels: dict[str, Callable[[str], str | None]] = {"kind": kind_labels().get, "county": county_name}
    return labels.get(name, str)(value) or value


def _facet_links(facets: Mapping[str, Mapping[str, int]]) -> dict[str, list[FacetLink]]:
    return {
        name: [_facet_link(name, value, count, facet_label(name, value)) for value, count in counts.items()]
        for name, counts in facets.items()
    }


def _facet_link(name: str, value: str, count: int, label: str) -> FacetLink:
    if name == "year":
        wanted = {"from": f"{value}-01-01", "to": f"{value}-12-31"}
        chosen = request.args.get("from") == wanted["from"] and request.args.get("to") == wanted["to"]
        return FacetLink(label, count, changed(**(dict.fromkeys(wanted) if chosen else wanted)), chosen)
    chosen = request.args.get(name) == value
    return FacetLink(label, count, changed(**{name: None if chosen else value}), chosen)


def _pages(results: Results) -> dict[str, str]:
    cursors = {"previous": results.previous_cursor, "next": results.next_cursor}
    return {name: changed(cursor=cursor) for name, cursor in cursors.items() if cursor}
