"""The commands for keys: two officers make the escrow, give a password back, hand over what nobody else can open."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import open_account
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.keys.models import DepartmentKey
from core.web.current import EXTENSION
from tests.support.officer import Officer
from tests.support.page import checked
from tests.support.people import PASSWORD, password

PHRASES = ("first long passphrase", "second long passphrase", "third long passphrase")
NAMES = ("甲", "乙", "丙")


def keepers(app: Flask) -> None:
    """Three of the discipline office, who have no other work on the platform."""
    house = app.extensions[EXTENSION]
    with unit_of_work(house.database) as session:
        for number, name in enumerate(NAMES):
            who = {"sign_in_name": f"keeper{number}", "display_name": name, "department_code": "xc-discipline"}
            open_account(
                session, **who, password=PASSWORD, roles=[], actor=SYSTEM, at=house.clock.now(), under=password()
            )


@pytest.fixture
def shares(app: Flask, people: dict[str, User], tmp_path: Path) -> list[str]:
    """The keepers' files on their stick; everybody has signed in since."""
    folder = tmp_path / "stick"
    keepers(app)
    typed = "".join(f"{phrase}\n{phrase}\n" for phrase in PHRASES)
    names = [part for name in NAMES for part in ("--keeper", name)]
    done = app.test_cli_runner().invoke(args=["keys", "escrow-create", *names, "--folder", str(folder)], input=typed)
    assert done.exit_code == 0, done.output
    Officer(app, "county_officer")
    return [str(folder / f"{name}.json") for name in NAMES]


def sign_in_status(client: FlaskClient, name: str, password: str) -> int:
    fields = checked(client, "/sign-in").hidden_fields()
    return client.post("/sign-in", data={**fields, "sign_in_name": name, "password": password}).status_code


def test_two_keepers_give_a_lost_password_back_and_it_is_on_record(
    app: Flask, shares: list[str], database: Database
) -> None:
    arguments = ["keys", "reset-password", "county_officer", "--share", shares[0], "--share", shares[2]]
    typed = f"{PHRASES[0]}\n{PHRASES[2]}\nan entirely new password\nan entirely new password\n"
    done = app.test_cli_runner().invoke(args=arguments, input=typed)
    assert done.exit_code == 0, done.output
    assert sign_in_status(app.test_client(), "county_officer", "an entirely new password") == 302
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "escrow.reset_password")).one()
    assert event.detail["officers"] == ["甲", "丙"]


@pytest.mark.parametrize(
    ("chosen", "phrases"), [((0,), PHRASES[:1]), ((0, 0), PHRASES[:1] * 2), ((0, 1), (PHRASES[0], "wrong"))]
)
def test_one_keeper_or_a_wrong_passphrase_resets_nothing(
    app: Flask, shares: list[str], chosen: tuple[int, ...], phrases: tuple[str, ...]
) -> None:
    options = [part for number in chosen for part in ("--share", shares[number])]
    typed = "\n".join([*phrases, "an entirely new password", "an entirely new password", ""])
    done = app.test_cli_runner().invoke(args=["keys", "reset-password", "county_officer", *options], input=typed)
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert sign_in_status(app.test_client(), "county_officer", "an entirely new password") == 200


def test_a_department_changes_its_key_and_the_status_tells_who_waits(
    app: Flask, shares: list[str], database: Database
) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["keys", "rotate", "xc-ecology-changge"]).exit_code == 0
    with database.read() as session:
        epochs = select(DepartmentKey.epoch).where(DepartmentKey.department_code == "xc-ecology-changge")
        assert sorted(session.scalars(epochs)) == [1, 2]
    told = runner.invoke(args=["keys", "status"]).output
    assert "保管密钥：第 2 期" in told
    assert "xc-ecology-yuzhou      还没有人" in told
    assert runner.invoke(args=["keys", "rotate", "xc-police"]).exit_code == 1


def test_what_the_escrow_holds_is_handed_over(app: Flask, shares: list[str]) -> None:
    options = ["--share", shares[1], "--share", shares[2]]
    done = app.test_cli_runner().invoke(args=["keys", "hand-over", *options], input=f"{PHRASES[1]}\n{PHRASES[2]}\n")
    assert done.exit_code == 0, done.output
    assert "0 件" in done.output


def test_an_account_is_moved_and_closed(app: Flask, shares: list[str], database: Database) -> None:
    runner = app.test_cli_runner()
    moved = runner.invoke(args=["user", "move", "county_head", "--department", "xc-market", "--role", "officer"])
    assert moved.exit_code == 0, moved.output
    assert (
        runner.invoke(args=["user", "move", "county_head", "--department", "nowhere", "--role", "head"]).exit_code == 1
    )
    closed = runner.invoke(args=["user", "close", "county_officer"])
    assert closed.exit_code == 0, closed.output
    assert runner.invoke(args=["user", "close", "nobody"]).exit_code == 1
    assert sign_in_status(app.test_client(), "county_officer", "a long enough password") == 200
    with database.read() as session:
        living = select(DepartmentKey).where(DepartmentKey.department_code == "xc-ecology-changge")
        assert all(key.retired_at is not None for key in session.scalars(living))
