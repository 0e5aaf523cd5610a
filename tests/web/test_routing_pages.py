"""Routing in the running product: the simulator, conflicts of interest of one's own people, a department that ended."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database, unit_of_work
from intake.case_models import Recusal
from intake.models import Report, ReportDepartment
from intake.submission import Accused
from tests.support.officer import Officer
from tests.support.page import check
from tests.support.reporter import file_directly


def test_an_administrator_asks_what_would_happen_and_reads_why(
    app: Flask, people: dict[str, User], database: Database
) -> None:
    administrator = Officer(app, "administrator")
    empty = check(administrator.get("/admin/routing"))
    assert "选好热线类别" in empty.text()
    page = check(
        administrator.get(
            "/admin/routing?channel=12369&subject=air&county=411002&accused_kind=company"
            "&accused_name=许昌市生态环境监控中心&on=2026-11-23"
        )
    )
    text = page.text("//main")
    assert "许昌市纪律检查委员会、监察委员会" in page.text("//h2[@class='govuk-heading-m']")
    assert "“许昌市生态环境监控中心”是它的下属事业单位" in text
    assert "许昌市生态环境局魏都分局" in text, "what stands under the owner is left out too"
    assert "pollution" in text and "符合，由它决定" in text
    assert "official" in text and "不符合：被举报方" in text
    with database.read() as session:
        assert session.scalars(select(Report)).all() == [], "a simulation files nothing"


def test_the_day_decides_which_table_and_which_departments(app: Flask, people: dict[str, User]) -> None:
    administrator = Officer(app, "administrator")
    asked = "/admin/routing?channel=12365&subject=instrument&on="
    assert "许昌市质量技术监督局" in administrator.get(asked + "2018-05-01").text("//h2[@class='govuk-heading-m']")
    assert "许昌市市场监督管理局" in administrator.get(asked + "2020-05-01").text("//h2[@class='govuk-heading-m']")


def test_nobody_else_simulates(app: Flask, people: dict[str, User]) -> None:
    assert Officer(app, "head").get("/admin/routing").status == 403


def test_an_accused_official_of_ours_neither_sees_the_case_nor_does_the_house(
    app: Flask, people: dict[str, User], database: Database
) -> None:
    report = file_directly(app, accused=Accused("official", "测试county_officer"))
    with database.read() as session:
        excluded = session.scalars(
            select(ReportDepartment.department_code).where(ReportDepartment.part == "excluded")
        ).all()
        assert {"xc-ecology-changge", "xc-ecology"} <= set(excluded)
        assert session.scalars(select(Recusal.user_id)).all() == [people["county_officer"].id]
    assert Officer(app, "discipline_officer").queue() == [report.case_number]


def test_a_private_person_who_bears_an_officer_s_name_keeps_only_that_officer_away(
    app: Flask, people: dict[str, User], database: Database
) -> None:
    report = file_directly(app, accused=Accused("person", "测试county_officer"))
    assert Officer(app, "county_officer").queue() == []
    assert Officer(app, "county_head").queue() == [report.case_number]


def test_an_open_case_of_a_department_that_ended_goes_to_the_one_that_took_over(
    app: Flask, people: dict[str, User], database: Database, run_jobs: Callable[[], int]
) -> None:
    report = file_directly(app, category_channel="12365", subject="instrument", county=None)
    with unit_of_work(database) as session:
        session.get_one(Report, report.id).responsible_code = "xc-quality"
    run_jobs()
    market = Officer(app, "market_officer")
    assert market.queue() == [report.case_number]
    assert "机构调整，由新单位承接" in market.get(f"/desk/{report.case_number}").text()
    with database.read() as session:
        assert session.get_one(Report, report.id).responsible_code == "xc-market"
