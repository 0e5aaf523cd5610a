"""Which words are about the quality of the environment, and whom each department must ask before they go out."""

from datetime import date

import pytest

from core.tables import load_table
from portal.publishing.approved_content import digest, new_salt
from portal.publishing.consultation_rules import TABLE, asks, medium_labels, quality_media, voluntary

TODAY = date(2026, 11, 23)
ECOLOGY = "xc-ecology"
DEPARTMENTS = [row["code"] for row in load_table("intake/departments.toml")["department"]]
MEDIA = list(medium_labels(TODAY))


def media(text: str, kind: str = "notice", **content: object) -> set[str]:
    return set(quality_media(kind, content, [text], TODAY))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全市空气质量持续改善", {"air"}),
        ("本周 AQI 为 82", {"air"}),
        ("ＰＭ２．５平均浓度 41", {"air"}),
        ("pm 2.5 平均浓度 41", {"air"}),
        ("PM₂.₅ 平均浓度 41", {"air"}),
        ("国 控 断 面全部达标", {"water"}),
        ("水质和声环境质量", {"water", "noise"}),
        ("土壤污染状况调查", {"soil"}),
        ("对 28 家监测机构开展检查", set()),
        ("臭氧监测比对合格率 98%", set()),
        ("", set()),
    ],
)
def test_what_is_said_decides_however_it_is_written(text: str, found: set[str]) -> None:
    assert media(text) == found


def test_what_the_editor_declares_counts_and_what_is_no_medium_does_not() -> None:
    assert media("一切正常", quality_media=["noise", "luck"]) == {"noise"}
    assert media("一切正常", quality_media=None) == set()


def test_a_warning_is_about_the_air_whatever_it_says() -> None:
    assert media("请做好准备", notice_type="warning") == {"air"}
    assert media("请做好准备", notice_type="announcement") == set()


def test_penalties_and_listings_tell_of_acts_and_an_unknown_kind_is_judged_by_its_words() -> None:
    text = "篡改空气质量监测数据"
    assert [media(text, kind) for kind in ("penalty", "blacklist")] == [set(), set()]
    assert media(text, "bulletin_of_next_year") == {"air"}


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("department", [*DEPARTMENTS, None])
def test_every_department_but_the_bureau_itself_needs_the_bureaus_consent(department: str | None, medium: str) -> None:
    asked = {one.department_code: one for one in asks([medium], department, TODAY)}
    assert (ECOLOGY in asked and asked[ECOLOGY].is_required) is (department != ECOLOGY)
    assert department not in asked


@pytest.mark.parametrize("medium", MEDIA)
def test_the_bureau_itself_asks_somebody_about_every_medium(medium: str) -> None:
    assert asks([medium], ECOLOGY, TODAY)


def test_nobody_is_asked_about_what_is_not_about_quality() -> None:
    assert asks([], "xc-market", TODAY) == ()


def test_a_department_is_asked_once_though_two_media_concern_it() -> None:
    codes = [one.department_code for one in asks(MEDIA, None, TODAY)]
    assert len(codes) == len(set(codes)) and set(codes) <= set(DEPARTMENTS)


def test_every_row_gives_working_days_and_a_source() -> None:
    table = load_table(TABLE)
    assert all(row["workdays"] >= 0 and row["source"] for row in [*table["ask"], *table["voluntary"]])
    assert voluntary("xc-police", TODAY).is_required is False


def test_the_digest_changes_with_everything_it_binds() -> None:
    salt = new_salt()
    one = (salt, "notice", "id", 1, {"title": "甲"}, None)
    others = [
        (new_salt(), *one[1:]),
        (salt, "penalty", *one[2:]),
        (salt, "notice", "other", *one[3:]),
        (salt, "notice", "id", 2, *one[4:]),
        (salt, "notice", "id", 1, {"title": "乙"}, None),
        (salt, "notice", "id", 1, {"title": "甲", "text": ""}, None),
        (*one[:5], "更正"),
    ]
    assert digest(*one) == digest(*one)
    assert len({digest(*each) for each in [one, *others]}) == len(others) + 1
