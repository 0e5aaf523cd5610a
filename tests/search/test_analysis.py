"""The one analysis: what two ways of writing the same thing become."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from search import analysis

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
    ["豫环罚决字〔2024〕12号", "豫环罚决字[2024]12号", "豫环罚决字（2024）第012号", "豫环罚决字【2024】 12 号"],
)
def test_every_spelling_of_a_decision_number_is_one_term(number: str) -> None:
    assert analysis.number_term(number) == analysis.number_term("豫环罚决字〔2024〕12号")
    assert analysis.whole_numbers(f"见{number}。") != []
