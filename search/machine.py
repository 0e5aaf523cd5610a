"""What the search page shows beside the records of a question, for programs: `_mingjian` in /search.json."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from search import guidance, partial
from search.document import Document, Query, Results
from search.service import Search
from search.views import PAGE_SIZE, facet_label

MOST_PAGES = 10
FIELDS = {"kind": "kinds", "county": "county", "authority": "authority", "act": "act", "from": "since", "to": "until"}


def told(search: Search, session: Session, query: Query, base_url: str) -> dict[str, Any]:
    """Counts, facets, the first hits in the page's order, companies, pages of the site, and help where nothing is."""
    first = replace(query, sort="relevance", cursor=None, limit=PAGE_SIZE)
    answer = partial.answer(search, session, first)
    results = Results() if answer.is_partial else answer.results
    companies = guidance.companies(search, session, results, answer.question)
    return {
        "about": f"{base_url}/api/docs#search",
        "total": results.total,
        "more_than_total": results.capped,
        "facets": _facets(results.facets),
        "hits": _hits(results, base_url),
        "companies": [vars(one) for one in companies],
        "pages": _pages(search, session, first, base_url),
        "suggestions": None if results.total else _suggestions(search, session, first, answer, base_url),
    }


def _facets(facets: Mapping[str, Mapping[str, int]]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"value": value, "label": facet_label(name, value), "count": count} for value, count in counts.items()]
        for name, counts in facets.items()
    }


def _hits(results: Results, base_url: str) -> list[dict[str, Any]]:
    return [_hit(hit.document, base_url) for hit in results.hits]


def _hit(document: Document, base_url: str) -> dict[str, Any]:
    return {
        "url": base_url + document.url,
        "title": document.title,
        "kind": document.kind,
        "county": document.county,
        "authority": document.authority,
        "acts": list(document.acts),
        "date": document.on.isoformat() if document.on else None,
        "amount_yuan": document.amount,
        "language": document.language,
    }


def _pages(search: Search, session: Session, query: Query, base_url: str) -> list[dict[str, Any]]:
    """The site's own pages that say it, which no feed tells as news."""
    if query.kinds and "page" not in query.kinds:
        return []
    results, _question = search.ask(session, replace(query, kinds=("page",), limit=MOST_PAGES))
    named = ("url", "title", "language")
    return [{name: value for name, value in one.items() if name in named} for one in _hits(results, base_url)]


def _suggestions(
    search: Search, session: Session, query: Query, answer: partial.Answer, base_url: str
) -> dict[str, Any]:
    narrowing = [name for name, field in FIELDS.items() if getattr(query, field)]
    most = answer.results if answer.is_partial else Results()
    return {
        "names": guidance.corrections(search, session, query.text),
        "without_filter": guidance.widenings(search, session, query, narrowing),
        "most_of_the_words": {"total": most.total, "hits": _hits(most, base_url)},
    }
