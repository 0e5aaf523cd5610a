"""How a question is read: syntax where it is syntax, words everywhere else, and never an error."""

from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis
from search.language import LONGEST, Either, Every, Field, Node, Without, Words, read
from search.plan import All, Any, Phrase, Plan, Term, plan
from search.ranges import Range


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


HONGYUAN, DILUTED, STATION = Words("宏源"), Words("稀释"), Words("站房")
QUOTED = Words("稀释样品", exact=True)


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("宏源", HONGYUAN),
        ("  宏源　", HONGYUAN),
        ("宏源 稀释", Every((HONGYUAN, DILUTED))),
        ("宏源 AND 稀释", Every((HONGYUAN, DILUTED))),
        ("稀释 OR 站房", Either((DILUTED, STATION))),
        ("宏源 NOT 稀释", Every((HONGYUAN, Without(DILUTED)))),
        ("宏源 -稀释", Every((HONGYUAN, Without(DILUTED)))),
        ("-宏源", Without(HONGYUAN)),
        ("宏源 -(稀释 OR 站房)", Every((HONGYUAN, Without(Either((DILUTED, STATION)))))),
        ("宏源 (稀释 OR 站房)", Every((HONGYUAN, Either((DILUTED, STATION))))),
        ("宏源 OR 稀释 AND 站房", Either((HONGYUAN, Every((DILUTED, STATION))))),
        ("（稀释　OR　站房）", Either((DILUTED, STATION))),
        ('"稀释样品"', QUOTED),
        ("“稀释样品”", QUOTED),
        ("＂稀释样品＂", QUOTED),
        ('宏源 -"稀释样品"', Every((HONGYUAN, Without(QUOTED)))),
        ('"" 宏源', HONGYUAN),
    ],
)
def test_syntax_is_read_as_it_is_meant(typed: str, root: Node) -> None:
    assert read(typed).root == root


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('"宏源', "宏源"),
        ("宏源-稀释", "宏源-稀释"),
        ("宏源*", "宏源*"),
        ("宏源^3", "宏源^3"),
        ("宏源~2", "宏源~2"),
        ("kind:", "kind:"),
        ("未知:宏源", "未知:宏源"),
        ("((宏源", "宏源"),
        ("宏源))", "宏源"),
    ],
)
def test_what_is_no_syntax_is_searched_as_words(typed: str, text: str) -> None:
    assert read(typed).root == Words(text)


def test_small_letters_and_or_not_are_words() -> None:
    assert read("not a or b").root == Every(tuple(Words(one) for one in ("not", "a", "or", "b")))


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("kind:penalty", "kind", "penalty"),
        ("类别：penalty", "kind", "penalty"),
        ("县区:411081", "county", "411081"),
        ("机关:许昌市生态环境局", "authority", "许昌市生态环境局"),
        ("行为:T03", "act", "T03"),
        ("文号：许环罚（2026）3号", "no", "许环罚〔2026〕3号"),
        ("no:许环罚[2026]3号", "no", "许环罚〔2026〕3号"),
        ("当事人:宏源", "party", "宏源"),
        ('party:"宏源 检测"', "party", "宏源 检测"),
    ],
)
def test_fields_have_english_and_chinese_names(typed: str, name: str, value: str) -> None:
    assert read(typed).root == Field(name, value)


def test_a_field_name_inside_a_word_is_no_field() -> None:
    assert read("的类别:penalty").root == Words("的类别:penalty")


@pytest.mark.parametrize("typed", ["", " \t\n", "，。！？", "-", '"', '""', "()", "😀", "\x00\x01", "- - -"])
def test_nothing_searchable_is_no_question(typed: str) -> None:
    assert read(typed).root is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("宏源 -稀释", ("宏源",)),
        ("宏源 (稀释 OR 站房)", ("宏源", "稀释", "站房")),
        ('"稀释样品" kind:penalty', ("稀释样品",)),
        ("文号:许环罚〔2026〕3号 当事人:宏源", ("许环罚〔2026〕3号", "宏源")),
        ("NOT (宏源 OR 稀释)", ()),
    ],
)
def test_the_words_to_mark_are_those_that_were_wanted(typed: str, words: tuple[str, ...]) -> None:
    assert read(typed).words == words


@pytest.mark.parametrize(("length", "cut"), [(LONGEST, False), (LONGEST + 1, True), (10_000, True)])
def test_only_the_beginning_of_a_long_text_counts_and_that_is_said(length: int, cut: bool) -> None:
    question = read("a" * length)
    assert question.cut is cut
    assert question.root == Words("a" * LONGEST)


@given(st.text(max_size=400) | st.text(alphabet='宏源a1 :"()-〔〕NOTANDOR类别', max_size=80))
def test_any_text_is_read_and_every_stretch_of_words_has_terms(typed: str) -> None:
    question = read(typed)
    assert all(analysis.terms(one.text) for one in stretches(question.root))


def stretches(node: Node | None) -> list[Words]:
    if isinstance(node, Words):
        return [node]
    if isinstance(node, Without):
        return stretches(node.part)
    return [found for part in getattr(node, "parts", ()) for found in stretches(part)]


def test_a_quoted_stretch_is_asked_for_in_order() -> None:
    assert plan(QUOTED) == Phrase(("稀释", "释样", "样品"))


RUN = "许昌市宏源环境检测技术"


@pytest.mark.parametrize("length", range(2, len(RUN) + 1))
def test_the_pairs_that_may_be_missing_are_neither_at_an_end_nor_neighbours(length: int) -> None:
    asked = plan(Words(RUN[:length]))
    pairs = analysis.pairs(RUN[:length])
    for size in range(len(pairs) + 1):
        for missing in combinations(range(len(pairs)), size):
            there = {pair for n, pair in enumerate(pairs) if n not in missing}
            ends = not {0, len(pairs) - 1} & set(missing)
            apart = all(second - first > 1 for first, second in pairwise(missing))
            assert holds(asked, there) == (ends and apart)


def holds(asked: Plan, there: set[str]) -> bool:
    if isinstance(asked, Term):
        return asked.text in there
    assert isinstance(asked, All | Any)
    found = [holds(part, there) for part in asked.parts]
    return all(found) if isinstance(asked, All) else any(found)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("date:2026", Range("day", day("2026-01-01"), day("2026-12-31"))),
        ("日期：2026-05..2026-07", Range("day", day("2026-05-01"), day("2026-07-31"))),
        ("日期:2024年2月", Range("day", day("2024-02-01"), day("2024-02-29"))),
        ("日期:2026-05-06至2026-05-07", Range("day", day("2026-05-06"), day("2026-05-07"))),
        ("日期:..2025", Range("day", None, day("2025-12-31"))),
        ("日期:2025..", Range("day", day("2025-01-01"), None)),
        ("日期: > 2025", Range("day", day("2026-01-01"), None)),
        ("金额:10万", Range("amount", 100_000, 100_000)),
        ("金额：＞10万元", Range("amount", 100_001, None)),
        ("amount:3.5万..20万", Range("amount", 35_000, 200_000)),
        ("amount:<=0.5", Range("amount", None, 0)),
        ("金额:1,000元至2千", Range("amount", 1_000, 2_000)),
    ],
)
def test_days_and_amounts_are_asked_for_as_ranges(typed: str, expected: Range) -> None:
    assert read(typed).root == expected


@pytest.mark.parametrize("typed", ["date:2026-02-30", "date:0000", "日期:昨天", "金额:多", "金额:10美元", "amount:>x"])
def test_what_is_no_range_is_searched_as_words(typed: str) -> None:
    assert isinstance(read(typed).root, Words)
