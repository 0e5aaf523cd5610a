"""Codes with a right check: published codes of Huawei, Tencent, Alibaba, PetroChina, Xiaomi."""

import pytest

from core.identifiers import check_uscc, decision_number, decision_number_key


@pytest.mark.parametrize(
    "code",
    ["914403001922038216", "9144030071526726XG", "91330100799655058B", "91110000710925462X", "91110108551385082Q"],
)
def test_a_right_code_has_no_problem(code):
    assert check_uscc(code).problem is None
    assert check_uscc(f" {code[:8].lower()}　{code[8:]}").code == code


@pytest.mark.parametrize("code", ["91110000800088421P", "91110108717809965C", "9144030019220382", "许昌", ""])
def test_a_wrong_code_is_kept_with_a_warning(code):
    result = check_uscc(code)
    assert result.problem is not None
    assert result.code == code


@pytest.mark.parametrize(
    "typed", ["豫环罚决字〔2024〕12号", "豫环罚决字(2024) 12号", "豫环罚决字【2024】12号", "豫环罚决字［２０２４］12号"]
)
def test_one_decision_number_is_written_one_way(typed):
    assert decision_number(typed) == "豫环罚决字〔2024〕12号"


def test_leading_zeros_and_the_word_di_do_not_make_another_number():
    assert decision_number_key("惠环罚决字〔2019〕第045号") == decision_number_key("惠环罚决字(2019)45号")
    assert decision_number_key("没有年份的文号") == "没有年份的文号"
