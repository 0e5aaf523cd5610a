"""The officer is told which other reports may be about the same; nothing of it is stored, and nobody is refused."""

from dataclasses import replace

from flask import Flask

from core.accounts.models import User
from intake.submission import Accused
from tests.support.officer import Officer
from tests.support.reporter import SUBMISSION, as_stored, everything_stored, file_directly

HINT = "可能反映同一件事"
SAME = SUBMISSION.words.replace("夜里十一点", "夜里十一点多")


def opened(app: Flask, number: str, name: str = "county_officer") -> str:
    return Officer(app, name).step(number, "open").text()


def test_the_same_again_is_pointed_out_with_the_reason(app: Flask, people: dict[str, User]) -> None:
    first, second = file_directly(app), file_directly(app, words=SAME, accused=Accused())
    third = file_directly(app, words="机器整夜响个不停，窗户都在抖。", subject="factory_noise")
    text = opened(app, second.case_number)
    assert f"{first.case_number}（文字有" in text
    assert third.case_number not in text
    assert HINT not in opened(app, third.case_number)


def test_before_it_is_opened_the_page_says_nothing_of_it(app: Flask, people: dict[str, User]) -> None:
    for _one in range(2):
        report = file_directly(app)
    assert HINT not in Officer(app, "county_officer").get(f"/desk/{report.case_number}").text()


def test_another_departments_case_is_never_named(app: Flask, people: dict[str, User]) -> None:
    elsewhere = file_directly(app, county="411081")
    here = file_directly(app)
    assert elsewhere.responsible_code != here.responsible_code
    assert elsewhere.case_number not in opened(app, here.case_number)


def test_a_case_from_which_the_officer_stepped_back_is_never_named(app: Flask, people: dict[str, User]) -> None:
    away, here = file_directly(app), file_directly(app)
    head = Officer(app, "county_head")
    officer = people["county_officer"].id
    head.step(away.case_number, "recuse", officer=officer, text="亲属关系")
    assert away.case_number not in opened(app, here.case_number)
    assert away.case_number in opened(app, here.case_number, "county_head")


def test_many_in_a_week_are_told_as_what_they_may_be(app: Flask, people: dict[str, User]) -> None:
    reports = [file_directly(app, words=f"{SUBMISSION.words}{n}") for n in range(6)]
    assert "前后一周有 5 件相近的举报" in opened(app, reports[0].case_number)


def test_nothing_that_could_be_guessed_at_is_stored(app: Flask, people: dict[str, User]) -> None:
    report = file_directly(app)
    file_directly(app)
    opened(app, report.case_number)
    stored = everything_stored(app)
    for text in (SUBMISSION.words, replace(SUBMISSION).accused.name):
        assert not [shape for shape in as_stored(text) if shape in stored]
