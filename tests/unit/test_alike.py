"""Two reports about the same thing are told so, two about different things are not; in either order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.alike import Told, likeness, told

WORDS = "每天凌晨两点，蓝鲸制革厂往石梁河里排黑水，味道很冲，天亮前就停。"
SAME_AGAIN = "每天凌晨两点钟，蓝鲸制革厂往石梁河里排黑水，味道很冲，天亮以前就停了！"
OTHER = "隔壁检测公司没有来采样，第二天就给了盖章的报告。"


def body(words: str = WORDS, name: str = "", uscc: str | None = None, **more: Any) -> dict[str, Any]:
    return {"accused": {"name": name, "uscc": uscc}, "words": words, **more}


def of(subject: str = "water", **changes: Any) -> Told:
    return told(subject, body(**changes))


def test_the_same_words_with_small_changes_are_alike() -> None:
    like = likeness(of(), of(words=SAME_AGAIN))
    assert like.words > 0.7
    assert like.is_alike


def test_other_words_about_nobody_in_particular_are_not() -> None:
    assert not likeness(of(), of(words=OTHER)).is_alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "蓝鲸制革厂"}, {"name": "长葛市蓝鲸制革厂"}),
        ({"name": "蓝鲸 制革厂"}, {"name": "蓝鲸制革厂。"}),
        ({"uscc": "91411000MA00000001"}, {"name": "另写的名字", "uscc": "91411000MA00000001"}),
    ],
)
def test_the_same_accused_in_the_same_matter_is_alike_in_other_words(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert likeness(of(**one), of(words=OTHER, **other)).same_accused
    assert not likeness(of(**one), of("air", words=OTHER, **other)).is_alike, "another matter"


def test_further_companies_count_too_and_very_short_names_do_not() -> None:
    other = of(words=OTHER, name="甲厂", others=[{"name": "蓝鲸制革厂", "uscc": None}])
    assert likeness(of(name="蓝鲸制革厂"), other).same_accused
    assert not likeness(of(name="甲厂"), of(words=OTHER, name="甲厂")).same_accused


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str, name: str, another: str) -> None:
    first, second = of(words=one, name=name), of(words=other, name=another)
    there = likeness(first, second)
    assert there == likeness(second, first)
    assert 0 <= there.words <= 1


@given(st.text())
def test_nothing_is_like_nothing(words: str) -> None:
    assert likeness(of(words=""), of(words=words)).words == 0
