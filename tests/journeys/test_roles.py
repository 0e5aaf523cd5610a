"""Each role at its own work in a real browser; what citizens depend on with scripts and without."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from intake.submission import Accused, Identity
from tests.journeys.test_reporter import sign_in
from tests.support.reporter import file_directly

Opens = Callable[..., Page]
WAYS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
PURPOSE = "承办人要向举报人核对采样时间"


def test_the_supervisor_appoints_who_handles_a_case_that_goes_back_and_forth(open_browser: Opens) -> None:
    supervisor = open_browser(scripts=False)
    sign_in(supervisor, "supervisor", "/desk/board")
    expect(supervisor.get_by_role("heading", level=1)).to_have_text("督办看板")
    disputed = supervisor.locator("h2", has_text="等待指定承办单位").locator("+ ul a").first
    number = disputed.inner_text()
    disputed.click()
    supervisor.locator("summary", has_text="指定承办单位").click()
    supervisor.locator("#appoint-to").select_option("xc-ecology-yuzhou")
    supervisor.locator("#appoint-text").fill("企业在禹州，由禹州分局承办。")
    supervisor.get_by_role("button", name="指定承办单位").click()
    supervisor.goto(f"/desk/{number}")
    expect(supervisor.get_by_text("承办单位由督办人员指定，不能退回或者转出。")).to_be_visible()
    expect(supervisor.get_by_role("button", name="打开举报内容")).to_have_count(0)


@WAYS
def test_the_discipline_inspector_reads_what_the_accused_office_never_sees(
    open_browser: Opens, app: Flask, *, scripts: bool
) -> None:
    accused = Accused("official", "某局长", department_code="xc-ecology-changge")
    number = file_directly(app, subject="interference", acts=("I01",), accused=accused).case_number
    inspector = open_browser(scripts=scripts)
    sign_in(inspector, "discipline", f"/desk/{number}")
    inspector.get_by_role("button", name="打开举报内容").click()
    expect(inspector.get_by_text("某局长").first).to_be_visible()
    office = open_browser(scripts=scripts)
    sign_in(office, "changge", "/desk")
    assert number not in office.content()


def test_two_custodians_open_an_identity_for_a_purpose_that_is_kept(open_browser: Opens, app: Flask) -> None:
    number = file_directly(app, identity=Identity("欧阳不具名", "13912345678")).case_number
    custodian = open_browser(scripts=False)
    sign_in(custodian, "custodian", "/desk/identity")
    custodian.get_by_label("受理编号").fill(number)
    custodian.locator("form[action='/desk/identity']").get_by_role("button", name="提出打开").click()
    expect(custodian.locator(".govuk-error-summary")).to_contain_text("请写明用途")
    custodian.get_by_label("为什么要打开").fill(PURPOSE)
    custodian.get_by_label("依据哪条规定").fill("行政复议法第四十四条")
    custodian.locator("form[action='/desk/identity']").get_by_role("button", name="提出打开").click()
    request = custodian.get_by_role("region", name=number)
    expect(request.get_by_text("等另一部门")).to_be_visible()
    expect(request.get_by_role("button", name="打开身份")).to_have_count(0)
    second = open_browser(scripts=False)
    sign_in(second, "custodian2", "/desk/identity")
    expect(second.get_by_text(PURPOSE)).to_be_visible()
    second.get_by_role("region", name=number).get_by_role("button", name="同意打开").click()
    custodian.reload()
    request.get_by_role("button", name="打开身份").click()
    expect(custodian.get_by_text("欧阳不具名")).to_be_visible()
    expect(custodian.get_by_text("13912345678")).to_be_visible()


def test_the_administrator_asks_what_if_and_gives_out_a_key(open_browser: Opens) -> None:
    administrator = open_browser()
    sign_in(administrator, "admin", "/admin/routing")
    administrator.get_by_label("热线类别").select_option("12369")
    administrator.get_by_label("事项", exact=True).select_option("water")
    administrator.get_by_label("县区").select_option("411082")
    administrator.get_by_role("button", name="筛选").click()
    expect(administrator.get_by_role("heading", level=2).first).to_have_text("许昌市生态环境局长葛分局")
    administrator.get_by_role("link", name="对接").click()
    administrator.locator("#name-12345").fill("许昌 12345")
    administrator.locator("form", has=administrator.locator("#name-12345")).get_by_role("button").click()
    expect(administrator.locator("#secret")).to_have_text(re.compile(r"[0-9a-f]{32}"))
    administrator.goto("/admin/connections")
    expect(administrator.locator("#secret")).to_have_count(0)
    expect(administrator.get_by_role("rowheader", name="许昌 12345")).to_be_visible()


@WAYS
def test_the_duty_officer_finds_a_word_and_sends_the_case_where_it_belongs(
    open_browser: Opens, app: Flask, *, scripts: bool
) -> None:
    number = file_directly(app, subject="other", words="紫色的雾从储罐里出来").case_number
    duty = open_browser(scripts=scripts)
    sign_in(duty, "duty", "/desk/search")
    duty.get_by_label("找什么").fill("紫色的雾")
    duty.get_by_role("button", name="在举报内容里找").click()
    duty.get_by_role("link", name=number).click()
    duty.locator("summary", has_text="转办").click()
    duty.locator("#transfer-to").select_option("xc-ecology-changge")
    duty.locator("#transfer-text").fill("储罐在长葛。")
    duty.get_by_role("button", name="转办", exact=True).click()
    expect(duty.get_by_role("heading", level=1)).to_have_text("承办台")
    assert number not in duty.locator("main").inner_text()
