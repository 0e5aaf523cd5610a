"""The wizard, from the first question to the receipt: what it asks, keeps, refuses, stores, and what it never tells."""

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEvent
from core.database import Database
from core.outbox import OutboxJob
from core.web.current import EXTENSION
from core.web.uploads import CONFIG, UploadLimit
from intake import attachments, proof_of_work, receipt
from intake.models import CaseEvent, Report, ReportDepartment
from tests.conftest import TestClock
from tests.support.custodians import opened_by_two
from tests.support.disclosures import COMPANY, USCC, Publisher
from tests.support.officer import Officer
from tests.support.reporter import (
    ANSWERS,
    CONTACT,
    NAME,
    NAMED,
    PNG,
    WORDS,
    Reporter,
    as_stored,
    everything_stored,
    uploads,
)
from tests.support.sealed import story
from tests.unit.test_cleaning import photo

PHOTO = ("石梁河夜拍.png", PNG + "此处只有举报人拍得到".encode() * 40)
MEGABYTE = 1024 * 1024
OFFICIAL = {"accused_kind": "official", "accused_name": "赵某", "accused_department": "xc-ecology-jianan"}
SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def reporter(people: object, client: FlaskClient) -> Reporter:
    return Reporter(client)


@pytest.fixture
def filed(database: Database) -> Callable[[], list[Report]]:
    def reports() -> list[Report]:
        with database.read() as session:
            return list(session.scalars(select(Report)))

    return reports


Filed = Callable[[], list[Report]]


def to_the_files(reporter: Reporter) -> Reporter:
    reporter.tells(until="files")
    return reporter


def listed(reporter: Reporter) -> list[str]:
    """The files that the page says are kept."""
    return [one.text.strip() for one in reporter.page.find("//ul[@class='govuk-list']/li")]


def sealed_on_disk(app: Flask) -> list[str]:
    folder = attachments.folder(app.extensions[EXTENSION].settings.data_dir)
    return [one.name for one in folder.iterdir()] if folder.exists() else []


# The whole way


def test_an_anonymous_report_arrives_whole_and_without_a_person(
    reporter: Reporter, filed: Filed, database: Database
) -> None:
    to_the_files(reporter).attaches(PHOTO)
    reporter.goes_on()
    reporter.goes_on()
    receipt = reporter.sends()
    (report,) = filed()
    assert receipt.case_number == report.case_number
    assert re.fullmatch(r"\d{20}", receipt.code)
    assert (report.category_channel, report.subject, report.county_code) == ("12369", "water", "411082")
    assert (report.state, report.received_by, report.responsible_code) == ("received", "web", "xc-ecology-changge")
    assert story(database) == {
        "place": "石梁河大桥南头",
        "accused": {"kind": "company", "name": "蓝鲸制革厂", "uscc": None, "department_code": None},
        "when": "冬至前一夜",
        "words": WORDS,
        "acts": [],
        "named": False,
        "identity": None,
        "files": [(PHOTO[0], "png", len(PHOTO[1]))],
    }


def test_a_named_report_about_quality_keeps_acts_and_identity(
    reporter: Reporter, filed: Filed, database: Database
) -> None:
    reporter.reports(
        category={"channel": "12365"},
        what={"subject": "institution"},
        acts={"acts": ["F06", "F01"]},
        where={"county": "411002", "place": ""},
        who={"accused_kind": "testing_institution", "accused_name": "某检测公司"},
        you=NAMED,
    )
    (report,) = filed()
    assert (report.category_channel, report.responsible_code) == ("12365", "xc-market-weidu")
    told = story(database)
    assert sorted(told["acts"]) == ["F01", "F06"]
    assert told["identity"] == {"name": NAME, "contact": CONTACT}


def test_the_receipt_page_tells_until_when_there_is_an_answer(reporter: Reporter) -> None:
    reporter.reports()
    assert "最迟 2026年12月8日 告诉您是否受理" in reporter.page.text()


@pytest.mark.parametrize(
    ("answer", "channel"),
    [("plant", "12369"), ("laboratory", "12365"), ("instrument", "12365"), ("pressure", "12369"), ("else", "12369")],
)
def test_who_cannot_choose_is_led_to_a_category(reporter: Reporter, answer: str, channel: str) -> None:
    reporter.tells(until="what", category={"channel": "help"}, help={"answer": answer})
    assert reporter.step == "what"
    reporter.opens("/report/category")
    assert reporter.kept("channel") == channel


@pytest.mark.parametrize(
    ("channel", "offered", "not_offered"),
    [("12369", "water", "instrument"), ("12365", "product_quality", "air")],
)
def test_each_category_offers_its_own_subjects(
    reporter: Reporter, channel: str, offered: str, not_offered: str
) -> None:
    reporter.tells(until="what", category={"channel": channel})
    subjects = reporter.chooses_from("subject")
    assert offered in subjects
    assert not_offered not in subjects


def test_another_category_forgets_the_subject_of_the_first(reporter: Reporter) -> None:
    reporter.tells()
    reporter.opens("/report/category?from=check")
    reporter.goes_on(channel="12365")
    assert (reporter.step, reporter.kept("subject")) == ("what", None)
    assert reporter.opens("/report/check").url == "/report/what"


# What is missing or wrong


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("category", {}, "请选一类"),
        ("category", {"channel": "12345"}, "不是有效的选择"),
        ("what", {}, "请选最接近的一项"),
        ("where", {"county": "", "place": "老地方"}, "请选择县区"),
        ("where", {"county": "411082", "place": "远" * 301}, "最多 300 个字"),
        ("who", {"accused_name": "蓝鲸制革厂"}, "请选一项；不知道就选"),
        ("who", {"accused_kind": "official", "accused_name": "赵某"}, "请选出被举报的部门"),
        ("who", {"accused_kind": "company", "accused_name": "长" * 201}, "最多 200 个字"),
        ("when", {"when": "昨" * 201}, "最多 200 个字"),
        ("words", {"words": ""}, "请写几句"),
        ("words", {"words": " \r\n\t　"}, "请写几句"),
        ("words", {"words": "\u200b\u202e"}, "请写几句"),
        ("words", {"words": "字" * 10_001}, "最多 10000 个字"),
        ("you", {"identity_kind": "named", "name": NAME, "contact": ""}, "请留一个联系方式"),
        ("you", {"identity_kind": "named", "name": " ", "contact": CONTACT}, "请填写姓名"),
    ],
)
def test_a_mistake_is_named_in_a_sentence_and_what_was_typed_stays(
    reporter: Reporter, step: str, typed: dict[str, str], sentence: str
) -> None:
    reporter.tells(until=step)
    reporter.goes_on(**typed)
    assert reporter.step == step
    assert sentence in "".join(reporter.problems())
    shown = {name: value for name, value in typed.items() if value.strip(" \r\n\t　\u200b\u202e") and value != "12345"}
    assert {name: reporter.kept(name) for name in shown} == shown


def test_help_without_a_choice_is_asked_again(reporter: Reporter) -> None:
    reporter.tells(until="help", category={"channel": "help"})
    reporter.goes_on()
    assert reporter.problems() == ["请选最接近的一句。"]


def test_ten_thousand_characters_with_line_ends_of_a_browser_are_taken(reporter: Reporter, database: Database) -> None:
    words = "\n".join(["证" * 99] * 100)
    reporter.reports(words={"words": words.replace("\n", "\r\n")})
    assert story(database)["words"] == words


@pytest.mark.parametrize("step", ["what", "where", "who", "words", "files", "you", "check"])
def test_a_later_step_opened_first_leads_to_the_first_missing_one(reporter: Reporter, step: str) -> None:
    assert reporter.opens(f"/report/{step}").url == "/report/category"
    reporter.tells(until="where")
    missing = step if step in ("what", "where") else "where"
    assert reporter.opens(f"/report/{step}").url == f"/report/{missing}"


def test_nothing_is_sent_before_all_is_answered(reporter: Reporter, filed: Filed) -> None:
    reporter.tells(until="words")
    token = reporter.kept("csrf_token")
    answer = reporter.client.post("/report/send", data={"csrf_token": token}, follow_redirects=True)
    assert answer.request.path == "/report/words"
    assert filed() == []


def test_a_form_without_its_token_sends_nothing(reporter: Reporter, filed: Filed) -> None:
    reporter.tells()
    assert reporter.client.post("/report/send").status_code == 400
    assert filed() == []


# Back and change


def test_the_way_back_shows_each_answer_again(reporter: Reporter) -> None:
    reporter.tells(you=NAMED)
    seen: dict[str, Any] = {}
    while reporter.step != "report":
        reporter.opens(reporter.page.find("//a[@class='govuk-back-link']/@href")[0])
        seen |= {name: reporter.kept(name) for name in {**ANSWERS, "you": NAMED}.get(reporter.step, {})}
    assert seen == {
        name: value
        for step in ("category", "what", "where", "who", "when", "words")
        for name, value in ANSWERS[step].items()
    } | dict(NAMED)


@pytest.mark.parametrize(
    ("step", "typed", "shown"),
    [
        ("category", {"channel": "12369"}, "12369"),
        ("what", {"subject": "air"}, "烟、粉尘、异味"),
        ("where", {"county": "411081", "place": "颍河桥下"}, "禹州市 颍河桥下"),
        ("who", {"accused_kind": "person", "accused_name": "钱某"}, "钱某（个人）"),
        ("when", {"when": "每逢下雨"}, "每逢下雨"),
        ("words", {"words": "换一种说法"}, "换一种说法"),
        ("files", {}, ""),
        ("you", NAMED, f"{NAME} {CONTACT}"),
    ],
)
def test_an_answer_is_changed_from_the_check_page_and_leads_back_there(
    reporter: Reporter, step: str, typed: dict[str, str], shown: str
) -> None:
    reporter.tells()
    change = next(one for one in reporter.page.find("//main//a/@href") if one.startswith(f"/report/{step}"))
    reporter.opens(change)
    reporter.goes_on(**typed)
    assert reporter.step == "check"
    assert shown in reporter.page.text()


def test_a_company_looked_up_from_the_check_page_leads_back_there(reporter: Reporter) -> None:
    reporter.tells()
    reporter.opens("/report/who?from=check")
    reporter.answers("look_up", accused_name="红鲸制革厂")
    reporter.goes_on()
    assert reporter.step == "check"
    assert "红鲸制革厂" in reporter.page.text()


def test_acts_are_asked_only_where_the_subject_calls_for_them(reporter: Reporter) -> None:
    reporter.tells(until="acts", what={"subject": "data_fraud"})
    assert reporter.step == "acts"
    assert "第 3 步，共 10 步" in reporter.page.text()
    reporter.goes_on(acts=["T08"])
    assert reporter.step == "where"
    reporter.opens("/report/what")
    reporter.goes_on(subject="water")
    assert reporter.step == "where"
    assert "第 3 步，共 9 步" in reporter.page.text()


def test_acts_of_a_subject_that_was_changed_are_not_sent(reporter: Reporter, database: Database) -> None:
    reporter.tells(what={"subject": "data_fraud"}, acts={"acts": ["T08"]})
    reporter.opens("/report/what?from=check")
    reporter.goes_on(subject="water")
    reporter.sends()
    assert story(database)["acts"] == []


# Who it is about


@pytest.fixture
def published(publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]) -> None:
    publisher.penalty(clock.now(), party_uscc=USCC)
    publisher.blacklist(clock.now(), party_uscc=USCC)
    run_jobs()


def test_a_published_company_is_offered_once_and_its_code_goes_along(
    reporter: Reporter, published: None, database: Database
) -> None:
    reporter.tells(until="who")
    reporter.answers("look_up", accused_kind="testing_institution", accused_name="宏源检测")
    offered = reporter.chooses_from("chosen")
    assert list(offered.values()) == [f"{COMPANY}（{USCC}）", "都不是，就按我写的名称"]
    assert (reporter.kept("accused_kind"), reporter.kept("accused_name")) == ("testing_institution", "宏源检测")
    reporter.goes_on(chosen=next(iter(offered)))
    reporter.goes_on()
    reporter.goes_on(words=WORDS)
    reporter.goes_on()
    reporter.goes_on()
    reporter.sends()
    accused = story(database)["accused"]
    assert (accused["name"], accused["uscc"]) == (COMPANY, USCC)


@pytest.mark.parametrize("chosen", [{"chosen": ""}, {}], ids=["none of them", "no choice"])
def test_who_finds_nobody_in_the_list_keeps_the_own_name(
    reporter: Reporter, published: None, chosen: dict[str, str]
) -> None:
    reporter.tells(until="who")
    reporter.answers("look_up", accused_kind="company", accused_name="宏源检测")
    reporter.goes_on(**chosen)
    assert reporter.step == "when"
    reporter.opens("/report/who")
    assert reporter.kept("accused_name") == "宏源检测"


def test_a_company_that_is_not_published_is_not_offered(reporter: Reporter, published: None) -> None:
    reporter.tells(until="who")
    reporter.answers("look_up", accused_kind="company", accused_name="查无此厂")
    assert reporter.chooses_from("chosen") == {}
    assert reporter.kept("accused_name") == "查无此厂"


@pytest.mark.parametrize(
    ("name", "uscc"), [(COMPANY, USCC), ("另一家厂", None)], ids=["as handed over", "another name"]
)
def test_a_portal_page_hands_over_the_company_and_another_name_drops_its_code(
    reporter: Reporter, database: Database, name: str, uscc: str | None
) -> None:
    reporter.opens(f"/report?name={COMPANY}&uscc={USCC}")
    reporter.tells(until="who")
    assert reporter.kept("accused_name") == COMPANY
    reporter.goes_on(accused_name=name)
    reporter.goes_on()
    reporter.goes_on(words=WORDS)
    reporter.goes_on()
    reporter.goes_on()
    reporter.sends()
    accused = story(database)["accused"]
    assert (accused["name"], accused["uscc"]) == (name, uscc)


def test_the_accused_department_its_superior_and_its_branches_are_kept_out(
    reporter: Reporter, filed: Filed, database: Database
) -> None:
    reporter.reports(where={"county": "411003"}, who=OFFICIAL)
    (report,) = filed()
    with database.read() as session:
        parts = {one.department_code: one.part for one in session.scalars(select(ReportDepartment))}
        told = [one.payload["department"] for one in session.scalars(select(OutboxJob))]
    assert report.responsible_code == "xc-discipline"
    assert parts["xc-ecology-jianan"] == parts["xc-ecology"] == "excluded"
    assert told == ["xc-discipline"]


def test_who_no_longer_accuses_an_official_keeps_no_department_out(
    reporter: Reporter, filed: Filed, database: Database
) -> None:
    reporter.tells(who=OFFICIAL)
    reporter.opens("/report/who?from=check")
    reporter.goes_on(accused_kind="company", accused_name="蓝鲸制革厂")
    reporter.sends()
    (report,) = filed()
    with database.read() as session:
        assert session.scalars(select(ReportDepartment)).all() == []
    assert report.responsible_code == "xc-ecology-changge"


# Files


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("照片.jpg", PNG, "“照片.jpg”的内容和扩展名不符"),
        ("报告.pdf", b"MZ\x90\x00" + bytes(400), "“报告.pdf”的内容和扩展名不符"),
        ("程序.exe", b"MZ\x90\x00" + bytes(400), "不接收“程序.exe”这种文件"),
        ("空.png", b"", "“空.png”是空文件"),
        ("大.png", PNG + bytes(50 * MEGABYTE), "“大.png”超过 50 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_the_good_one_beside_it_kept(
    reporter: Reporter, app: Flask, name: str, content: bytes, sentence: str
) -> None:
    to_the_files(reporter).attaches((name, content), PHOTO)
    (problem,) = reporter.problems()
    assert sentence in problem
    assert listed(reporter) == [PHOTO[0]]
    assert len(sealed_on_disk(app)) == 1


def test_of_eleven_files_ten_are_kept_and_the_eleventh_is_named(reporter: Reporter, app: Flask) -> None:
    to_the_files(reporter).attaches(*((f"{n}.png", PNG + bytes([n])) for n in range(11)))
    assert reporter.problems() == ["最多 10 个文件，“10.png”没有接收。"]
    assert listed(reporter) == [f"{n}.png" for n in range(10)]
    assert len(sealed_on_disk(app)) == 10


def test_more_than_a_request_may_hold_is_refused_and_the_draft_stays(
    reporter: Reporter, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config[CONFIG], "report.files", UploadLimit(MEGABYTE))
    page = to_the_files(reporter).attaches(("全部.mp4", bytes(MEGABYTE + 1)))
    assert page.status == 413
    assert "上传的内容太大" in page.text()
    reporter.opens("/report/words")
    assert reporter.kept("words") == WORDS


def test_a_file_chosen_without_uploading_goes_along_with_the_next_page(reporter: Reporter, database: Database) -> None:
    to_the_files(reporter).answers("onward", files=uploads(PHOTO))
    assert reporter.step == "you"
    reporter.goes_on()
    reporter.sends()
    assert [name for name, _kind, _size in story(database)["files"]] == [PHOTO[0]]


def test_a_file_is_taken_back_and_gone_from_the_disk(reporter: Reporter, app: Flask) -> None:
    to_the_files(reporter).attaches(PHOTO, ("第二张.png", PNG))
    reporter.presses("/remove")
    assert listed(reporter) == ["第二张.png"]
    assert len(sealed_on_disk(app)) == 1


def test_the_file_of_another_reporter_cannot_be_taken_back(app: Flask, reporter: Reporter) -> None:
    to_the_files(reporter).attaches(PHOTO)
    (file_id,) = sealed_on_disk(app)
    stranger = to_the_files(Reporter(app.test_client()))
    token = stranger.kept("csrf_token")
    answer = stranger.client.post(f"/report/files/{file_id}/remove", data={"csrf_token": token})
    assert answer.status_code == 404
    assert sealed_on_disk(app) == [file_id]


# Sending


def test_sending_twice_gives_one_report_and_the_same_receipt(reporter: Reporter, filed: Filed) -> None:
    page, address = reporter.tells(), reporter.address
    first = reporter.sends()
    reporter.page, reporter.address = page, address
    assert reporter.sends() == first
    assert len(filed()) == 1


def test_four_presses_at_once_give_one_report_and_each_ends_at_the_receipt(
    reporter: Reporter, app: Flask, filed: Filed
) -> None:
    reporter.tells()
    cookie, fields = reporter.client.get_cookie("mingjian"), reporter.page.hidden_fields()
    fields["answer"] = proof_of_work.solve(fields["challenge"])
    assert cookie is not None

    def press(_turn: int) -> str:
        browser = app.test_client()
        browser.set_cookie("mingjian", cookie.value)
        answer = browser.post("/report/send", data=fields, follow_redirects=True)
        return answer.request.path

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(press, range(4)))
    assert len(filed()) == 1
    assert seen == ["/report/done"] * 4


def test_a_second_report_from_the_same_browser_is_another_one(reporter: Reporter, filed: Filed) -> None:
    first, second = reporter.reports(), reporter.reports(what={"subject": "air"})
    assert first.code != second.code
    assert {one.subject for one in filed()} == {"water", "air"}


def test_leaving_forgets_receipt_draft_and_files_in_this_browser(reporter: Reporter, app: Flask) -> None:
    to_the_files(reporter).attaches(PHOTO)
    reporter.goes_on()
    reporter.goes_on()
    reporter.opens("/report/leave")
    assert reporter.leaves().url == "/"
    assert reporter.client.get_cookie("mingjian") is None
    assert sealed_on_disk(app) == []
    assert reporter.opens("/report/check").url == "/report/category"
    reporter.reports()
    reporter.leaves()
    assert reporter.opens("/report/done").url == "/report"


@pytest.mark.parametrize("step", ["", "/category", "/words", "/check"])
def test_a_page_of_the_wizard_is_kept_by_nobody_and_says_not_where_from(reporter: Reporter, step: str) -> None:
    reporter.tells()
    headers = reporter.client.get(f"/report{step}").headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


# What is left of it


def traces(app: Flask, texts: dict[str, str]) -> list[str]:
    """Which of the texts can be read somewhere in the installation."""
    stored = everything_stored(app)
    return [name for name, text in texts.items() if any(shape in stored for shape in as_stored(text))]


SECRETS = {
    "words": WORDS[:12],
    "place": "石梁河大桥",
    "accused": "蓝鲸制革厂",
    "when": "冬至前一夜",
    "name": NAME,
    "contact": CONTACT,
    "file name": "石梁河夜拍",
    "file": "此处只有举报人拍得到",
}


@pytest.mark.parametrize("moment", ["drafted", "filed", "left"])
def test_nothing_typed_can_be_read_in_any_file_or_row(
    reporter: Reporter, app: Flask, run_jobs: Callable[[], int], moment: str
) -> None:
    to_the_files(reporter).attaches(PHOTO)
    reporter.goes_on()
    reporter.goes_on(**NAMED)
    assert reporter.step == "check"
    secret, known = dict(SECRETS), {}
    if moment != "drafted":
        receipt = reporter.sends()
        secret |= {"receipt": receipt.code, "receipt as shown": f"{receipt.code[:4]} {receipt.code[4:8]}"}
        known = {"case number": receipt.case_number}
        run_jobs()
    if moment == "left":
        reporter.leaves()
    assert len(sealed_on_disk(app)) == 1
    assert traces(app, secret | known) == list(known)


def test_an_anonymous_report_has_no_trace_of_a_name_that_was_typed_first(
    reporter: Reporter, database: Database
) -> None:
    reporter.tells(you=NAMED)
    reporter.opens("/report/you?from=check")
    reporter.goes_on(identity_kind="anonymous")
    assert NAME not in reporter.page.html
    reporter.opens("/report/you")
    assert NAME not in reporter.page.html
    reporter.opens("/report/check")
    reporter.sends()
    told = story(database)
    assert told["identity"] is None
    assert NAME not in str(told)


def test_the_row_does_not_tell_by_its_size_how_much_was_written(
    reporter: Reporter, app: Flask, people: object, filed: Filed
) -> None:
    reporter.reports(words={"words": "短"})
    Reporter(app.test_client()).reports(words={"words": WORDS * 10})
    assert len({len(one.sealed_body) for one in filed()}) == 1


def test_staff_who_report_are_as_anonymous_as_anybody(
    client: FlaskClient, sign_in: SignIn, filed: Filed, database: Database
) -> None:
    sign_in(client, "officer")
    Reporter(client).reports()
    (report,) = filed()
    with database.read() as session:
        (event,) = session.scalars(select(CaseEvent)).all()
        audited = session.scalars(select(AuditEvent).where(AuditEvent.subject == f"report:{report.id}")).one()
    assert (event.actor_name, event.department_code, event.at) == ("", None, None)
    assert (audited.actor_id, audited.actor_name) == (None, "anonymous")


def test_the_hour_of_a_report_is_kept_nowhere(
    reporter: Reporter, database: Database, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    clock.moves_on(hours=1, minutes=23)
    reporter.reports()
    run_jobs()
    with database.read() as session:
        report = session.scalars(select(Report)).one()
        events = session.scalars(select(CaseEvent)).all()
        audited = session.scalars(select(AuditEvent).where(AuditEvent.subject == f"report:{report.id}")).all()
        jobs = session.scalars(select(OutboxJob)).all()
    times = [one.at for one in (*events, *audited)]
    times += [time for one in jobs for time in (one.created_at, one.not_before, one.done_at)]
    assert audited
    assert jobs
    assert [time for time in times if time is not None and time.minute == clock.now().minute] == []


def test_the_log_holds_nothing_that_was_typed(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, reporter: Reporter
) -> None:
    """Good ways and bad ones: a refused file, a mistake, a page that is not there."""
    caplog.set_level(logging.DEBUG)
    reporter.opens("/")
    reporter.opens(f"/report?name=蓝鲸制革厂&uscc={USCC}")
    to_the_files(reporter).attaches(PHOTO, ("石梁河夜拍.jpg", PNG))
    reporter.goes_on()
    reporter.goes_on(identity_kind="named", name=NAME)
    reporter.goes_on(**NAMED)
    receipt = reporter.sends()
    reporter.looks_up(receipt.code)
    reporter.client.get("/report/蓝鲸制革厂")
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    assert '"route": "/"' in logged
    texts = {**SECRETS, "receipt": receipt.code, "case": receipt.case_number, "pages": "/report", "code": USCC}
    assert [name for name, text in texts.items() if text in logged] == []


# What a file tells about its maker


def test_a_photograph_is_cleaned_and_its_original_kept_only_for_the_custodian_where_the_reporter_ticks_it(
    reporter: Reporter, app: Flask, database: Database
) -> None:
    sent = photo()
    to_the_files(reporter).answers("upload", files=uploads(("厂门口.jpg", sent)), keep_original="y")
    assert listed(reporter) == ["厂门口.jpg"]
    assert "已去掉：拍摄地点、时间、设备和软件、作者" in reporter.page.text()
    assert "原件另行封存" in reporter.page.text()
    assert len(sealed_on_disk(app)) == 2
    reporter.goes_on()
    reporter.goes_on()
    receipt = reporter.sends()
    told = story(database)
    assert [name for name, _kind, _size in told["files"]] == ["厂门口.jpg"]
    (original,) = told["identity"]["originals"]
    assert original["size"] == len(sent)
    officer = Officer(app, "county_officer")
    page = officer.step(receipt.case_number, "open")
    assert "原件在身份保管员处" in page.text() and original["key"] not in page.html
    refused = officer.post(f"/desk/{receipt.case_number}/files/{original['id']}", at="/desk")
    assert refused.status == 404
    page, custodian, path = opened_by_two(app, receipt.case_number, "法院要看原始照片")
    assert "是匿名的" in page.text() and "没有清理的原件" in page.text()
    token = page.find("//input[@name='csrf_token']/@value")[0]
    answer = custodian.client.post(f"{path}/original/{original['id']}", data={"csrf_token": token})
    assert answer.get_data() == sent
    reporter.looks_up(receipt.code)
    assert reporter.page.text().count("法院要看原始照片") == 2


def test_without_the_tick_no_original_is_kept_and_taking_a_file_back_takes_its_original(
    reporter: Reporter, app: Flask
) -> None:
    to_the_files(reporter).attaches(("厂门口.jpg", photo()))
    assert len(sealed_on_disk(app)) == 1
    reporter.answers("upload", files=uploads(("二.jpg", photo())), keep_original="y")
    assert len(sealed_on_disk(app)) == 3
    reporter.presses("/remove")
    reporter.presses("/remove")
    assert sealed_on_disk(app) == []


def test_a_file_that_cannot_be_cleaned_says_so(reporter: Reporter) -> None:
    to_the_files(reporter).attaches(("录音.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64" + bytes(413)))
    assert "里面的信息没法去掉，原样加密" in reporter.page.text()


# Matters that belong elsewhere


@pytest.mark.parametrize(
    ("words", "number"),
    [("车间爆炸了，有人中毒", "119"), ("拖欠工资，还排污水", "12333"), ("队长受贿", "12388")],
)
def test_words_that_sound_like_another_office_are_told_its_number_and_can_still_be_sent(
    reporter: Reporter, filed: Filed, words: str, number: str
) -> None:
    reporter.tells(words={"words": words})
    assert reporter.page.find(f"//a[@href='tel:{number}']")
    assert "在这里也可以提交，我们照样登记" in reporter.page.text()
    reporter.sends()
    assert len(filed()) == 1


def test_usual_words_remind_of_nothing(reporter: Reporter) -> None:
    reporter.tells()
    assert not reporter.page.find("//a[starts-with(@href, 'tel:')]")


def test_the_first_page_leads_to_whom_to_call_and_from_there_back_into_the_wizard(reporter: Reporter) -> None:
    assert "/report/elsewhere" in reporter.opens("/report").find("//main//a/@href")
    page = reporter.opens("/report/elsewhere")
    assert {"tel:110", "tel:119", "tel:120", "tel:12345", "tel:12315"} <= set(page.find("//a/@href"))
    assert "/report/category" in page.find("//main//a/@href")
    assert "12369" not in page.text() and "12365" not in page.text(), "numbers that nobody answers any more"


# Several companies


def test_several_companies_are_added_found_or_as_written_and_taken_back(
    reporter: Reporter, published: None, database: Database
) -> None:
    reporter.tells(until="who")
    reporter.answers("another", accused_kind="company", accused_name="蓝鲸制革厂")
    assert reporter.page.url == "/report/also"
    reporter.answers("look_up", name="宏源检测")
    offered = reporter.chooses_from("chosen")
    reporter.answers(chosen=next(iter(offered)))
    reporter.answers(name="青石化工")
    reporter.answers(name="青石化工")
    reporter.answers(name="写错的厂")
    assert reporter.page.text().count("青石化工") == 2, "once in the list, once for the screen reader"
    reporter.presses("/2/remove")
    assert "写错的厂" not in reporter.page.text()
    reporter.opens("/report/when")
    for _step in ("when", "words", "files", "you"):
        reporter.goes_on(**ANSWERS[reporter.step])
    assert f"蓝鲸制革厂（企业）；{COMPANY}；青石化工" in reporter.page.text()
    reporter.sends()
    others = story(database)["others"]
    assert [(one["name"], one["uscc"]) for one in others] == [(COMPANY, USCC), ("青石化工", None)]


def test_a_department_that_owns_the_second_accused_institution_is_kept_out(
    reporter: Reporter, database: Database, filed: Filed
) -> None:
    reporter.tells(until="who", where={"county": "411081", "place": ""})
    reporter.answers("another", accused_kind="company", accused_name="蓝鲸制革厂")
    reporter.answers(name="禹州市环境监测站")
    reporter.opens("/report/when")
    for _step in ("when", "words", "files", "you"):
        reporter.goes_on(**ANSWERS[reporter.step])
    reporter.sends()
    (report,) = filed()
    with database.read() as session:
        parts = session.execute(
            select(ReportDepartment.department_code).where(
                ReportDepartment.report_id == report.id, ReportDepartment.part == "excluded"
            )
        )
        excluded = set(parts.scalars())
    assert "xc-ecology-yuzhou" in excluded
    assert report.responsible_code not in excluded


def test_no_more_than_ten_companies_are_taken_and_only_companies_have_others(reporter: Reporter) -> None:
    reporter.tells(until="who")
    assert reporter.opens("/report/also").url == "/report/who"
    reporter.answers("another", accused_kind="company", accused_name="甲厂")
    for n in range(10):
        reporter.answers(name=f"{n}号厂")
    assert reporter.problems() == ["最多再加 9 家，更多的请写在经过里。"]
    assert reporter.answers(name="").find("//*[contains(@class,'error-summary')]")


def test_every_answer_about_a_code_costs_one_derivation_and_looks_the_same(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Malformed, mistyped, never given out: one derivation each, one sentence, and pages of the same bytes."""
    derived: list[str] = []
    real = receipt.master_key
    monkeypatch.setattr(receipt, "master_key", lambda code, pepper: derived.append(code) or real(code, pepper))
    pages = []
    for typed in ("00000000000000000001", "12345678901234567890", receipt.new_code()):
        html = reporter.looks_up(typed).html.replace(typed, "")
        pages.append(re.sub(r'(csrf_token"[^>]*value=|nonce=)"[^"]*"', "", html))
    assert len(derived) == 3
    assert len(set(pages)) == 1
