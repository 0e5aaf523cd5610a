"""A new key: announced in the log, both sign for ninety days, and whoever knew the old one comes to trust the new."""

import stat
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import Database
from core.ledger.keys import OVERLAP, KeyMissing, KeyRing
from core.ledger.note import NoteInvalid, Verifier, checkpoint
from core.ledger.proof import TlogProof
from portal.ledger.verify.checks import check_files
from portal.ledger.verify.proofs import trusted_keys
from portal.publishing.ledger import LOG
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit, codes, tamper


def rotate(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["ledger", "rotate-key", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def vkey(client: FlaskClient) -> str:
    return client.get("/ledger/vkey").get_data(as_text=True).strip()


def signers(client: FlaskClient, *vkeys: str) -> list[bool]:
    """Which of the keys signed the newest checkpoint."""
    note = client.get("/ledger/checkpoint").get_data(as_text=True)

    def has_signed(one: str) -> bool:
        try:
            checkpoint(note, Verifier.parse(one))
        except NoteInvalid:
            return False
        return True

    return [has_signed(one) for one in vkeys]


def test_both_keys_sign_for_ninety_days_and_then_the_new_one_alone(
    app: Flask, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    old = vkey(client)
    output, new = rotate(app), vkey(client)
    assert new != old
    assert new in output
    assert "90 天" in output
    assert signers(client, old, new) == [True, True]
    clock.at += OVERLAP - timedelta(seconds=1)
    publisher.notice(clock.now())
    assert signers(client, old, new) == [True, True]
    clock.moves_on(seconds=1)
    publisher.notice(clock.now())
    assert signers(client, old, new) == [False, True]


def test_an_auditor_who_knew_only_the_first_key_follows_the_log_to_the_third(
    app: Flask, audit: Audit, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    first = vkey(client)
    for _ in range(2):
        rotate(app)
        clock.moves_on(days=100)
        publisher.notice(clock.now())
    assert signers(client, first) == [False]
    assert audit(vkey=first) == []
    assert audit.state["vkeys"][0] == first
    assert len(audit.state["vkeys"]) == 3


def test_a_key_that_the_log_did_not_announce_is_not_trusted(
    app: Flask, audit: Audit, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    """A site that signs with another key and says "trust me" is found, and so is one that hides the chain."""
    publisher.penalty(clock.now())
    first = vkey(client)
    rotate(app)
    clock.moves_on(days=100)
    publisher.notice(clock.now())
    chain = client.get("/ledger/keys").get_json()
    assert trusted_keys(audit.fetch, [first]) == [one["vkey"] for one in chain]
    stranger = str(KeyRing("x", app.extensions["log"].keys.file(1)).signer(1).verifier)
    chain[1]["vkey"] = stranger
    assert codes_with(audit, chain, first) == {"bad-signature"}
    assert codes_with(audit, [], first) == {"bad-signature"}


def codes_with(audit: Audit, chain: object, first: str) -> set[str]:
    import json

    from portal.ledger.verify.audit import audit as run

    def fetch(path: str) -> tuple[int, bytes]:
        return (200, json.dumps(chain).encode()) if path == "/ledger/keys" else audit.fetch(path)

    return codes(list(run(fetch, {}, first)))


def test_a_proof_from_before_still_holds_and_one_from_after_is_reached_from_the_old_key(
    app: Flask, audit: Audit, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    record = publisher.penalty(clock.now())
    first = vkey(client)
    body = client.get(f"/records/{record}.json").get_data()
    before = client.get(f"/records/{record}.tlog-proof").get_data(as_text=True)
    rotate(app)
    clock.moves_on(days=100)
    publisher.notice(clock.now())
    after = client.get(f"/records/{record}.tlog-proof").get_data(as_text=True)
    assert "proved" in check_files(body, before, [first])
    assert "proved" in check_files(body, after, trusted_keys(audit.fetch, [first]))
    assert "核验通过" in client.get(f"/verify?record={record}").get_data(as_text=True)
    head = TlogProof.parse(client.get("/ledger/keys").get_json()[1]["proof"])
    assert checkpoint(head.note, Verifier.parse(first)).size == 2


def test_key_files_are_for_their_owner_alone(app: Flask, publisher: Publisher, clock: TestClock) -> None:
    publisher.penalty(clock.now())
    rotate(app)
    keys = app.extensions["log"].keys
    assert [stat.S_IMODE(keys.file(number).stat().st_mode) for number in (1, 2)] == [0o400, 0o400]
    assert keys.file(1).read_bytes() != keys.file(2).read_bytes()


def test_a_prepared_key_signs_only_once_it_is_announced(
    app: Flask, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    old = vkey(client)
    prepared = rotate(app, "--prepare")
    publisher.notice(clock.now())
    assert vkey(client) == old
    rotate(app)
    assert vkey(client) in prepared


def test_a_machine_without_the_announced_key_signs_nothing(
    app: Flask,
    client: FlaskClient,
    database: Database,
    people: dict[str, object],
    publisher: Publisher,
    clock: TestClock,
) -> None:
    publisher.penalty(clock.now())
    rotate(app)
    log = publisher.log
    elsewhere = KeyRing(log.keys.origin, log.keys.file(1))
    log.keys.file(2).rename(log.keys.file(9))
    other = Publisher(database, people, type(log)(log.name, elsewhere, log.guard))
    with pytest.raises(KeyMissing):
        other.notice(clock.now())
    assert client.get("/ledger/checkpoint").get_data(as_text=True).split("\n")[1] == "2"


def test_a_key_announcement_that_was_taken_out_is_found(
    app: Flask, audit: Audit, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    publisher.penalty(clock.now())
    rotate(app)
    publisher.notice(clock.now())
    tamper(database, f"UPDATE log_leaf SET subject = 'hidden' WHERE log = '{LOG}' AND place = 1")
    assert "key-hidden" in codes(audit())
