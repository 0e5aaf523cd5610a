"""Whoever changes a published row behind the product's back is found out, each deed by its own finding.

The triggers are out of the way: so would somebody act who holds the database. What is lawful is no finding.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from core.accounts.actor import SYSTEM
from core.audit import record
from core.clock import CHINA
from core.database import Base, Database, unit_of_work
from core.ledger.note import Signer
from portal.publishing.endings import end
from portal.publishing.ledger import LOG
from portal.publishing.ledger_leaf import leaf
from portal.publishing.models import Disclosure
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.ledger import Audit, codes, tamper

RECORD = "(SELECT min(id) FROM public_record WHERE version = 1)"
OTHER = "(SELECT max(id) FROM public_record WHERE version = 1)"
CORRECTED = "(SELECT id FROM public_record WHERE version = 2)"
LONG_AGO = "'2020-01-01 00:00:00+00:00'"
# What was done: the statements, and the code of the finding.
DEEDS = {
    "the text of an old version is changed": (
        f"UPDATE version_content SET body = replace(body, '稀释', '稀稀') WHERE disclosure_id = {CORRECTED}",
        "text-changed",
    ),
    "only what the page shows is changed": (
        f"UPDATE public_record SET body = {{changed}} WHERE id = {RECORD}",
        "text-changed",
    ),
    "the salt is exchanged": (
        f"UPDATE version_content SET salt = (SELECT salt FROM version_content WHERE disclosure_id = {OTHER}) "
        f"WHERE disclosure_id = {RECORD}",
        "text-changed",
    ),
    "the texts of two versions change places": (
        "UPDATE version_content SET body = (SELECT one.body FROM version_content one WHERE one.version = "
        "3 - version_content.version AND one.disclosure_id = version_content.disclosure_id) "
        f"WHERE disclosure_id = {CORRECTED}",
        "text-changed",
    ),
    "the reason of a correction is changed": (
        "UPDATE version_content SET reason = '笔误' WHERE version = 2",
        "reason-changed",
    ),
    "the reason of a correction is taken away": (
        "UPDATE version_content SET reason = NULL WHERE version = 2",
        "reason-changed",
    ),
    "a version's commitment is changed": (
        f"UPDATE disclosure_version SET commitment = 'x' WHERE disclosure_id = {RECORD}",
        "version-changed",
    ),
    "a version is dated back": (
        f"UPDATE disclosure_version SET at = {LONG_AGO} WHERE disclosure_id = {RECORD}",
        "date-changed",
    ),
    "a correction is made to look like the first publication": (
        f"UPDATE disclosure_version SET event = 'publish' WHERE disclosure_id = {CORRECTED}",
        "date-changed",
    ),
    "the list says another title": (f"UPDATE public_record SET title = '无事' WHERE id = {RECORD}", "list-changed"),
    "the list says another day of decision": (
        f"UPDATE public_record SET decided_on = '2020-01-01' WHERE id = {RECORD}",
        "list-changed",
    ),
    "the list says that it was published earlier": (
        f"UPDATE public_record SET published_at = {LONG_AGO} WHERE id = {RECORD}",
        "list-changed",
    ),
    "the list no longer finds it by the act": (
        f"DELETE FROM public_record_act WHERE record_id = {RECORD}",
        "list-changed",
    ),
    "the text is taken away": (f"DELETE FROM version_content WHERE disclosure_id = {RECORD}", "silent-deletion"),
    "an old version is taken away whole": (
        f"DELETE FROM version_content WHERE disclosure_id = {CORRECTED} AND version = 1",
        f"DELETE FROM disclosure_version WHERE disclosure_id = {CORRECTED} AND version = 1",
        "silent-deletion",
    ),
    "the record is taken away": (f"DELETE FROM public_record WHERE id = {RECORD}", "silent-deletion"),
    "the record is called withdrawn without a leaf": (
        f"UPDATE disclosure SET state = 'withdrawn', withdrawn_basis = '无' WHERE id = {RECORD}",
        f"DELETE FROM public_record WHERE id = {RECORD}",
        "silent-deletion",
    ),
    "a change is taken out of the sequence": ("DELETE FROM disclosure_change WHERE sequence = 2", "changes-differ"),
    "a change is dated back": (f"UPDATE disclosure_change SET at = {LONG_AGO} WHERE sequence = 3", "changes-differ"),
    "the changes are put in another order": (
        "UPDATE disclosure_change SET sequence = 99 WHERE sequence = 1",
        "reordered",
    ),
    "a leaf is rewritten": (
        "UPDATE log_leaf SET entry = (SELECT entry FROM log_leaf WHERE place = 0) WHERE place = 2",
        "root-mismatch",
    ),
    "two leaves change places": (
        "UPDATE log_leaf SET place = 99 WHERE place = 0",
        "UPDATE log_leaf SET place = 0 WHERE place = 1",
        "UPDATE log_leaf SET place = 1 WHERE place = 99",
        "root-mismatch",
    ),
    "the last leaf is cut off": ("DELETE FROM log_leaf WHERE place = 3", "entries-missing"),
    "a leaf is cut out": ("DELETE FROM log_leaf WHERE place = 1", "entries-missing"),
    "a tile is cut short": ("UPDATE log_tile SET data = substr(data, 1, 64) WHERE level = 0", "tile-wrong"),
    "a tile is taken away": ("DELETE FROM log_tile", "tile-wrong"),
    "a line of the audit chain is rewritten": (
        "UPDATE audit_event SET actor_name = '别人' WHERE number = 2",
        "audit-broken",
    ),
    "a line of the audit chain is taken away": ("DELETE FROM audit_event WHERE number = 2", "audit-broken"),
}


def test_an_event_told_at_another_zones_time_does_not_break_the_chain(
    audit: Audit, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        record(session, actor=SYSTEM, action="test", subject="test:1", at=clock.now().astimezone(CHINA))
    assert audit.with_what_the_house_sees() == []


@pytest.mark.parametrize("what", DEEDS)
def test_whoever_changes_the_database_is_found_out(
    audit: Audit, records: list[str], database: Database, what: str
) -> None:
    assert audit.with_what_the_house_sees() == []
    *statements, finding = DEEDS[what]
    changed = "replace(CAST(body AS text), '2026-10-08', '2026-10-09')"
    changed = changed if database.is_sqlite else f"CAST({changed} AS json)"
    tamper(database, *(one.format(changed=changed) for one in statements))
    assert finding in codes(audit.with_what_the_house_sees())


FILE_DEEDS = {
    "a file is exchanged for another": (
        "UPDATE attachment SET content = (SELECT other.content FROM attachment other "
        "WHERE other.number = 2) WHERE number = 1",
        "attachment-changed",
    ),
    "a file is taken away": ("DELETE FROM attachment WHERE number = 2", "attachment-missing"),
}


@pytest.mark.parametrize("what", FILE_DEEDS)
def test_whoever_exchanges_a_file_of_a_record_is_found_out(
    audit: Audit, publisher: Publisher, clock: TestClock, database: Database, what: str
) -> None:
    record_id = publisher.penalty(clock.now(), files=[("甲.txt", "甲".encode()), ("乙.txt", "乙".encode())])
    clock.moves_on(hours=1)
    publisher.correct(record_id, clock.now(), penalty_content="罚款六万元。", without=[1])
    assert audit.with_what_the_house_sees() == []
    statement, finding = FILE_DEEDS[what]
    tamper(database, statement)
    assert codes(audit.with_what_the_house_sees()) == {finding}


def test_a_record_that_never_went_through_the_gate_is_found(
    audit: Audit, records: list[str], database: Database
) -> None:
    tamper(database, copied("disclosure", id="smuggled", natural_key="another"), copied("public_record", id="smuggled"))
    assert ["smuggled" in one.text for one in audit() if one.code == "unlogged"] == [True]


def test_a_version_that_is_not_in_the_log_is_found(audit: Audit, records: list[str], database: Database) -> None:
    tamper(database, copied("disclosure_version", key="disclosure_id", version="2"))
    assert "unlogged" in codes(audit())


def copied(table: str, key: str = "id", **changes: str) -> str:
    """The statement that puts a copy of a row beside it, with some columns changed."""
    columns = [column.name for column in Base.metadata.tables[table].columns]
    values = [f"'{changes[name]}'" if name in changes else name for name in columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {key} = {RECORD}"


def test_a_leaf_forged_without_the_key_has_no_signature(
    audit: Audit, records: list[str], app: Flask, database: Database
) -> None:
    """Leaf, tile and checkpoint as they should be, signed by another key of the same name."""
    with database.read() as session:
        note = session.execute(text("SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1")).scalar_one()
    forged = Signer(app.extensions["log"].keys.origin, bytes(32)).sign(
        note.split("\n\n")[0].replace("\n4\n", "\n5\n") + "\n"
    )
    tamper(
        database,
        "INSERT INTO log_leaf SELECT log, 4, entry, subject FROM log_leaf WHERE place = 3",
        "UPDATE log_state SET size = 5",
        f"INSERT INTO log_checkpoint SELECT log, 5, '{forged}', at FROM log_checkpoint WHERE size = 4",
    )
    assert codes(audit()) == {"bad-signature"}


def test_a_checkpoint_taken_back_is_found_by_whoever_saw_it(
    audit: Audit, records: list[str], database: Database
) -> None:
    assert audit() == []
    tamper(database, "DELETE FROM log_checkpoint WHERE size = 4")
    assert "log-shrunk" in codes(audit())


def test_a_withdrawn_record_put_back_is_found(
    audit: Audit, records: list[str], database: Database, publisher: Publisher, clock: TestClock
) -> None:
    publisher.withdraw(records[0], clock.now())
    assert audit.with_what_the_house_sees() == []
    source = "SELECT {} FROM public_record WHERE id = {}".format(
        ", ".join(
            f"'{records[0]}'" if one.name == "id" else one.name for one in Base.metadata.tables["public_record"].columns
        ),
        f"'{records[2]}'",
    )
    tamper(database, f"INSERT INTO public_record {source}")
    assert "still-public" in codes(audit())


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE disclosure SET withdrawn_basis = '领导口头指示' WHERE id = '{record}'", "ground-changed"),
        ("UPDATE disclosure SET state = 'draft' WHERE id = '{record}'", "end-unexplained"),
    ],
)
def test_why_a_record_was_withdrawn_cannot_be_changed_either(
    audit: Audit,
    records: list[str],
    database: Database,
    publisher: Publisher,
    clock: TestClock,
    statement: str,
    finding: str,
) -> None:
    publisher.withdraw(records[0], clock.now())
    tamper(database, statement.format(record=records[0]))
    assert finding in codes(audit())


def test_an_end_without_a_ground_is_found_even_with_the_right_key(
    audit: Audit, records: list[str], app: Flask, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    publisher.withdraw(records[0], clock.now())
    with unit_of_work(database) as session:
        fields = leaf("withdraw", "penalty", records[0], 1, clock.now())
        app.extensions["log"].add(session, records[0], fields, at=clock.now())
    assert "early-removal" in codes(audit())


# 23:59 in China on the last day of the term, and the minute after.
LAST_MINUTE = datetime(2027, 1, 8, 15, 59, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def with_a_term(publisher: Publisher, clock: TestClock) -> str:
    """A penalty that is public until 8 January 2027."""
    return publisher.penalty(clock.now(), fine_wan_yuan="2")


@pytest.mark.parametrize(("at", "expected"), [(LAST_MINUTE, {"early-removal"}), (LAST_MINUTE + A_MINUTE, set())])
def test_a_record_expired_before_its_term_is_over_is_found_even_with_the_right_key(
    audit: Audit, with_a_term: str, publisher: Publisher, clock: TestClock, at: datetime, expected: set[str]
) -> None:
    """Whoever runs the house can let the sweep's own code end a record too soon: the leaf tells the day."""
    clock.at = at
    with unit_of_work(publisher.database) as session:
        disclosure = session.get_one(Disclosure, with_a_term)
        end(session, disclosure, "expire", "term:credit-minor", log=publisher.log, actor=SYSTEM, at=at)
    assert codes(audit()) == expected


def test_a_record_without_a_term_cannot_expire(audit: Audit, publisher: Publisher, clock: TestClock) -> None:
    notice = publisher.notice(clock.now())
    with unit_of_work(publisher.database) as session:
        disclosure = session.get_one(Disclosure, notice)
        end(session, disclosure, "expire", "term:credit-minor", log=publisher.log, actor=SYSTEM, at=clock.now())
    assert codes(audit()) == {"early-removal"}


@pytest.mark.parametrize("until", ["'2030-01-01'", "NULL"])
def test_a_record_kept_public_beyond_its_term_is_found(
    audit: Audit, with_a_term: str, database: Database, clock: TestClock, until: str
) -> None:
    tamper(database, f"UPDATE public_record SET publicity_until = {until} WHERE id = '{with_a_term}'")
    clock.at = LAST_MINUTE
    assert audit() == []
    clock.moves_on(minutes=1)
    assert codes(audit()) == {"overdue"}


def test_a_record_whose_term_is_cut_short_is_found(
    audit: Audit, with_a_term: str, database: Database, clock: TestClock
) -> None:
    tamper(database, f"UPDATE public_record SET publicity_until = '2026-11-01' WHERE id = '{with_a_term}'")
    assert codes(audit()) == {"silent-deletion"}


@pytest.mark.parametrize("until", ["'2030-01-01'", "NULL", "'2026-12-01'"])
def test_a_version_that_tells_another_term_is_found(
    audit: Audit, with_a_term: str, database: Database, until: str
) -> None:
    tamper(database, f"UPDATE disclosure_version SET publicity_until = {until} WHERE disclosure_id = '{with_a_term}'")
    assert codes(audit()) == {"term-changed"}


APPEND_ONLY = {
    "audit_event": "actor_name",
    "log_leaf": "subject",
    "log_checkpoint": "note",
    "disclosure_version": "event",
    "disclosure_change": "event",
    "version_content": "body",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_itself_refuses_changes(records: list[str], database: Database, table: str) -> None:
    column = APPEND_ONLY[table]
    refused = [f"UPDATE {table} SET {column} = 'x'"]
    if table != "version_content":
        refused.append(f"DELETE FROM {table}")
    refused.append(
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if database.is_sqlite else f"TRUNCATE {table} CASCADE"
    )
    for statement in refused:
        with pytest.raises(Exception, match="append-only"), database.engine.connect() as connection:
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
            connection.execute(text(statement))


def test_the_leaves_say_nothing_but_what_the_design_names(records: list[str], database: Database) -> None:
    with database.read() as session:
        entries = session.execute(text(f"SELECT entry FROM log_leaf WHERE log = '{LOG}'")).scalars().all()
    assert {frozenset(json.loads(bytes(one))) for one in entries} == {
        frozenset(["v", "k", "y", "r", "rev", "p", "t", "u", "g", "c"])
    }
