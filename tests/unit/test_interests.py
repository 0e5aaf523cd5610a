"""Whom a name leads to: the department itself, the one an institution belongs to on the day, nobody for a company."""

from datetime import date

import pytest

from core.tables import load_table
from intake.departments import Organisation, Unit
from intake.interests import interests_in
from intake.routing import Facts, route

TODAY = date(2026, 11, 23)


def city(on: date) -> Organisation:
    return Organisation(
        Unit(row["code"], row["name"], row["kind"], row.get("county"), row.get("superior"), row["short_name"])
        for row in load_table("intake/departments.toml")["department"]
        if row.get("valid_from", date.min) <= on <= row.get("valid_to", date.max)
    )


@pytest.mark.parametrize(
    ("name", "on", "departments"),
    [
        ("许昌市生态环境局", TODAY, {"xc-ecology"}),
        ("许昌市生态环境局长葛分局", TODAY, {"xc-ecology-changge"}),
        ("长葛生态环境分局的局长", TODAY, {"xc-ecology-changge"}),
        ("禹州市环境监测站（老城）", TODAY, {"xc-ecology-yuzhou"}),
        ("许昌市质检中心", date(2019, 3, 31), {"xc-quality"}),
        ("许昌市质检中心", date(2019, 4, 1), {"xc-market"}),
        ("许昌市环境监测站", date(2020, 12, 31), {"xc-ecology"}),
        ("许昌市环境监测站", TODAY, set()),
        ("禹州恒信污水处理有限公司", TODAY, set()),
        ("", TODAY, set()),
        ("局", TODAY, set()),
    ],
)
def test_a_name_leads_to_the_departments_of_its_day(name: str, on: date, departments: set[str]) -> None:
    assert {one.department for one in interests_in(name, city(on), on=on)} == departments


@pytest.mark.parametrize(
    ("accused", "responsible"),
    [
        ("许昌市生态环境监控中心", "xc-discipline"),
        ("禹州市环境监测站", "xc-duty"),
        ("禹州恒信污水处理有限公司", "xc-ecology"),
    ],
)
def test_a_report_against_an_institution_of_a_department_does_not_reach_that_department(
    accused: str, responsible: str
) -> None:
    facts = Facts("12369", "data_fraud", county="411081", accused_kind="company", accused_name=accused)
    routing = route(facts, city(TODAY), on=TODAY)
    assert routing.responsible == responsible
    assert not {routing.responsible, *routing.co} & routing.excluded


def test_the_answer_says_why_a_department_was_left_out() -> None:
    facts = Facts("12369", "air", county="411002", accused_name="许昌市生态环境监控中心")
    routing = route(facts, city(TODAY), on=TODAY)
    assert [one.why for one in routing.interests] == ["“许昌市生态环境监控中心”是它的下属事业单位"]


@pytest.mark.parametrize("row", load_table("intake/institutions.toml")["institution"], ids=lambda row: row["name"])
def test_an_institution_belongs_to_a_department_there_was(row: dict[str, object]) -> None:
    codes = {one["code"] for one in load_table("intake/departments.toml")["department"]}
    assert row["owner"] in codes
