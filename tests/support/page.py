"""What holds for every page, checked whenever a test opens one."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

import html5lib
from flask.testing import FlaskClient
from lxml import etree

from core.web.headers import CONTENT_SECURITY_POLICY
from tests.support import databases

# html5lib knows HTML as of 2016: these complaints are about things that are valid today.
OUTDATED_COMPLAINTS: frozenset[str] = frozenset()
LABELLED = ("text", "search", "email", "tel", "url", "number", "date", "password", "file")


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    html: str

    @cached_property
    def tree(self) -> etree._ElementTree:
        """The markup is judged as the standard says it is read; once, with SQLite: the database writes no markup."""
        if databases.is_wanted():
            return etree.HTML(self.html).getroottree()
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
        tree = parser.parse(self.html)
        complaints = [(place, code) for place, code, _ in parser.errors if code not in OUTDATED_COMPLAINTS]
        assert not complaints, f"{self.url}: invalid HTML {complaints[:5]}\n{_around(self.html, complaints)}"
        return tree

    def find(self, path: str) -> list[etree._Element]:
        return list(self.tree.xpath(path))

    def text(self, path: str = "//main") -> str:
        return re.sub(r"\s+", " ", " ".join("".join(one.itertext()) for one in self.find(path))).strip()

    def hidden_fields(self) -> dict[str, str]:
        return {one.get("name"): one.get("value", "") for one in self.find("//main//form//input[@type='hidden']")}

    def links(self) -> list[str]:
        return [urljoin(self.url, one.get("href")) for one in self.find("//a[@href]")]


def checked(client: FlaskClient, url: str, status: int = 200) -> Page:
    """Open `url`, follow redirects and check the page; it must answer `status`."""
    response = client.get(url, follow_redirects=True)
    page = Page(url, response.status_code, response.get_data(as_text=True))
    assert page.status == status, f"{url}: {page.status}, not {status}: {page.html[-2000:]}"
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    return check(page)


def check(page: Page) -> Page:
    """Fail where the page breaks a rule that holds for all."""
    headings = page.find("//h1")
    assert len(headings) == 1, f"{page.url}: {len(headings)} h1"
    title = "".join(page.find("//title")[0].itertext()).strip()
    heading = re.sub(r"\s+", " ", "".join(headings[0].itertext())).strip()
    assert heading and title, f"{page.url}: empty title or h1"
    assert page.find("//html[@lang]"), f"{page.url}: no language"
    _ids_are_unique(page)
    _fields_are_labelled(page)
    _nothing_is_inline(page)
    _images_speak(page)
    _tables_have_headers(page)
    assert page.find("//a[@href='#main-content']"), f"{page.url}: no skip link"
    return page


def _ids_are_unique(page: Page) -> None:
    twice = [name for name, count in Counter(one.get("id") for one in page.find("//*[@id]")).items() if count > 1]
    assert not twice, f"{page.url}: ids used twice: {twice}"
    known = {one.get("id") for one in page.find("//*[@id]")}
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for one in page.find(f"//*[@{attribute}]"):
            missing = set(one.get(attribute).split()) - known
            assert not missing, f"{page.url}: {attribute} names what is not there: {missing}"


def _fields_are_labelled(page: Page) -> None:
    labels = {one.get("for") for one in page.find("//label[@for]")}
    for field in page.find("//input | //select | //textarea"):
        if field.tag == "input" and field.get("type", "text") in ("hidden", "submit", "button", "image"):
            continue
        named = field.get("id") in labels or field.get("aria-label") or field.get("aria-labelledby")
        assert named, f"{page.url}: no label for {etree.tostring(field)[:200]!r}"


def _nothing_is_inline(page: Page) -> None:
    inline = page.find("//*[@style] | //style | //script[not(@src) and not(@type='application/ld+json')]")
    assert not inline, f"{page.url}: inline style or script {[etree.tostring(one)[:120] for one in inline[:3]]}"
    handlers = page.find("//@*[starts-with(name(), 'on')]")
    assert not handlers, f"{page.url}: inline handlers"


def _images_speak(page: Page) -> None:
    assert not page.find("//img[not(@alt)]"), f"{page.url}: an image without alt"
    assert not page.find("//a[not(normalize-space()) and not(@aria-label) and not(.//img[@alt!=''])]"), (
        f"{page.url}: a link without words"
    )
    assert not page.find("//button[not(normalize-space()) and not(@aria-label)]"), f"{page.url}: a button without words"


def _tables_have_headers(page: Page) -> None:
    for table in page.find("//table"):
        assert table.find("caption") is not None, f"{page.url}: a table without a caption"
        assert not table.xpath(".//th[not(@scope)]"), f"{page.url}: a header cell without scope"


def _around(html: str, complaints: list[tuple[tuple[int, int], str]]) -> str:
    if not complaints:
        return ""
    line = complaints[0][0][0]
    return "\n".join(html.splitlines()[max(0, line - 3) : line + 1])
