"""A draft that is put aside: its receipt opens it anywhere, at the step where it stopped, until it is sent or old."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.accounts.models import User
from core.database import Database
from core.scrubbing import ONLY, StorageScrub
from core.web.current import EXTENSION, House
from intake import attachments, receipt
from intake.models import Report
from intake.saved_drafts import KEPT_FOR, SavedDraft
from tests.conftest import TestClock
from tests.support.officer import Officer
from tests.support.reporter import PNG, WORDS, Reporter, as_stored, everything_stored

SECRET_NAME = "夜拍标记.png"


@pytest.fixture
def reporter(people: dict[str, User], app: Flask) -> Reporter:
    return Reporter(app.test_client())


def on_another_device(app: Flask, code: str) -> Reporter:
    other = Reporter(app.test_client())
    other.looks_up(code)
    return other


def put_aside(reporter: Reporter) -> str:
    """From the wizard's page that is open; the code."""
    reporter.answers("later")
    reporter.presses("/report/later")
    return reporter.page.text("//*[@id='receipt']").replace(" ", "")


def drafts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SavedDraft)) or 0


def reports(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Report)) or 0


def sealed_files(app: Flask) -> list[Path]:
    house: House = app.extensions[EXTENSION]
    place = attachments.folder(house.settings.data_dir)
    return list(place.iterdir()) if place.exists() else []


def test_the_code_opens_the_draft_elsewhere_where_it_stopped_and_stays_the_receipt(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    other = on_another_device(app, code)
    assert other.step == "you"
    other.opens("/report/words")
    assert other.kept("words") == WORDS
    other.opens("/report/files")
    assert SECRET_NAME in other.page.text()
    other.opens("/report/you")
    other.goes_on(identity_kind="anonymous")
    told = other.sends()
    assert told.code == code and "就是您“以后再写”时记下的那个码" in other.page.text()
    assert (drafts(database), reports(database)) == (0, 1)
    assert WORDS in Officer(app, "county_officer").step(told.case_number, "open").text()
    assert on_another_device(app, code).page.url == "/track/case"


def test_what_stands_on_the_page_goes_along_and_each_later_answer_too(app: Flask, reporter: Reporter) -> None:
    reporter.tells(until="words")
    reporter.answers("later", words="先写一半")
    reporter.presses("/report/later")
    code = reporter.page.text("//*[@id='receipt']")
    reporter.opens("/report/words")
    reporter.goes_on(words="先写一半，再写一半")
    other = on_another_device(app, code)
    assert other.step == "files"
    other.opens("/report/words")
    assert other.kept("words") == "先写一半，再写一半"


def test_an_empty_page_is_no_mistake_and_a_half_filled_one_is_told_what_misses(reporter: Reporter) -> None:
    reporter.tells(until="where")
    assert reporter.answers("later", county="", place="").url == "/report/later"
    reporter.opens("/report/where")
    reporter.answers("later", county="", place="桥头")
    assert reporter.problems() and reporter.kept("place") == "桥头"


def test_the_code_is_told_until_the_reporter_writes_on(reporter: Reporter) -> None:
    reporter.tells(until="when")
    code = receipt.shown(put_aside(reporter))
    assert code in reporter.opens("/report/later").text()
    reporter.opens("/report/when")
    reporter.goes_on(when="昨夜")
    page = reporter.opens("/report/later")
    assert "已经保存" in page.text() and code not in page.html


def test_leaving_forgets_this_browser_and_keeps_what_was_put_aside(app: Flask, reporter: Reporter) -> None:
    reporter.tells(until="when")
    code = put_aside(reporter)
    reporter.presses("/report/later/leave")
    assert reporter.opens("/report/words").url == "/report/category"
    assert on_another_device(app, code).step == "when"


def test_leaving_without_having_put_aside_loses_nothing(reporter: Reporter) -> None:
    reporter.tells(until="when")
    page = reporter.opens("/report/later")
    token = page.find("//input[@name='csrf_token']")[0].get("value")
    reporter.client.post("/report/later/leave", data={"csrf_token": token})
    assert reporter.opens("/report/when").url == "/report/when"


def test_thrown_away_it_is_gone_with_its_files_and_its_code(app: Flask, reporter: Reporter, database: Database) -> None:
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    assert sealed_files(app)
    reporter.opens("/report/leave")
    assert "查询码也打不开这一份" in reporter.page.text()
    reporter.leaves()
    assert drafts(database) == 0 and not sealed_files(app)
    assert on_another_device(app, code).problems()


def test_left_alone_for_a_week_it_goes_with_its_files_and_until_then_they_stay(
    app: Flask, reporter: Reporter, database: Database, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    lay_there = sealed_files(app)
    clock.moves_on(days=KEPT_FOR.days - 1)
    run_jobs()
    assert drafts(database) == 1 and sealed_files(app) == lay_there
    assert on_another_device(app, code).step == "you"
    clock.moves_on(days=1)
    assert on_another_device(app, code).problems()
    for _turn in range(2):
        run_jobs()
        clock.moves_on(hours=2)
    assert drafts(database) == 0 and not sealed_files(app)
    with database.read() as session:
        assert session.get_one(StorageScrub, ONLY).erased_at is not None, "the row leaves the database's files too"


def test_each_answer_begins_the_week_again(app: Flask, reporter: Reporter, clock: TestClock) -> None:
    reporter.tells(until="when")
    code = put_aside(reporter)
    clock.moves_on(days=KEPT_FOR.days - 1)
    on_another_device(app, code).goes_on(when="昨夜")
    clock.moves_on(days=KEPT_FOR.days - 1)
    assert on_another_device(app, code).step == "words"


def test_who_goes_on_elsewhere_takes_it_over_and_the_first_browser_is_told_and_destroys_nothing(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    other = on_another_device(app, code)
    reporter.opens("/report/words")
    reporter.goes_on(words="在旧设备上又写了一句")
    assert "已经在别处打开" in reporter.page.text()
    reporter.opens("/report/leave")
    reporter.leaves()
    assert drafts(database) == 1 and len(sealed_files(app)) == 1
    other.goes_on(identity_kind="anonymous")
    told = other.sends()
    assert told.code == code
    assert "在旧设备上" not in Officer(app, "county_officer").step(told.case_number, "open").text()


def test_the_first_browser_cannot_send_what_goes_on_elsewhere(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    reporter.tells(until="you")
    code = put_aside(reporter)
    reporter.opens("/report/you")
    reporter.goes_on(identity_kind="anonymous")
    on_another_device(app, code)
    assert reporter.presses("/report/send").url == "/report/check"
    assert "已经在别处打开" in reporter.page.text() and reports(database) == 0
    assert reporter.sends().code != code


def test_a_browser_that_throws_away_late_leaves_the_files_of_the_sent_report(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    other = on_another_device(app, code)
    other.goes_on(identity_kind="anonymous")
    other.sends()
    reporter.opens("/report/leave")
    reporter.leaves()
    assert reports(database) == 1 and len(sealed_files(app)) == 1


def test_another_draft_in_the_browser_is_not_lost_to_the_code(app: Flask, reporter: Reporter) -> None:
    reporter.tells(until="when")
    code = put_aside(reporter)
    other = Reporter(app.test_client())
    other.tells(until="when", where={"county": "411002", "place": "另一件"})
    other.looks_up(code)
    assert "还有一份没写完的举报" in other.problems()[0]
    other.opens("/report/where")
    assert other.kept("place") == "另一件"


def test_a_wrong_code_costs_and_says_the_same_beside_a_draft_as_beside_a_case(
    app: Flask, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter.tells(until="when")
    code = put_aside(reporter)
    derived: list[str] = []
    real = receipt.master_key
    monkeypatch.setattr(receipt, "master_key", lambda typed, pepper: derived.append(typed) or real(typed, pepper))
    wrong = [code[:-1] + str((int(code[-1]) + 1) % 10), receipt.new_code()]
    assert len({on_another_device(app, typed).page.text() for typed in wrong}) == 1
    assert on_another_device(app, code).step == "when"
    assert len(derived) == len(wrong) + 1


def test_without_the_code_the_row_opens_nothing_and_tells_neither_hour_nor_words(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    reporter.tells(until="you")
    cookie = reporter.cookie()
    reporter.answers("later", identity_kind="named", name="欧阳不具名", contact="13912345678")
    reporter.presses("/report/later")
    code = reporter.page.text("//*[@id='receipt']")
    everything = everything_stored(app)
    for text in (WORDS, "欧阳不具名", "13912345678", "蓝鲸制革厂", code, code.replace(" ", ""), cookie):
        assert not [shape for shape in as_stored(text) if shape in everything], text
    with database.read() as session:
        row = session.scalars(select(SavedDraft)).one()
    assert row.expires_on - KEPT_FOR == app.extensions[EXTENSION].clock.now().date()
    assert len(row.sealed) < 4096 + 200 and timedelta(days=7) == KEPT_FOR


# What it costs


def set_room(app: Flask, **room_mb: int) -> None:
    house: House = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = dataclasses.replace(house, settings=dataclasses.replace(house.settings, **room_mb))


def of_size(megabytes: float, name: str = "夜里.txt") -> tuple[str, bytes]:
    return name, b"water " * int(megabytes * 1024 * 1024 / 6)


def test_putting_aside_costs_what_sending_costs(app: Flask, people: dict[str, User], database: Database) -> None:
    plain = Reporter(app.test_client(), runs_scripts=False)
    plain.tells(until="when")
    plain.answers("later")
    page = plain.presses("/report/later")
    assert page.text("//h1") == "请再等 10 秒，然后按下面的按钮" and drafts(database) == 0
    assert plain.opens("/report/when").url == "/report/when", "nothing is lost while it waits"
    assert len(Reporter(app.test_client()).reports().code) == 20


def test_without_scripts_it_is_put_aside_after_the_wait(
    app: Flask, people: dict[str, User], clock: TestClock, database: Database
) -> None:
    plain = Reporter(app.test_client(), runs_scripts=False)
    plain.tells(until="when")
    plain.answers("later")
    plain.presses("/report/later")
    clock.moves_on(seconds=10)
    page = plain.presses("/report/later")
    assert drafts(database) == 1
    assert on_another_device(app, page.text("//*[@id='receipt']")).step == "when"


def test_a_page_that_lay_too_long_asks_for_one_more_press(reporter: Reporter, database: Database) -> None:
    reporter.tells(until="when")
    reporter.answers("later")
    page = reporter.presses("/report/later", challenge="1.16.10.1.0000", answer="1.2.3")
    assert "再按一次“保存，给我查询码”" in page.text() and drafts(database) == 0
    assert reporter.presses("/report/later").find("//*[@id='receipt']")


def test_drafts_count_with_reports_so_that_a_flood_of_either_gets_heavier(app: Flask) -> None:
    bits = []
    for _one in range(11):
        reporter = Reporter(app.test_client())
        reporter.tells(until="when")
        reporter.answers("later")
        bits.append(int(reporter.page.hidden_fields()["challenge"].split(".")[1]))
    assert bits[0] == 16 and bits[-1] == 17


def test_files_that_find_no_room_are_named_and_the_words_and_the_others_go_along(
    app: Flask, reporter: Reporter, database: Database
) -> None:
    set_room(app, draft_files_mb=1)
    reporter.tells(until="files")
    reporter.attaches(of_size(0.4, "一.txt"), of_size(0.9, "二.txt"), of_size(0.4, "三.txt"))
    reporter.answers("later")
    assert "这里存不下：二.txt。" in reporter.page.text("//*[contains(@class,'banner')]")
    reporter.presses("/report/later")
    code = reporter.page.text("//*[@id='receipt']")
    assert "这里存不下：二.txt。" in reporter.page.text()
    with database.read() as session:
        row = session.scalars(select(SavedDraft)).one()
    assert len(row.file_ids) == 2 and row.file_bytes < 1024 * 1024
    assert len(sealed_files(app)) == 3, "this browser still has it"
    other = on_another_device(app, code)
    assert "请重新上传：二.txt。" in other.page.text()
    other.opens("/report/files")
    assert ("一.txt" in other.page.text(), "二.txt" in other.page.text()) == (True, False)
    other.opens("/report/words")
    assert other.kept("words") == WORDS


def test_all_drafts_share_one_room_and_words_always_find_some(app: Flask, people: dict[str, User]) -> None:
    set_room(app, draft_files_mb=2, all_drafts_files_mb=2)
    first, second = Reporter(app.test_client()), Reporter(app.test_client())
    for one in (first, second):
        one.tells(until="files")
        one.attaches(of_size(1.2))
    assert "这里存不下" not in first.page.text() and on_another_device(app, put_aside(first)).step == "you"
    code = put_aside(second)
    assert "这里存不下：夜里.txt。" in second.page.text()
    other = on_another_device(app, code)
    assert other.step == "you"
    other.opens("/report/words")
    assert other.kept("words") == WORDS


def test_a_file_that_lies_there_is_not_pushed_out_by_others_or_by_a_smaller_room(
    app: Flask, reporter: Reporter
) -> None:
    reporter.tells(until="files")
    reporter.attaches(of_size(0.5))
    code = put_aside(reporter)
    set_room(app, draft_files_mb=0, all_drafts_files_mb=0)
    reporter.opens("/report/when")
    reporter.goes_on(when="昨夜")
    assert "夜里.txt" in on_another_device(app, code).opens("/report/files").text()


def test_a_file_that_is_sent_later_from_the_first_browser_is_the_whole_one(app: Flask, reporter: Reporter) -> None:
    """What found no room aside is still sent from where it was uploaded."""
    set_room(app, draft_files_mb=0)
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    put_aside(reporter)
    assert "没有存到查询码下" in reporter.opens("/report/files").text()
    reporter.goes_on()
    reporter.goes_on(identity_kind="anonymous")
    told = reporter.sends()
    assert SECRET_NAME in Officer(app, "county_officer").step(told.case_number, "open").text()


def test_files_that_are_here_alone_are_lost_neither_to_the_own_code_nor_to_another(
    app: Flask, reporter: Reporter
) -> None:
    reporter.tells(until="when")
    another = put_aside(reporter)
    reporter.presses("/report/later/leave")
    set_room(app, draft_files_mb=0)
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    code = put_aside(reporter)
    reporter.looks_up(code)
    assert SECRET_NAME in reporter.opens("/report/files").text()
    reporter.looks_up(another)
    assert "还有一份没写完的举报" in reporter.problems()[0]
    assert SECRET_NAME in reporter.opens("/report/files").text()


def test_who_lost_the_draft_to_another_browser_keeps_the_files_that_were_here_alone(
    app: Flask, reporter: Reporter
) -> None:
    reporter.tells(until="files")
    reporter.attaches(("在那边.txt", b"there"))
    code = put_aside(reporter)
    set_room(app, draft_files_mb=0)
    reporter.opens("/report/files")
    reporter.attaches(("只在这边.txt", b"here"))
    on_another_device(app, code)
    page = reporter.opens("/report/later")
    assert "已经在别处打开" in page.text() and page.find("//form[@action='/report/later']")
    listed = reporter.opens("/report/files").text()
    assert ("只在这边" in listed, "在那边" in listed) == (True, False)


def test_a_full_disk_turns_files_away_and_takes_the_words(
    reporter: Reporter, app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "KEPT_FREE", 10**18)
    reporter.tells(until="files")
    reporter.attaches((SECRET_NAME, PNG))
    assert "举报可以照常提交" in reporter.problems()[0] and not sealed_files(app)
    reporter.answers("later")
    reporter.presses("/report/later")
    assert drafts(database) == 1, "words are put aside as well"
    reporter.opens("/report/files")
    reporter.goes_on()
    reporter.goes_on(identity_kind="anonymous")
    assert reporter.sends() and reports(database) == 1
