"""Each use of the escrow is told to the public, in the transaction that used it, through the gate and the ledger."""

import json
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts import SYSTEM
from core.accounts.models import User
from core.database import Database, unit_of_work
from core.keys import escrow
from core.keys.escrow import Purpose
from core.ledger.models import LogLeaf
from portal.ledger.inside import findings
from portal.publishing.models import Approval, PublicRecord
from tests.conftest import TestClock
from tests.support.ledger import tamper
from tests.support.page import checked
from tests.web.test_keys_commands import NAMES, PHRASES, shares, sign_in_status

__all__ = ["shares"]
NEW = "an entirely new password"


def reset(app: Flask, shares: list[str], name: str = "county_officer") -> str:
    options = ["--share", shares[0], "--share", shares[2]]
    typed = f"{PHRASES[0]}\n{PHRASES[2]}\n{NEW}\n{NEW}\n"
    return app.test_cli_runner().invoke(args=["keys", "reset-password", name, *options], input=typed).output


def hand_over(app: Flask, shares: list[str]) -> str:
    options = ["--share", shares[1], "--share", shares[2]]
    return (
        app.test_cli_runner().invoke(args=["keys", "hand-over", *options], input=f"{PHRASES[1]}\n{PHRASES[2]}\n").output
    )


def records(database: Database) -> list[PublicRecord]:
    with database.read() as session:
        statement = select(PublicRecord).where(PublicRecord.kind == "key_use").order_by(PublicRecord.sequence)
        return list(session.scalars(statement))


def test_every_use_is_public_at_once_numbered_and_proved_by_the_ledger(
    app: Flask, client: FlaskClient, shares: list[str], database: Database, people: dict[str, User]
) -> None:
    assert "已在网站上公开一条使用记录" in reset(app, shares)
    assert "已在网站上公开一条使用记录" in hand_over(app, shares)
    first, second = records(database)
    assert (first.title, second.title) == ("保管密钥第 1 次使用", "保管密钥第 2 次使用")
    assert "重设密码" in first.summary and "交给现在的承办部门" in second.summary
    page = checked(client, f"/key-uses/{first.id}").text()
    assert "由两位保管人共同使用" in page or "两位保管人使用保管密钥的同时" in page
    assert first.title in checked(client, "/key-uses").text()
    assert first.id in client.get("/feeds/key-uses.atom").get_data(as_text=True)
    assert client.get(f"/records/{first.id}.tlog-proof").status_code == 200
    with database.read() as session:
        leaves = [json.loads(one) for one in session.scalars(select(LogLeaf.entry).order_by(LogLeaf.place))]
        assert [(one["k"], one["r"]) for one in leaves] == [("publish", first.id), ("publish", second.id)]
        assert list(findings(session)) == []


def test_a_use_names_no_person_and_no_report(
    app: Flask, client: FlaskClient, shares: list[str], database: Database, people: dict[str, User]
) -> None:
    reset(app, shares)
    [record] = records(database)
    seen = "".join(client.get(path).get_data(as_text=True) for path in ("/key-uses", f"/key-uses/{record.id}"))
    seen += client.get(f"/records/{record.id}.json").get_data(as_text=True)
    assert not [one for one in ("county_officer", people["county_officer"].id, "keeper1") if one in seen]
    assert not [one for one in NAMES if f"{one}（" in seen or f">{one}<" in seen]
    assert set(record.body) == {"number", "authority_name", "used_on", "purpose", "officers", "epoch"}


def test_the_two_officers_are_the_gates_two_persons(app: Flask, shares: list[str], database: Database) -> None:
    reset(app, shares)
    with database.read() as session:
        approval = session.scalars(select(Approval)).one()
        names = [session.get_one(User, one).display_name for one in (approval.author_id, approval.approver_id)]
    assert names == ["甲", "丙"]


def test_what_cannot_be_told_is_not_done(app: Flask, shares: list[str], database: Database) -> None:
    """A keeper whose account bears another name by now could not answer for the record."""
    with unit_of_work(database) as session:
        session.scalars(select(User).where(User.display_name == "丙")).one().display_name = "丁"
    assert "保管人“丙”没有账号" in reset(app, shares)
    assert sign_in_status(app.test_client(), "county_officer", NEW) == 200
    assert records(database) == []


def test_only_two_people_of_the_office_are_made_keepers(app: Flask, people: dict[str, User], tmp_path: Path) -> None:
    typed = "".join(f"{phrase}\n{phrase}\n" for phrase in PHRASES[:2])
    for names, said in (
        (("custodian", "second_custodian"), "不是保管单位的人"),
        (("second_custodian", "测试second_custodian"), "需要两位不同的保管人"),
        (("second_custodian", "无名"), "没有账号"),
    ):
        options = [part for name in names for part in ("--keeper", name)]
        done = app.test_cli_runner().invoke(
            args=["keys", "escrow-create", *options, "--folder", f"{tmp_path}/stick"], input=typed
        )
        assert done.exit_code == 1 and said in done.output


def test_an_audit_finds_a_use_that_is_not_told(
    app: Flask, shares: list[str], database: Database, clock: TestClock
) -> None:
    files = [(Path(one).read_bytes(), phrase) for one, phrase in zip(shares, PHRASES, strict=True)][:2]
    with unit_of_work(database) as session:
        escrow.opened(session, files, Purpose.HAND_OVER, actor=SYSTEM, at=clock.now())
    with database.read() as session:
        assert [one.code for one in findings(session)] == ["escrow-untold"]


def test_an_audit_finds_a_use_that_was_taken_out_of_the_ledger(
    app: Flask, shares: list[str], database: Database
) -> None:
    reset(app, shares)
    tamper(database, "DELETE FROM log_leaf")
    with database.read() as session:
        assert "escrow-untold" in [one.code for one in findings(session)]
