from sqlalchemy import select

from core import audit
from core.accounts.models import WebSession
from core.audit import AuditEvent
from tests.support.people import PASSWORD


def test_a_person_signs_in_and_out(client, sign_in, open_page, database):
    sign_in(client, "editor")
    assert "退出" in open_page(client, "/sign-in").html
    token = open_page(client, "/sign-in").find("//input[@name='csrf_token']")[0].get("value")
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
    assert "退出" not in open_page(client, "/sign-in").html
    with database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))
    assert actions[-2:] == ["sign_in", "sign_out"]


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, people, open_page):
    fields = open_page(client, "/sign-in").hidden_fields()
    answers = [
        client.post("/sign-in", data={**fields, "sign_in_name": name, "password": "wrong"}).get_data(as_text=True)
        for name in ("editor", "nobody")
    ]
    assert all("登录名或密码不对" in answer for answer in answers)


def test_the_eleventh_try_within_ten_minutes_is_refused(client, people, open_page):
    fields = open_page(client, "/sign-in").hidden_fields()
    answers = [
        client.post("/sign-in", data={**fields, "sign_in_name": "editor", "password": "wrong"}).status_code
        for _ in range(11)
    ]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_a_form_without_its_token_is_refused(client, people):
    response = client.post("/sign-in", data={"sign_in_name": "editor", "password": PASSWORD})
    assert response.status_code == 400
    assert "刷新" in response.get_data(as_text=True)


def test_signing_in_gives_a_new_session_and_the_row_tells_nothing(client, sign_in, open_page, database):
    open_page(client, "/sign-in")
    before = client.get_cookie("mingjian").value
    sign_in(client, "editor")
    after = client.get_cookie("mingjian").value
    assert before != after
    with database.read() as session:
        rows = list(session.scalars(select(WebSession)))
    assert len(rows) == 1
    assert bytes.fromhex(after) not in rows[0].sealed
    assert b"csrf" not in rows[0].sealed


def test_a_signed_in_page_is_kept_by_nobody(client, sign_in):
    sign_in(client, "editor")
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_the_way_back_after_signing_in_never_leaves_the_site(client, people, open_page):
    fields = open_page(client, "/sign-in").hidden_fields()
    response = client.post(
        "/sign-in?next=//evil.example/x", data={**fields, "sign_in_name": "editor", "password": PASSWORD}
    )
    assert response.headers["Location"] == "/"


def test_a_changed_audit_line_breaks_the_chain(people, database):
    with database.read() as session:
        events = list(session.scalars(select(AuditEvent).order_by(AuditEvent.number)))
    assert audit.first_break(events) is None
    events[2].action = "something else"
    assert audit.first_break(events) == 3
