"""The demo city's ledger shows what a real one has: a key changed in the open, and somebody outside who cosigned."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.config import Settings
from core.database import Database
from core.ledger.models import LogWitness
from core.ledger.note import COSIGNATURE, Verifier, cosigned_at, taken_apart
from core.web.current import EXTENSION
from portal import demo, setup
from portal.app import create_app
from portal.demo.witnessed import NEWSPAPER
from portal.publishing.models import PublicRecord
from tests.conftest import TestClock
from tests.support.ledger import Audit
from tests.support.page import checked


@pytest.fixture
def city(demo_settings: Settings, clock: TestClock) -> Iterator[Flask]:
    app = create_app(demo_settings, clock)
    house = app.extensions[EXTENSION]
    setup.prepare(house)
    demo.fill_if_empty(house)
    yield app
    house.database.close()


@pytest.fixture
def visitor(city: Flask) -> FlaskClient:
    return city.test_client()


@pytest.fixture
def store(city: Flask) -> Database:
    found: Database = city.extensions[EXTENSION].database
    return found


def test_the_checkpoint_is_signed_with_both_keys_and_by_the_witness(visitor: FlaskClient, store: Database) -> None:
    page = checked(visitor, "/ledger").text()
    note = visitor.get("/ledger/checkpoint/witnessed").get_data(as_text=True)
    vkeys = [one["vkey"] for one in visitor.get("/ledger/keys").get_json()]
    assert len(vkeys) == 2 and all(one in page for one in vkeys) and NEWSPAPER in page
    text, lines = taken_apart(note)
    assert len(lines) == 3
    with store.read() as session:
        witness = session.scalars(select(LogWitness)).one()
    cosigned = [line for line in note.splitlines() if line.startswith(f"— {NEWSPAPER} ")]
    assert cosigned_at(text, cosigned[0], Verifier.parse(witness.vkey, COSIGNATURE))


def test_a_record_checked_on_the_site_names_the_witness(visitor: FlaskClient, store: Database) -> None:
    with store.read() as session:
        record = session.scalars(select(PublicRecord.id).where(PublicRecord.kind == "penalty").limit(1)).one()
    assert NEWSPAPER in checked(visitor, f"/verify?record={record}").text()


def test_an_audit_from_outside_follows_the_key_change(visitor: FlaskClient, store: Database, clock: TestClock) -> None:
    assert Audit(visitor, clock, store)() == []


def test_a_witness_whose_lines_are_brought_is_not_asked(city: Flask, store: Database) -> None:
    city.extensions["create_worker"]().services["witnesses"].ask_all()
    with store.read() as session:
        assert session.scalars(select(LogWitness.problem)).all() == [None]
