"""What surrounds every page: addresses of files, ways in and out, the pages of errors, forms in Chinese."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template, render_template_string
from flask.testing import FlaskClient
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from core.errors import Gone
from core.tables import ROOT
from core.web.forms import Form
from tests.support.page import Page, check

Open = Callable[..., Page]
CHOICES = [SelectChoice("a", "甲"), SelectChoice("b", "乙")]


class Sample(Form):
    name = StringField("名称", widget=GovTextInput(), validators=[InputRequired("请填写名称。")])
    one = RadioField("哪一类", choices=CHOICES, widget=GovRadioInput())
    many = SelectMultipleField("哪几种", choices=CHOICES, widget=GovCheckboxesInput(), description="可以多选")


def shown(app: Flask, source: str, **context: object) -> str:
    with app.test_request_context("/"):
        app.preprocess_request()
        return render_template_string(source, **context)


def test_files_are_asked_for_by_their_content(client: FlaskClient, open_page: Open) -> None:
    page = open_page(client, "/about")
    addresses = [str(one) for one in page.find("//link[@rel='stylesheet']/@href | //script/@src")]
    addresses += [str(one) for one in page.find("//script/@data-govuk | //script/@data-chart | //script/@data-echarts")]
    assert len(addresses) >= 9
    for address in addresses:
        path, _, version = address.partition("?v=")
        assert len(version) == 12, address
        assert (ROOT / path.lstrip("/")).exists(), address


def test_every_public_page_names_its_feeds(client: FlaskClient, open_page: Open) -> None:
    feeds = open_page(client, "/about").find("//link[@rel='alternate']/@href")
    assert {f"/feeds/{kind}.{form}" for kind in ("all", "penalties", "blacklist", "air", "notices")
            for form in ("rss", "atom", "json")} == set(feeds)  # fmt: skip


def test_a_reporting_page_has_a_way_out_and_nothing_else(client: FlaskClient, open_page: Open) -> None:
    page = open_page(client, "/report")
    (exit_link,) = page.find("//a[@data-quick-exit]")
    assert exit_link.get("href").startswith("https://") and "noreferrer" in exit_link.get("rel")
    assert not page.find("//link[@rel='alternate']") and not page.find("//header//nav")
    assert page.find("//meta[@name='referrer'][@content='no-referrer']")


def test_the_current_column_is_marked(client: FlaskClient, open_page: Open) -> None:
    assert open_page(client, "/penalties").text("//header//a[@aria-current='page']") == "行政处罚"
    assert not open_page(client, "/about").find("//header//a[@aria-current]")


def test_a_filter_in_use_is_open_and_can_be_cleared(client: FlaskClient, open_page: Open) -> None:
    assert not open_page(client, "/penalties").find("//details[@class='filter__box'][@open]")
    page = open_page(client, "/penalties?county=411002")
    assert page.find("//details[@class='filter__box'][@open]")
    assert page.find("//form[contains(@class, 'filter')]//a[@href='/penalties']")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 413, 422, 429, 500, 503])
def test_an_error_says_what_happened_and_what_to_do(app: Flask, status: int) -> None:
    error = Gone("withdrawn") if status == 410 else Exception()
    with app.test_request_context("/nowhere"):
        app.preprocess_request()
        html = render_template(f"errors/{status}.html", status=status, error=error, message=None)
    page = check(Page("/nowhere", status, html))
    assert page.find("//main//a[@href='/']")
    assert len(page.text("//main")) > 40


def test_mistakes_are_told_in_chinese_and_lead_to_their_field(app: Flask) -> None:
    source = '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}{{ form.name }}'
    with app.test_request_context("/", method="POST"):
        app.preprocess_request()
        form = Sample(meta={"csrf": False})
        form.validate()
        html = render_template_string(source, form=form)
    assert "请更正以下内容" in html and '<a href="#name">请填写名称。</a>' in html
    assert "错误：" in html and "Error" not in html and "problem" not in html


def test_a_field_without_description_has_no_empty_hint(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        html = render_template_string("{{ form.one }}{{ form.many }}", form=Sample(meta={"csrf": False}))
    assert "one-hint" not in html
    assert 'id="many-hint"' in html and "可以多选" in html


def test_a_list_of_facts_keeps_its_columns_with_and_without_actions(app: Flask) -> None:
    source = '{% from "components/summary_list.html" import summary_list %}{{ summary_list(rows) }}'
    plain = shown(app, source, rows=[{"term": "企业", "value": None}])
    assert "—" in plain and "actions" not in plain
    mixed = shown(app, source, rows=[{"term": "甲", "value": 1, "action": ("修改", "#")}, {"term": "乙", "value": 2}])
    assert mixed.count("govuk-summary-list__actions") == 2


def test_an_air_index_that_is_missing_is_said_in_words(app: Flask) -> None:
    source = '{% from "components/aqi.html" import aqi %}{{ aqi() }}{{ aqi(105, 3, "轻度污染") }}'
    html = shown(app, source)
    assert "NA" in html and "无数据" in html and 'class="aqi aqi--3"' in html
