"""站内页面: what the site says of itself (how to report, how the ledger works, the open data), for search.

Each page is rendered as everybody gets it, in each language, and its words are indexed; of a page that also shows
data only what explains it, because the data goes on changing. The release calendar's data sets are pages of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask, g
from lxml import html
from sqlalchemy.orm import Session

from core.accounts.actor import ANONYMOUS
from core.clock import local_date
from core.web.languages import COOKIE, LANGUAGES
from portal.release.rules import datasets
from search.document import Document

KIND = "page"
# The second of each: whether all that the page says stays as it is until the site itself is changed.
PAGES: tuple[tuple[str, bool], ...] = (
    ("/about", True),
    ("/report", True),
    ("/report/help", True),
    ("/report/elsewhere", True),
    ("/track", True),
    ("/statistics", False),
    ("/air/standards", True),
    ("/calendar", False),
    ("/ledger", True),
    ("/verify", True),
    ("/data", True),
    ("/api/docs", True),
    ("/embed", True),
    ("/feeds", True),
    ("/subscriptions/new", True),
)
_NEVER = ("script", "nav", "option", "datalist", "time", "code", "pre")
# Where data stands. A record that is withdrawn must not go on standing in the index of a page.
_DATA = ("table", "ul", "ol", "dl", "figure")
_BLOCKS = ("h2", "h3", "h4", "p", "li", "dt", "dd", "td", "th", "summary", "label", "legend")


@dataclass(frozen=True)
class PageSource:
    """A page's key is its path and its language."""

    app: Flask
    kind: str = KIND

    def document(self, session: Session, key: str) -> Document | None:
        path, _dot, language = key.rpartition(".")
        known = dict(self._pages(session))
        return self._document(session, path, language, is_whole=known[path]) if path in known else None

    def documents(self, session: Session) -> Iterator[Document]:
        for path, is_whole in self._pages(session):
            for language in LANGUAGES:
                found = self._document(session, path, language, is_whole=is_whole)
                if found is not None:
                    yield found

    def _pages(self, session: Session) -> Iterator[tuple[str, bool]]:
        yield from PAGES
        day = local_date(session.info["clock"].now())
        yield from ((f"/calendar/{row['code']}", False) for row in datasets(day))

    def _document(self, session: Session, path: str, language: str, *, is_whole: bool) -> Document | None:
        page: Any = html.fromstring(self._rendered(session, path, language))
        main = next(iter(page.xpath("//main")), None)
        title = next(iter(page.xpath("//h1")), None)
        if main is None or title is None:
            return None
        for part in list(main.iter(*_NEVER, *(() if is_whole else _DATA))):
            if part.getparent() is not None:
                part.drop_tree()
        blocks = (one for one in main.iter(*_BLOCKS) if next(one.iterdescendants(*_BLOCKS), None) is None)
        said = (" ".join(one.text_content().split()) for one in blocks)
        return Document(
            kind=KIND,
            key=f"{path}.{language}",
            url=path if language == "zh" else f"/language/{language}?next={quote(path)}",
            title=" ".join(title.text_content().split()),
            body="\n".join(dict.fromkeys(one for one in said if one)),
            language=language,
        )

    def _rendered(self, session: Session, path: str, language: str) -> str:
        """What anybody would get, in an application context of its own."""
        asked = {"Cookie": f"{COOKIE}={language}"}
        with self.app.app_context(), self.app.test_request_context(path, headers=asked) as context:
            g.database_session, g.actor = session, ANONYMOUS
            request = context.request
            answer: Any = self.app.view_functions[request.endpoint or ""](**(request.view_args or {}))
            return self.app.make_response(answer).get_data(as_text=True)
