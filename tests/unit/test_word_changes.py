"""What a reader of a correction sees as taken out and put in."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.disclosures.word_changes import IN, OUT, SAME, Piece, word_changes


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in word_changes(before, after)]


def test_a_changed_sum_is_marked_whole() -> None:
    assert told("罚款5万元。", "罚款6.5万元。") == [(SAME, "罚款"), (OUT, "5"), (IN, "6.5"), (SAME, "万元。")]


def test_words_put_in_and_taken_out_stand_alone() -> None:
    assert told("稀释样品。", "多次稀释样品。") == [(IN, "多次"), (SAME, "稀释样品。")]
    assert told("多次稀释样品。", "稀释样品。") == [(OUT, "多次"), (SAME, "稀释样品。")]
    assert told("", "新") == [(IN, "新")]
    assert told("旧", "") == [(OUT, "旧")]
    assert told("同", "同") == [(SAME, "同")]
    assert told("", "") == []


def test_a_character_that_agrees_by_chance_is_not_shown_as_kept() -> None:
    assert told("魏都区分局", "禹州市分局") == [(OUT, "魏都区"), (IN, "禹州市"), (SAME, "分局")]
    assert told("甲乙丙", "丁乙戊") == [(OUT, "甲乙丙"), (IN, "丁乙戊")]


TEXT = st.text(alphabet="稀释样品5.6万元。；\nab ", max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_give_both_texts_back_and_alternate(before: str, after: str) -> None:
    pieces = word_changes(before, after)
    assert "".join(one.text for one in pieces if one.kind != IN) == before
    assert "".join(one.text for one in pieces if one.kind != OUT) == after
    assert all(one.text for one in pieces)
    assert all(a.kind != b.kind for a, b in pairwise(pieces))


def test_the_longest_text_is_compared_in_a_moment() -> None:
    before = "".join(f"第{n}句说的是监测数据。" for n in range(1700))
    after = before.replace("第900句说", "第900句不说")
    began = time.process_time()
    pieces = word_changes(before, after)
    assert time.process_time() - began < 5
    assert [one for one in pieces if one.kind == IN] == [Piece(IN, "第900句不说的是监测数据。")]
