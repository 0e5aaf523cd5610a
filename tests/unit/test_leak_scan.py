"""Personal data in what is about to be published; every number here is invented."""

import unicodedata
from itertools import pairwise

import pytest

from portal.publishing.leak_scan import leaks, masked_name

RESIDENT = "411000199003070011"
RESIDENT_X = "41100019900307002X"
CARD = "6217002430001123455"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        (f"当事人身份证号{RESIDENT}。", "resident_number", RESIDENT),
        (f"证件{RESIDENT_X}", "resident_number", RESIDENT_X),
        (f"证件{RESIDENT_X.lower()}，", "resident_number", RESIDENT_X.lower()),
        ("证件411000 19900307 0011", "resident_number", "411000 19900307 0011"),
        ("证件411000-19900307-0011", "resident_number", "411000-19900307-0011"),
        ("证件４１１０００１９９００３０７００１１", "resident_number", RESIDENT),
        ("电话13812345678", "mobile", "13812345678"),
        ("电话138 1234 5678转", "mobile", "138 1234 5678"),
        ("电话138-1234-5678", "mobile", "138-1234-5678"),
        ("电话１３８１２３４５６７８", "mobile", "13812345678"),
        ("电话+8613812345678", "mobile", "+8613812345678"),
        ("电话0086 19912345678", "mobile", "0086 19912345678"),
        (f"账号{CARD}", "bank_card", CARD),
        ("账号6217 0024 3000 1123 455", "bank_card", "6217 0024 3000 1123 455"),
        ("账号6212261103001235", "bank_card", "6212261103001235"),
    ],
)
def test_a_personal_number_is_found_with_its_kind_and_place(text: str, kind: str, found: str) -> None:
    folded = unicodedata.normalize("NFKC", text)
    (leak,) = leaks({"violation_facts": text})
    assert (leak.field, leak.kind, folded[leak.start : leak.end]) == ("violation_facts", kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "411000199003070012",
        "411000199003320017",
        "6217002430001123456",
        "12812345678",
        "1381234567",
        "138123456789",
        "咨询电话 0374-2965555",
        "豫1000环罚决字〔2026〕12号",
        "罚款 1380000 元，2026-10-08 决定",
        "91411000MA3X4TWT1J",
        "报告编号 HJ20261008138123456789A",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert leaks({"text": text}) == []


def test_the_credit_code_of_a_company_is_no_bank_card() -> None:
    """A valid code of digits alone that happens to pass Luhn's test, as one in ten does."""
    assert leaks({"party_uscc": "914100002914177768"}) == []


def test_every_field_and_list_is_looked_through_in_order() -> None:
    record = {
        "party_name": "许昌宏源环境检测技术有限公司",
        "fine_wan_yuan": None,
        "acts": ["T03", ["电话13812345678"]],
        "violation_facts": f"张某（{RESIDENT}）两次来电，先用13812345678，后用13912345678。",
        "penalty_content": f"缴入{CARD}",
    }
    assert [(one.field, one.kind) for one in leaks(record)] == [
        ("acts", "mobile"),
        ("violation_facts", "resident_number"),
        ("violation_facts", "mobile"),
        ("violation_facts", "mobile"),
        ("penalty_content", "bank_card"),
    ]


def test_numbers_side_by_side_do_not_overlap() -> None:
    found = sorted((one.start, one.end) for one in leaks({"text": f"{RESIDENT}、13812345678、{CARD}"}))
    assert len(found) == 3
    assert all(before[1] <= after[0] for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张某某"),
        ("李建国", "李某某"),
        (" 王芳 ", "王某某"),
        ("张某某", "张某某"),
        ("张某1", "张某1"),
        ("买买提·江", "买某某"),
        ("阿卜杜热西提·买买提", "阿某某"),
        ("张𠮷", "张某某"),
        ("John Smith", "J某某"),
        ("李 建国", "李某某"),
    ],
)
def test_a_natural_person_is_shown_by_the_family_name_only(name: str, shown: str) -> None:
    assert masked_name(name) == shown
