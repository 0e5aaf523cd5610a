from contextlib import closing
from dataclasses import replace

import pytest
from nacl import pwhash
from sqlalchemy import delete, select, update

from core import audit
from core.accounts.models import User, WebSession
from core.accounts.permissions import Role
from core.audit import AuditEvent
from core.config import MEMORY, Settings
from core.database import unit_of_work
from core.keys.models import DepartmentKeyMember, UserKey
from core.web.current import EXTENSION
from portal import demo
from portal.app import create_app
from tests.support.people import PASSWORD, ring_of


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


def test_the_key_in_a_session_is_in_no_cookie_and_not_readable_in_the_row(client, sign_in, people, database):
    sign_in(client, "officer")
    secret = ring_of(people["officer"]).secret
    cookie = bytes.fromhex(client.get_cookie("mingjian").value)
    with database.read() as session:
        row = session.scalars(select(WebSession)).one()
    assert row.sealed_keys and secret not in row.sealed_keys + row.sealed + cookie
    assert secret.hex().encode() not in row.sealed_keys + row.sealed


def test_a_session_works_in_another_process_and_is_signed_out_after_the_machine_restarts(
    settings, clock, client, sign_in, open_page, app
):
    sign_in(client, "officer")
    cookie = client.get_cookie("mingjian").value
    with closing(Process(settings, clock, cookie)) as other:
        assert "退出" in open_page(other.client, "/desk").html
    settings.boot_key_file.unlink()
    with closing(Process(settings, clock, cookie)) as restarted:
        assert "退出" not in open_page(restarted.client, "/sign-in").html
        assert restarted.client.get("/desk").status_code == 302


class Process:
    """Another application on the same installation, in the same browser."""

    def __init__(self, settings, clock, cookie):
        self.app = create_app(settings, clock)
        self.client = self.app.test_client()
        self.client.set_cookie("mingjian", cookie)

    def close(self):
        self.app.extensions[EXTENSION].database.close()


def test_the_boot_key_lies_in_memory_unless_told_otherwise(settings):
    path = Settings.from_environ({"MINGJIAN_DATA_DIR": str(settings.data_dir)}).boot_key_file
    assert path.is_relative_to(MEMORY) or not MEMORY.is_dir()
    assert settings.boot_key() == replace(settings).boot_key()
    assert settings.boot_key_file.stat().st_mode & 0o077 == 0


def test_a_password_is_changed_by_who_knows_it(app, client, sign_in, open_page, people):
    sign_in(client, "officer")
    new = "an entirely new password"

    def change(old, again=new):
        fields = open_page(client, "/account/password").hidden_fields()
        data = {**fields, "password": old, "new_password": new, "again": again}
        return client.post("/account/password", data=data, follow_redirects=True).get_data(as_text=True)

    assert "现在的密码不对" in change("wrong password")
    assert "两次写的不一样" in change(PASSWORD, again="something else")
    assert "密码已更改" in change(PASSWORD)
    for password, status in ((PASSWORD, 200), (new, 302)):
        other = app.test_client()
        fields = open_page(other, "/sign-in").hidden_fields()
        data = {**fields, "sign_in_name": "officer", "password": password}
        assert other.post("/sign-in", data=data).status_code == status


def test_an_account_from_before_the_keys_gets_them_at_its_next_sign_in(client, people, database, open_page, sign_in):
    user = people["county_officer"]
    with unit_of_work(database) as session:
        session.execute(delete(UserKey).where(UserKey.user_id == user.id))
        session.execute(delete(DepartmentKeyMember).where(DepartmentKeyMember.user_id == user.id))
        old = pwhash.argon2id.str(PASSWORD.encode(), opslimit=1, memlimit=pwhash.argon2id.MEMLIMIT_MIN).decode()
        session.execute(update(User).where(User.id == user.id).values(password_hash=old))
    fields = open_page(client, "/sign-in").hidden_fields()
    wrong = client.post("/sign-in", data={**fields, "sign_in_name": "county_officer", "password": "wrong password"})
    assert wrong.status_code == 200
    sign_in(client, "county_officer")
    with database.read() as session:
        assert session.get_one(User, user.id).password_hash == ""
        held = session.scalars(select(DepartmentKeyMember.epoch).where(DepartmentKeyMember.user_id == user.id)).all()
    assert held == [2]
    sign_in(client, "county_officer")


@pytest.mark.parametrize(("name", "home"), [("editor", "/editorial"), ("approver", "/editorial"), ("officer", "/desk")])
def test_who_signs_in_is_led_to_their_work(client, people, open_page, name, home):
    fields = {**open_page(client, "/sign-in").hidden_fields(), "sign_in_name": name, "password": PASSWORD}
    assert client.post("/sign-in", data=fields).headers["Location"] == home


def test_only_a_demo_shows_its_accounts(client, app, people, open_page):
    assert demo.PASSWORD not in open_page(client, "/sign-in").text()
    house = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, demo=True))
    page = open_page(client, "/sign-in")
    assert demo.PASSWORD in page.text()
    assert all(name in page.text() for name, *_rest in demo.ACCOUNTS)


def test_every_role_has_a_task_in_the_demo():
    assert set(demo.TASKS) == set(Role)
