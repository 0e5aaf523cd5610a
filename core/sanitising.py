"""The only road from what people typed to HTML.

bleach is named by the city; it is no longer maintained upstream, so the seam is this one module, the strict
content-security policy is the second wall, and a hostile corpus in the tests holds it against nh3.
"""

import html
import re
import unicodedata
from collections.abc import Callable

import bleach
from markupsafe import Markup, escape

TAGS = frozenset(
    {
        "p",
        "br",
        "strong",
        "em",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h2",
        "h3",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
)
ATTRIBUTES: dict[str, list[str]] = {"a": ["href"], "th": ["scope"], "td": ["colspan", "rowspan"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
_KEPT = {"\n", "\t"}


def rich_text(source: str) -> Markup:
    """HTML an editor wrote, reduced to plain structure: no scripts, styles, images or foreign protocols."""
    clean = bleach.clean(source, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
    return Markup(clean)  # noqa: S704 - bleach has just cleaned it


def plain(source: str) -> str:
    """The words of an editor's HTML, for search and summaries; text without tags stays as it is."""
    return html.unescape(bleach.clean(source, tags=frozenset(), strip=True)) if "<" in source else source


def plain_lines(source: str) -> Markup:
    """Plain text with its line breaks: paragraphs at blank lines, <br> at single ones; everything else is escaped."""
    paragraphs = re.split(r"\n\s*\n", visible(source).strip())
    lines = (Markup("<br>").join(escape(line) for line in one.split("\n")) for one in paragraphs if one.strip())
    return Markup("").join(Markup("<p>{}</p>").format(one) for one in lines)


def visible(source: str) -> str:
    """Control and direction-changing characters removed, line ends made one kind."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in text if one in _KEPT or unicodedata.category(one) not in _INVISIBLE)


def single_line(source: str) -> str:
    """One visible line, for names and titles."""
    return re.sub(r"\s+", " ", visible(source)).strip()


def form_filter(cleaner: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """A WTForms filter that leaves None alone."""
    return lambda value: cleaner(value) if isinstance(value, str) else value
