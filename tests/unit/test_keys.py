"""Keys of people and departments: who can open what after joining, leaving, a new password, a lost one."""

from itertools import combinations

import pytest
from sqlalchemy import select

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import close_account, move_account, open_account
from core.accounts.passwords import stretched
from core.accounts.permissions import Role
from core.audit import AuditEvent
from core.database import Database, unit_of_work
from core.envelopes import KeyPair, unwrap
from core.keys import department_keys, escrow, user_keys
from core.keys.escrow import EscrowRefused, Purpose, joined, split
from core.keys.keyring import NO_KEYS, KeyPurpose, Keyring
from core.keys.models import DepartmentKey, DepartmentKeyMember, UserKey
from tests.conftest import TestClock
from tests.support.people import PASSWORD, ring_of

CODE, CASE = "xc-ecology-changge", KeyPurpose.CASE
PHRASES = {"孙保管": "first long passphrase", "钱保管": "second long passphrase", "冯保管": "third long passphrase"}
People = dict[str, User]


def opens(database: Database, ring: Keyring, code: str = CODE, purpose: KeyPurpose = CASE) -> list[int]:
    """The epochs of the department that the ring opens, rightly."""
    with database.read() as session:
        rows = session.scalars(
            select(DepartmentKey).where(DepartmentKey.department_code == code, DepartmentKey.purpose == purpose)
        )
        secrets = {
            row: Keyring(ring.user_id, ring.secret).department_key(session, code, purpose, row.epoch) for row in rows
        }
    assert all(KeyPair.of(secret).public == row.public for row, secret in secrets.items() if secret)
    return sorted(row.epoch for row, secret in secrets.items() if secret)


def test_members_open_their_departments_key_and_nobody_else_does(people: People, database: Database) -> None:
    holders = {name for name, user in people.items() if opens(database, ring_of(user))}
    assert holders == {"county_officer", "county_head"}
    assert opens(database, NO_KEYS) == []
    assert opens(database, ring_of(people["custodian"]), "xc-duty", KeyPurpose.IDENTITY) == [1]
    assert opens(database, ring_of(people["duty_officer"]), "xc-duty", KeyPurpose.IDENTITY) == []


def test_the_database_holds_no_secret_key_in_the_clear(people: People, database: Database) -> None:
    with database.read() as session:
        rows = (
            session.execute(select(UserKey.__table__)).all()
            + session.execute(select(DepartmentKeyMember.__table__)).all()
        )
    stored = b"".join(value for row in rows for value in row if isinstance(value, bytes))
    assert not [user for user in people.values() if (ring_of(user).secret or b"") in stored]


def test_a_new_member_opens_the_new_epoch_at_once_and_the_old_ones_when_a_fellow_signs_in(
    people: People, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        new = open_account(
            session,
            sign_in_name="new",
            display_name="新来的",
            password="another long password",
            roles=[Role.OFFICER],
            department_code=CODE,
            actor=SYSTEM,
            at=clock.now(),
        )
    with database.read() as session:
        ring = user_keys.unlock_with(session, new, "another long password")
    assert ring is not None
    assert opens(database, ring) == [2]
    assert opens(database, ring_of(people["county_officer"])) == [1, 2]
    with unit_of_work(database) as session:
        assert department_keys.lacking_members(session, CODE, CASE) == {new.id}
        outsider = session.get_one(User, people["market_officer"].id)
        assert department_keys.hand_on(session, outsider, ring_of(outsider)) == 0
        fellow = session.get_one(User, people["county_head"].id)
        assert department_keys.hand_on(session, fellow, ring_of(fellow)) == 1
    assert opens(database, ring) == [1, 2]


def test_who_moves_away_loses_every_envelope_and_gets_the_new_departments(
    people: People, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        user = session.get_one(User, people["county_head"].id)
        move_account(session, user, department_code="xc-market", roles=[Role.OFFICER], actor=SYSTEM, at=clock.now())
    ring = ring_of(people["county_head"])
    assert opens(database, ring) == []
    assert opens(database, ring, "xc-market") == [2]
    assert opens(database, ring_of(people["county_officer"])) == [1, 2]


def test_a_department_that_nobody_is_left_in_has_no_key_to_seal_to(
    people: People, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        for name in ("county_head", "county_officer"):
            close_account(session, session.get_one(User, people[name].id), actor=SYSTEM, at=clock.now())
        assert department_keys.live_key(session, CODE, CASE) is None
    assert opens(database, ring_of(people["county_head"])) == []


def test_a_new_password_opens_the_same_key_and_the_old_one_nothing(people: People, database: Database) -> None:
    user = people["county_officer"]
    with unit_of_work(database) as session:
        row = session.get_one(UserKey, user.id)
        user_keys.change_password(row, ring_of(user), stretched("a quite new password"))
    with database.read() as session:
        assert user_keys.unlock_with(session, user, PASSWORD) is None
        assert user_keys.unlock_with(session, user, "a quite new password") == ring_of(user)


@pytest.mark.parametrize("officers", [2, 3, 5])
def test_any_two_officers_have_the_secret_and_one_has_only_noise(officers: int) -> None:
    secret = bytes(range(32))
    shares = split(secret, officers)
    assert all(joined(one, other) == secret for one, other in combinations(shares, 2))
    assert all(half != secret for share in shares for half in share.values())
    for share in shares:
        with pytest.raises(EscrowRefused):
            joined(share, share if officers > 2 else {})


def test_two_officers_give_a_person_their_key_back_under_a_new_password(
    people: People, database: Database, clock: TestClock
) -> None:
    user = people["county_officer"]
    with unit_of_work(database) as session:
        files = escrow.create(session, "xc-discipline", PHRASES, actor=SYSTEM, at=clock.now())
        user_keys.leave_with_escrow(session, session.get_one(UserKey, user.id), ring_of(user))
    named = list(zip(files, PHRASES.values(), strict=True))
    with unit_of_work(database) as session:
        opened = escrow.opened(session, [named[0], named[2]], Purpose.RESET_PASSWORD, actor=SYSTEM, at=clock.now())
        password = stretched("given by the escrow")
        known = session.get_one(User, user.id)
        ring = escrow.reset_password(session, known, password, opened, actor=SYSTEM, at=clock.now())
    assert ring == ring_of(user)
    with database.read() as session:
        assert user_keys.unlock_with(session, user, "given by the escrow") == ring
        done = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))
    assert done[-3:] == ["escrow.create", "escrow.open", "escrow.reset_password"]


def test_the_escrow_does_not_open_to_one_officer_to_a_wrong_passphrase_or_to_files_of_two_sets(
    people: People, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        first = escrow.create(session, "xc-discipline", PHRASES, actor=SYSTEM, at=clock.now())
        second = escrow.create(session, "xc-discipline", PHRASES, actor=SYSTEM, at=clock.now())
    one, two, _three = PHRASES.values()
    wrong: list[list[tuple[bytes, str]]] = [
        [(second[0], one)],
        [(second[0], one), (second[0], one)],
        [(second[0], one), (second[1], "not the passphrase")],
        [(second[0], one), (second[1].replace(b"2", b"3"), two)],
        [(first[0], one), (second[1], two)],
        [(second[0], one), (b"{}", two)],
        [(second[0], one), (b"\xff\x00", two)],
    ]
    for files in wrong:
        with pytest.raises(EscrowRefused), unit_of_work(database) as session:
            escrow.opened(session, files, Purpose.RESET_PASSWORD, actor=SYSTEM, at=clock.now())


@pytest.mark.parametrize(
    "phrases",
    [
        {"孙保管": "first long passphrase"},
        {"孙保管": "short", "钱保管": "second long passphrase"},
        {"孙保管": "the same passphrase", "钱保管": "the same passphrase"},
        {str(number): f"long passphrase {number}" for number in range(6)},
    ],
)
def test_an_escrow_that_would_be_weak_is_not_made(
    people: People, database: Database, clock: TestClock, phrases: dict[str, str]
) -> None:
    with pytest.raises(EscrowRefused), unit_of_work(database) as session:
        escrow.create(session, "xc-discipline", phrases, actor=SYSTEM, at=clock.now())


def test_nothing_of_an_escrow_file_shows_a_half_of_the_key(
    people: People, database: Database, clock: TestClock
) -> None:
    with unit_of_work(database) as session:
        files = escrow.create(session, "xc-discipline", PHRASES, actor=SYSTEM, at=clock.now())
        two = list(zip(files, PHRASES.values(), strict=True))[:2]
        opened = escrow.opened(session, two, Purpose.HAND_OVER, actor=SYSTEM, at=clock.now())
        row = session.get_one(UserKey, people["officer"].id)
        user_keys.leave_with_escrow(session, row, ring_of(people["officer"]))
        context = user_keys.escrow_context(opened.epoch, row.user_id)
        assert unwrap(row.escrow_wrap or b"", opened.secret, context) == ring_of(people["officer"]).secret
    assert not [one for one in files if opened.secret.hex().encode() in one or opened.secret in one]
