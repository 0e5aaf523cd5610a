"""The one analysis: what two ways of writing the same thing become, and what of a text is marked as found."""

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from search import analysis, highlight, sounds
from search.document import Document

CONVERTER = OpenCC("t2s")
COMMON = "许昌市环境监测数据造假反覆瞭解藉口環境檢測數據臺灣后後里裏干乾ABC１２３〔〕"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("宏源检测", ["宏源", "源检", "检测"]),
        ("宏", ["宏"]),
        ("環境檢測", ["环境", "境检", "检测"]),
        ("反覆", ["反复"]),
        ("PM2.5和O₃", ["pm2.5", "和", "o3"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("", []),
        ("，。", []),
        ("检测abc检测", ["检测", "abc", "检测"]),
    ],
)
def test_the_terms_of_a_text(text: str, terms: list[str]) -> None:
    assert analysis.terms(text) == terms


@given(st.text(alphabet=st.one_of(st.sampled_from(COMMON), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF))))
def test_the_short_way_round_the_converter_changes_nothing(text: str) -> None:
    assert analysis.normal(text) == CONVERTER.convert(unicodedata.normalize("NFKC", text).lower())


@given(st.text(max_size=40))
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert analysis.normal(analysis.normal(text)) == analysis.normal(text)


@pytest.mark.parametrize(
    "number",
    [
        "豫环罚决字〔2024〕12号",
        "豫环罚决字[2024]12号",
        "豫环罚决字（2024）第012号",
        "豫环罚决字【2024】 12 号",
        "豫環罰決字〔２０２４〕第012號",
    ],
)
def test_every_spelling_of_a_decision_number_is_one_term(number: str) -> None:
    assert analysis.number_term(number) == analysis.number_term("豫环罚决字〔2024〕12号")
    assert analysis.whole_numbers(f"见{number}。") != []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("见豫环罚〔2024〕12号、许环罚〔2023〕3号。", ["见豫环罚〔2024〕12号", "许环罚〔2023〕3号"]),
        ("豫环罚〔2024〕12", []),
        ("豫环罚〔24〕12号", []),
        ("2024年12月", []),
    ],
)
def test_only_whole_decision_numbers_in_a_text_are_terms(text: str, numbers: list[str]) -> None:
    assert analysis.whole_numbers(text) == [analysis.number_term(one) for one in numbers]


@pytest.mark.parametrize("code", ["91411000ma3x4twt1j", "９１４１１０００ＭＡ３Ｘ４ＴＷＴ１Ｊ", "91411000-MA3X4TWT1J"])
def test_a_credit_code_is_one_term_however_it_is_typed(code: str) -> None:
    assert analysis.number_term(code) == analysis.number_term("91411000MA3X4TWT1J")


def document(**more: object) -> Document:
    return Document("penalty", "1", "/penalties/1", **{"title": "", "body": "", **more})  # type: ignore[arg-type]


def test_the_last_character_of_each_chinese_run_is_an_end() -> None:
    assert analysis.postings(document(body="宏源PM2.5檢測，豫")).marks == "_e测 _e源 _e豫"


def test_a_name_is_indexed_by_its_sound_and_its_initials() -> None:
    marks = analysis.postings(document(names=("长葛宏源A厂",))).marks.split()
    assert " ".join(marks).endswith(" _ _pchang _pge _phong _pyuan _icg _igh _ihy _ _pchang")


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("许昌", "xu chang"),
        ("魏都", "wei du"),
        ("建安", "jian an"),
        ("鄢陵", "yan ling"),
        ("襄城", "xiang cheng"),
        ("禹州", "yu zhou"),
        ("长葛市", "chang ge shi"),
        ("绿洲", "lv zhou"),
    ],
)
def test_the_places_of_the_city_sound_as_its_people_say_them(name: str, sound: str) -> None:
    assert " ".join(sounds.syllables(name)) == sound


@pytest.mark.parametrize(
    ("word", "readings"),
    [
        ("hongyuan", ["_phong _pyuan", "_phong _pyu _pan"]),
        ("xian", ["_pxian", "_pxi _pan"]),
        ("hyjc", ["_ihy _iyj _ijc"]),
        ("pm2.5", []),
        ("notice", []),
        ("宏源", []),
        ("z" * 60, []),
    ],
)
def test_a_word_in_latin_letters_may_be_pinyin(word: str, readings: list[str]) -> None:
    assert [" ".join(way) for way in sounds.readings(word)] == readings


@given(st.text(max_size=40))
def test_what_is_indexed_is_what_is_asked_for(text: str) -> None:
    assert analysis.postings(document(title=text)).title.split() == analysis.terms(text)


SAID = st.text(alphabet="稀释样a ，", max_size=14)


@given(body=SAID, title=SAID, cut=st.tuples(st.integers(0, 12), st.integers(2, 6)))
def test_a_phrase_is_part_of_the_sequence_of_just_the_texts_that_hold_its_terms_in_order(
    body: str, title: str, cut: tuple[int, int]
) -> None:
    """Asked of phrases that the title holds, so that many are found in the body and many are not."""
    phrase = analysis.terms(title)[cut[0] % 5 :][: cut[1]]
    held = analysis.terms(body)
    in_order = any(held[n : n + len(phrase)] == phrase for n in range(len(held)))
    document = Document("notice", "1", "/notices/1", "", body)
    assert not phrase or (analysis.stretch(phrase) in analysis.sequence(document)) == in_order


def test_no_phrase_spans_two_columns() -> None:
    document = Document("notice", "1", "/notices/1", "稀释", "样品")
    assert analysis.stretch(["稀释", "样品"]) not in analysis.sequence(document)


@given(st.text(alphabet=COMMON + " ，.-_<>", max_size=60))
def test_every_token_stands_where_it_says(text: str) -> None:
    normal = analysis.normal(text)
    tokens = [one.copy() for one in analysis.PairTokenizer()(text, positions=True, chars=True)]
    assert [normal[one.startchar : one.endchar] for one in tokens] == [one.text for one in tokens]
    assert [one.text for one in tokens] == analysis.terms(text)
    assert [one.pos for one in tokens] == list(range(len(tokens)))


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("许昌宏源环境检测公司", ("宏源检测",), "许昌<mark>宏源</mark>环境<mark>检测</mark>公司"),
        ("环境检测技术", ("环境检测",), "<mark>环境检测</mark>技术"),
        ("检测检测", ("检测",), "<mark>检测检测</mark>"),
        ("許昌環境", ("环境",), "許昌<mark>環境</mark>"),
        ("ＰＭ２．５ 超标", ("pm2.5",), "<mark>ＰＭ２．５</mark> 超标"),
        ("100㎡的宏源", ("宏源",), "100m2的<mark>宏源</mark>"),
        ("宏源公司", ("宏",), "<mark>宏</mark>源公司"),
        ("<script>宏源</script>", ("宏源",), "&lt;script&gt;<mark>宏源</mark>&lt;/script&gt;"),
        ("<script>1</script>", ("script",), "&lt;<mark>script</mark>&gt;1&lt;/<mark>script</mark>&gt;"),
        ("A&B \"'", ("b",), "A&amp;<mark>B</mark> &#34;&#39;"),
        ("宏源", ("汞",), "宏源"),
        ("", ("宏源",), ""),
    ],
)
def test_a_title_is_marked_where_it_matches_and_escaped_everywhere(
    text: str, words: tuple[str, ...], marked: str
) -> None:
    assert highlight.whole(text, words) == marked


def test_the_mark_is_in_its_place_where_one_character_grows_and_another_shrinks() -> None:
    assert "<mark>检测</mark>" in highlight.whole("ﬁ检测e\u0301", ("检测",))


@given(st.text(max_size=60), st.lists(st.text(max_size=4), max_size=3))
def test_marking_changes_nothing_but_the_marks(text: str, words: list[str]) -> None:
    shown = html.unescape(re.sub("</?mark>", "", str(highlight.whole(text, words))))
    assert shown in (text, analysis.normal(text))


def test_a_snippet_shows_the_one_match_once_with_what_is_around_it() -> None:
    shown = str(highlight.snippet("前" * 300 + "稀释样品" + "后" * 300, ("稀释样品",)))
    assert "前前<mark>稀释样品</mark>后后" in shown
    assert shown.count("稀释样品") == 1


def test_a_snippet_of_two_far_matches_shows_both_in_their_order() -> None:
    shown = str(highlight.snippet("稀释" + "前" * 500 + "样品" + "后" * 500, ("稀释 样品",)))
    assert re.fullmatch("<mark>稀释</mark>前+ … 前+<mark>样品</mark>后+", shown)


@pytest.mark.parametrize(
    ("text", "shown"), [("短", "短"), ("", ""), ("甲" * 161, "甲" * 160 + "…"), ("<b>甲", "&lt;b&gt;甲")]
)
def test_a_snippet_without_a_match_is_the_beginning(text: str, shown: str) -> None:
    assert highlight.snippet(text, ("稀释",)) == shown


@given(st.text(alphabet="宏源检测<>&\"'amrk ;/㎡樣，", max_size=600), st.sampled_from(("宏源", "检测", "mark", "宏")))
def test_a_snippet_is_short_and_has_no_markup_but_marks(text: str, word: str) -> None:
    shown = re.sub("</?mark>", "", str(highlight.snippet(text, (word,))))
    assert not re.search("[<>]", shown)
    assert len(html.unescape(shown)) <= 2 * (highlight.LONGEST + 2 * highlight.AROUND) + len(" … ")
