"""bleach is judged by nh3 on a hostile corpus: both must leave the same harmless rest."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sanitising import ATTRIBUTES, PROTOCOLS, TAGS, plain_lines, rich_text, single_line, visible

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<iframe src=//evil.example></iframe>",
    '<a href="https://example.com" onclick="alert(1)">ok</a>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<p>没有问题的一段<br>第二行</p>",
    '"><script>alert(document.cookie)</script>',
    "<object data=x></object><embed src=x>",
    "<form action=//evil.example><input name=a></form>",
]


def judged_by_nh3(html: str) -> str:
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    return nh3.clean(html, tags=set(TAGS), attributes=attributes, url_schemes=set(PROTOCOLS), link_rel=None)


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_that_acts_is_left(source):
    clean = str(rich_text(source)).lower()
    for word in ("<script", "onerror=", "onclick=", "onload=", "<iframe", "<img", "<svg", "<form", "style="):
        assert word not in clean.replace("&lt;", "")
    assert 'href="javascript' not in clean
    assert 'href="data' not in clean
    assert judged_by_nh3(clean) == clean


@given(st.text())
def test_plain_text_is_shown_as_it_is_and_never_as_html(text):
    html = str(plain_lines(text))
    rest = html.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "<" not in rest
    assert ">" not in rest


def test_lines_and_paragraphs_survive():
    assert plain_lines("一\r\n二\n\n三") == "<p>一<br>二</p><p>三</p>"


def test_invisible_characters_do_not_get_in():
    assert visible("a\u202eb\u200bc\x00d") == "abcd"
    assert single_line(" 许昌\n宏源\t ") == "许昌 宏源"
