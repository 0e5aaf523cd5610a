"""Files of public records: sent by an editor, looked through, approved byte by byte, downloaded, found, corrected."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.audit import AuditEvent
from core.database import Database, unit_of_work
from portal.enforcement.kinds import PENALTY
from portal.publishing import attachments, operations
from portal.publishing.attachments import NotLookedAt
from portal.publishing.consent import content_digest
from portal.publishing.models import Attachment, Disclosure, PublicRecord, VersionContent
from portal.publishing.operations import ApprovalVoid
from portal.publishing.refusals import LeakFound
from portal.publishing.rendered import WouldLeak, must_go_out_clean
from tests.conftest import TestClock
from tests.support import files
from tests.support.disclosures import PENALTY_FIELDS, Publisher
from tests.support.ledger import Audit
from tests.support.outputs import readable
from tests.support.page import Page, checked
from tests.web.test_publishing import Member, Staff
from tests.web.test_publishing import staff as staff  # noqa: PLC0414 - a fixture

WORDS = "行政处罚决定书 经查明该公司夜间关闭采样泵"
DECISION = files.pdf(WORDS)


def send(member: Member, record_id: str, *sent: tuple[str, bytes]) -> Page:
    url = f"/editorial/{record_id}/attachments"
    uploads = [(BytesIO(content), name) for name, content in sent]
    fields: dict[str, Any] = {"csrf_token": member.token, "files": uploads}
    response = member.client.post(url, data=fields, content_type="multipart/form-data", follow_redirects=True)
    return Page(url, response.status_code, response.get_data(as_text=True))


def draft_of(database: Database, record_id: str) -> dict[str, Any]:
    with database.read() as session:
        return session.get_one(Disclosure, record_id).draft


def stored(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


# The editor


def test_an_editor_adds_files_and_what_they_tell_about_their_maker_is_gone(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    page = send(
        editor, record_id, ("决定书.pdf", DECISION), ("清单.xlsx", files.sheet(["企业", "次数"], ["甲公司", 3]))
    )
    assert "已添加 2 个附件" in page.text()
    assert [(one["number"], one["name"]) for one in draft_of(database, record_id)["attachments"]] == [
        (1, "决定书.pdf"),
        (2, "清单.xlsx"),
    ]
    assert "夜间关闭采样泵" in checked(editor.client, f"/editorial/{record_id}").text()
    for number in (1, 2):
        got = editor.client.get(f"/editorial/{record_id}/attachments/{number}").get_data()
        assert files.MAKER.encode() not in got
    with ZipFile(BytesIO(got)) as book:
        assert files.MAKER not in "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())


def test_files_come_with_the_form_too(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    fields = {"files": [(BytesIO(DECISION), "决定书.pdf")]}
    record_id = editor.draft(**fields)
    assert draft_of(database, record_id)["attachments"][0]["name"] == "决定书.pdf"
    editor.fill(
        f"/editorial/{record_id}/edit", penalty_content="罚款六万元。", files=[(BytesIO(b"a,b\n1,2"), "表.csv")]
    )
    draft = draft_of(database, record_id)
    assert [one["name"] for one in draft["attachments"]] == ["决定书.pdf", "表.csv"]
    assert draft["penalty_content"] == "罚款六万元。"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("程序.exe", b"MZ", "不接收"),
        ("照片.pdf", files.photo(), "内容和扩展名不符"),
        ("坏.pdf", b"%PDF-1.4 x", "已加密或损坏"),
        ("空.txt", b"", "空文件"),
        ("夹带.pdf", files.with_file_inside(DECISION), "夹带"),
    ],
)
def test_what_is_refused_is_said_by_name_and_the_good_ones_are_kept(
    staff: Staff, database: Database, name: str, content: bytes, said: str
) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    page = send(editor, record_id, (name, content), ("好.txt", "正文".encode()))
    assert said in page.text() and name in page.text() and "已添加 1 个附件" in page.text()
    assert stored(database) == 1


def test_the_same_file_twice_and_too_many_are_refused(
    staff: Staff, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    send(editor, record_id, ("a.txt", b"x"))
    assert "已经在附件里了" in send(editor, record_id, ("b.txt", b"x")).text()
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    assert "最多 1 个附件" in send(editor, record_id, ("c.txt", b"y")).text()
    assert stored(database) == 1


def test_a_file_taken_away_before_it_was_public_is_gone_and_its_number_is_not_given_again(
    staff: Staff, database: Database
) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    send(editor, record_id, ("a.txt", b"x"))
    assert editor.step(record_id, "attachments/1/remove") == 302
    assert stored(database) == 0 and "attachments" not in draft_of(database, record_id)
    send(editor, record_id, ("b.txt", b"y"))
    assert draft_of(database, record_id)["attachments"][0]["number"] == 2


def test_nobody_reads_a_draft_s_file_from_outside(staff: Staff, client: FlaskClient, database: Database) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    send(editor, record_id, ("决定书.pdf", DECISION))
    assert client.get(f"/penalties/{record_id}/attachments/1").status_code == 404
    assert client.get(f"/editorial/{record_id}/attachments/1").status_code in (302, 401, 403)
    assert staff("officer").client.get(f"/editorial/{record_id}/attachments/1").status_code == 403


# Personal data


def test_personal_data_in_a_file_is_a_hard_stop(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    send(editor, record_id, ("清单.xlsx", files.sheet(["企业"], hidden="联系 13800001111")))
    assert editor.step(record_id, "submit") == 422
    assert "1 清单.xlsx：手机号" in checked(editor.client, f"/editorial/{record_id}").text()
    page = checked(editor.client, f"/editorial/{record_id}/redact")
    assert "附件里的文字系统改不了" in page.text() and not page.find("//input[@value='redact']")
    editor.step(record_id, "attachments/1/remove")
    assert editor.step(record_id, "submit") == 302


def test_a_name_in_a_file_waits_for_a_decision_and_may_be_kept_with_a_law(staff: Staff, database: Database) -> None:
    editor = staff("editor")
    record_id = editor.draft()
    send(editor, record_id, ("记录.txt", "采样员王建军未到现场。".encode()))
    assert editor.step(record_id, "submit") == 422
    page = checked(editor.client, f"/editorial/{record_id}/redact")
    key = page.find("//section[@class='redaction']//input[@type='radio']/@name")[0].removeprefix("action-")
    assert editor.send(f"/editorial/{record_id}/redact", **{f"action-{key}": "redact"}).status_code == 302
    assert editor.step(record_id, "submit") == 422
    law = page.find("//select/option/@value")[1]
    kept = {f"action-{key}": "keep", f"reason-{key}": "决定书按法律公开", f"law-{key}": law}
    assert editor.send(f"/editorial/{record_id}/redact", **kept).status_code == 302
    assert editor.step(record_id, "submit") == 302


def test_what_was_taken_out_of_the_words_may_not_stand_in_a_file(
    publisher: Publisher, database: Database, clock: TestClock
) -> None:
    person = {"party_name": "周小山", "party_type": "natural_person", "party_uscc": ""}
    with pytest.raises(LeakFound):
        publisher.penalty(clock.now(), [("a.txt", "当事人周小山夜间排放".encode())], **person)


def test_the_last_look_sees_the_text_of_files_whatever_stands_in_it(
    publisher: Publisher, database: Database, clock: TestClock
) -> None:
    """As if everything before had been passed by: the text is changed under the approval."""
    record_id = publisher.penalty(clock.now(), [("a.txt", b"x")])
    with unit_of_work(database) as session:
        file = session.get_one(Attachment, (record_id, 1))
        file.text = "a <b 13800001111 c> d"
    with database.read() as session:
        found, public = session.get_one(Disclosure, record_id), session.get_one(PublicRecord, record_id)
        with pytest.raises(WouldLeak) as refusal:
            must_go_out_clean(session, found, public)
    assert refusal.value.places == ["a.txt"]


def test_what_no_machine_reads_the_approver_must_have_looked_at(
    staff: Staff, client: FlaskClient, database: Database
) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft()
    send(editor, record_id, ("扫描件.pdf", files.pdf("")), ("现场.jpg", files.photo()))
    assert "机器读不了" in checked(editor.client, f"/editorial/{record_id}").text()
    assert editor.step(record_id, "submit") == 302
    assert editor.step(record_id, "attachments/1/look") == 403
    page = checked(approver.client, f"/editorial/{record_id}")
    assert "确认看过上面的附件以后" in page.text() and not page.find("//button[@value='publish']")
    with database.read() as session:
        seen = content_digest(session.get_one(Disclosure, record_id))
    assert approver.step(record_id, "approve", seen=seen) == 422
    assert approver.step(record_id, "attachments/1/look") == 302
    assert approver.step(record_id, "approve", seen=seen) == 422
    assert approver.step(record_id, "attachments/2/look") == 302
    assert approver.step(record_id, "approve") == 302
    assert client.get(f"/penalties/{record_id}/attachments/2").status_code == 200
    with database.read() as session:
        looked = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "disclosure.look")).all()
        assert [one["number"] for one in looked] == [1, 2]


def test_what_one_reviewer_looked_at_another_has_not(
    publisher: Publisher, database: Database, clock: TestClock, people: dict[str, Any]
) -> None:
    with pytest.raises(NotLookedAt):
        publisher.penalty(clock.now(), [("扫描件.pdf", files.pdf(""))])


# The approval and the version


def test_the_approval_and_the_ledger_are_bound_to_the_bytes(
    publisher: Publisher, client: FlaskClient, database: Database, clock: TestClock, audit: Audit
) -> None:
    with unit_of_work(database) as session:
        one = operations.draft(session, PENALTY, PENALTY_FIELDS, actor=publisher.editor, at=clock.now())
        publisher._attach(session, one, [("决定书.pdf", DECISION)], clock.now())
        operations.submit(session, one, actor=publisher.editor, at=clock.now())
        operations.approve(session, one, actor=publisher.approver, at=clock.now())
        record_id = one.id
        before = one.draft
        changed = [{**before["attachments"][0], "sha256": "0" * 64}]
        one.draft = {**before, "attachments": changed}
        with pytest.raises(ApprovalVoid):
            operations.publish(session, one, log=publisher.log, actor=publisher.approver, at=clock.now())
        one.draft = before
        operations.publish(session, one, log=publisher.log, actor=publisher.approver, at=clock.now())
    body = json.loads(client.get(f"/records/{record_id}.json").get_data())
    got = client.get(f"/penalties/{record_id}/attachments/1").get_data()
    assert body["attachments"] == [
        {
            "number": 1,
            "name": "决定书.pdf",
            "media_type": "application/pdf",
            "size": len(got),
            "sha256": hashlib.sha256(got).hexdigest(),
        }
    ]
    assert audit.with_what_the_house_sees() == []


# The public


@pytest.fixture
def record(publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]) -> str:
    found = publisher.penalty(
        clock.now(), [("决定书.pdf", DECISION), ("明细 表.csv", "企业,次数\n甲,3".encode("gb18030"))]
    )
    run_jobs()
    return found


def test_a_file_is_shown_and_downloaded_at_an_address_that_stays(client: FlaskClient, record: str) -> None:
    page = checked(client, f"/penalties/{record}")
    assert page.find("//ul[@class='attachments']//a/@href") == [
        f"/penalties/{record}/attachments/1",
        f"/penalties/{record}/attachments/2",
    ]
    got = client.get(f"/penalties/{record}/attachments/1")
    digest = hashlib.sha256(got.get_data()).hexdigest()
    assert digest in page.text() and "PDF" in page.text()
    assert got.headers["ETag"] == f'"{digest}"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=attachment-1.pdf; filename*=UTF-8''%E5%86%B3%E5%AE%9A%E4%B9%A6.pdf"
    )
    assert got.mimetype == "application/pdf"
    tag = {"If-None-Match": got.headers["ETag"]}
    assert client.get(f"/penalties/{record}/attachments/1", headers=tag).status_code == 304
    part = client.get(f"/penalties/{record}/attachments/1", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.get_data()) == (206, b"%PDF")
    table = client.get(f"/penalties/{record}/attachments/2")
    assert (table.content_type, table.get_data().decode("utf-8-sig")) == ("text/csv; charset=utf-8", "企业,次数\n甲,3")
    assert client.get(f"/penalties/{record}/attachments/3").status_code == 404
    assert client.get(f"/notices/{record}/attachments/1").status_code == 404


def test_programs_get_it_too(client: FlaskClient, record: str) -> None:
    for address in (f"/api/v1/penalties/{record}", f"/penalties/{record}.json"):
        told = client.get(address).get_json()["attachments"]
        assert [one["name"] for one in told] == ["决定书.pdf", "明细 表.csv"]
        assert told[0]["url"].endswith(f"/penalties/{record}/attachments/1")
    atom = feedparser.parse(client.get("/feeds/penalties.atom").get_data()).entries[0]
    assert [one.href.rsplit("/", 2)[1:] for one in atom.enclosures] == [["attachments", "1"], ["attachments", "2"]]
    rss = feedparser.parse(client.get("/feeds/penalties.rss").get_data()).entries[0]
    assert [(one.type, int(one.length) > 0) for one in rss.enclosures] == [("application/pdf", True)]
    item = client.get("/feeds/penalties.json").get_json()["items"][0]
    assert [one["mime_type"] for one in item["attachments"]] == ["application/pdf", "text/csv"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_downloads_name_it(client: FlaskClient, record: str, form: str) -> None:
    assert f"/penalties/{record}/attachments/1" in readable(client, f"/data/penalties.{form}")


def test_it_is_found_by_what_it_says_and_the_hit_says_where(client: FlaskClient, record: str) -> None:
    page = checked(client, "/search?q=夜间关闭采样泵")
    hit = page.find("//li[@class='record-list__item']")[0]
    assert hit.xpath("string(.//a/@href)") == f"/penalties/{record}"
    assert "附件“决定书.pdf”" in hit.xpath("string()")
    assert "夜间关闭采样泵" in "".join(hit.xpath(".//mark/text()"))
    own = checked(client, "/search?q=稀释样品").find("//li[@class='record-list__item']")[0]
    assert "附件" not in own.xpath("string()")


def test_a_withdrawn_record_takes_its_files_with_it(
    client: FlaskClient, record: str, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    publisher.withdraw(record, clock.now())
    run_jobs()
    gone = client.get(f"/penalties/{record}/attachments/1")
    assert gone.status_code == 410 and "决定已被撤销" in gone.get_data(as_text=True)
    assert "夜间关闭" not in checked(client, "/search?q=采样泵").text().replace("采样泵", "", 1)


def test_a_correction_adds_and_removes_and_the_old_version_keeps_what_it_had(
    client: FlaskClient, record: str, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    clock.moves_on(days=1)
    publisher.correct(record, clock.now(), [("更正.txt", "更正后的明细".encode())], without=[2])
    run_jobs()
    page = checked(client, f"/penalties/{record}")
    assert [one[-1] for one in page.find("//ul[@class='attachments']//a/@href")] == ["1", "3"]
    changes = checked(client, f"/penalties/{record}/changes/2").text()
    assert "删去：2 明细 表.csv" in changes and "新增：3 更正.txt" in changes
    old = checked(client, f"/penalties/{record}/versions/1")
    assert [one[-1] for one in old.find("//ul[@class='attachments']//a/@href")] == ["1", "2"]
    for number in (1, 2, 3):
        assert client.get(f"/penalties/{record}/attachments/{number}").status_code == 200
    yesterday = client.get(f"/penalties/{record}.json?as_of=2026-11-23").get_json()
    assert [one["number"] for one in yesterday["attachments"]] == [1, 2]
    assert "更正后的明细" in checked(client, "/search?q=更正后的明细").text()


def test_an_asked_department_reads_the_files_and_an_environmental_one_makes_it_asked(
    staff: Staff, database: Database
) -> None:
    editor, approver = staff("editor"), staff("approver")
    record_id = editor.draft("notice", title="关于工作进展的通知", text="<p>详见附件。</p>")
    send(editor, record_id, ("通报.txt", "全市空气质量优良天数 24 天，PM2.5 平均浓度下降。".encode()))
    assert editor.step(record_id, "submit") == 302
    assert "须先征求市气象局的意见" in checked(approver.client, f"/editorial/{record_id}").text()
    approver.send(f"/editorial/{record_id}/consult", departments=["xc-meteorology"], other="", question="")
    weather = staff("consultee")
    inbox = checked(weather.client, "/editorial/consultations")
    question = next(one for one in inbox.find("//main//a/@href") if one.startswith("/editorial/consultations/"))
    link = checked(weather.client, question).find("//ul[@class='attachments']//a/@href")[0]
    assert "优良天数" in weather.client.get(link).get_data(as_text=True)
    assert staff("officer").client.get(link).status_code in (403, 404)


def test_bytes_and_words_lie_in_the_transaction_of_their_version(
    publisher: Publisher, database: Database, clock: TestClock
) -> None:
    """Nothing lies beside the database: a crash leaves the version with its files, or neither."""
    record_id = publisher.penalty(clock.now(), [("决定书.pdf", DECISION)])
    with database.read() as session:
        content = session.get_one(VersionContent, (record_id, 1))
        file = session.get_one(Attachment, (record_id, 1))
        assert json.loads(content.body)["attachments"][0]["sha256"] == hashlib.sha256(file.content).hexdigest()
        assert file.first_version == 1
