"""The keys of a report through its life: who opens it, who no longer does, what old keys and backups are worth."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.accounts import ANONYMOUS, SYSTEM
from core.accounts.models import User
from core.accounts.operations import close_account, open_account
from core.accounts.passwords import stretched
from core.accounts.permissions import Role
from core.clock import local_date
from core.database import Database, unit_of_work
from core.envelopes import SealBroken, derived, unwrap
from core.ids import new_id
from core.keys import department_keys, user_keys
from core.keys.escrow import Escrow
from core.keys.keyring import KeyPurpose, Keyring
from core.keys.models import UserKey
from core.working_calendar import WorkingCalendar
from intake import case_keys, exclusion, handover, operations, reading
from intake.departments import Organisation
from intake.identity_shares import is_share, together
from intake.key_models import EventText, ReportKey, ReportWrap
from intake.models import CO, EXCLUDED, Report, ReportDepartment
from intake.queries import visible_to
from intake.receipt import ReceiptKeys
from intake.recipients import NobodyCanOpen
from intake.sealing import CaseSecrets
from intake.submission import Accused, Identity, StoredFile
from intake.timeline import Desk
from tests.conftest import TestClock
from tests.support.people import ESCROW, ring_of
from tests.support.reporter import SUBMISSION, WORDS
from tests.support.sealed import identity_by_two, opened

People = dict[str, User]
RECEIPT = ReceiptKeys.of(bytes(32))
FILE = StoredFile("f" * 26, "夜拍.png", "png", 17, "00" * 32)
NOTE, REPLY = "先查排口台账再去现场", "已责令停产整改"


@dataclass
class City:
    """What a test does to reports, in one line each; every call is its own transaction."""

    database: Database
    people: People
    clock: TestClock

    def files(self, **changes: Any) -> str:
        with unit_of_work(self.database) as session:
            keys = changes.pop("keys", RECEIPT)
            submission = replace(SUBMISSION, files=(replace(FILE, id=new_id()),), **changes)
            return operations.file_report(session, submission, keys=keys, desk=self._desk(session, None)).id

    def does(self, name: str, report_id: str, step: Callable[..., Any], *arguments: Any) -> None:
        with unit_of_work(self.database) as session:
            report = session.get_one(Report, report_id)
            step(session, report, *arguments, self._desk(session, self.people[name]))

    def signs_in(self, name: str) -> None:
        with unit_of_work(self.database) as session:
            user = session.get_one(User, self.people[name].id)
            department_keys.hand_on(session, user, fresh(ring_of(user)))
            handover.settle(session, user, fresh(ring_of(user)), self.clock.now())

    def readers(self, report_id: str) -> set[str]:
        with self.database.read() as session:
            rings = {one.id: fresh(ring_of(one)) for one in self.people.values()}
            report = session.get_one(Report, report_id)
            return {name for name, one in self.people.items() if case_keys.opened(session, report, rings[one.id])}

    def recipients(self, report_id: str, purpose: KeyPurpose = KeyPurpose.CASE) -> set[str]:
        with self.database.read() as session:
            statement = select(ReportWrap.recipient).where(ReportWrap.report_id == report_id)
            return set(session.scalars(statement.where(ReportWrap.purpose == purpose)))

    def _desk(self, session: Any, user: User | None) -> Desk:
        actor, keys = (user.as_actor(), fresh(ring_of(user))) if user else (ANONYMOUS, Keyring())
        return Desk(WorkingCalendar.load(session), actor, self.clock.now(), keys)


def fresh(ring: Keyring) -> Keyring:
    """The ring without what it opened before."""
    return Keyring(ring.user_id, ring.secret)


@pytest.fixture
def city(database: Database, people: People, clock: TestClock) -> City:
    return City(database, people, clock)


def test_a_report_opens_to_the_responsible_department_and_to_nobody_else(city: City) -> None:
    report_id = city.files()
    assert city.readers(report_id) == {"county_officer", "county_head"}
    assert city.recipients(report_id) == {"department:xc-ecology-changge", "escrow", "reporter"}
    assert city.recipients(report_id, KeyPurpose.IDENTITY) == {
        "department:xc-duty",
        "department:xc-discipline",
        "escrow",
    }


def test_everything_that_was_sealed_is_read_back(city: City) -> None:
    report_id = city.files(identity=Identity("欧阳", "13912345678"))
    city.does("county_officer", report_id, operations.accept)
    city.does("county_officer", report_id, operations.note, NOTE)
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        case = case_keys.opened(session, report, ring_of(city.people["county_head"]))
        assert case is not None
        assert reading.body_of(report, case)["words"] == WORDS
        assert [one.name for one in reading.files_of(session, report, case)] == [FILE.name]
        assert set(reading.texts_of(session, report, case).values()) == {NOTE}
        root = identity_by_two(session, report, city.people)
        assert reading.identity_of(session, report, root) == {"name": "欧阳", "contact": "13912345678"}
        assert case_keys.identity_part(session, report, ring_of(city.people["county_head"])) is None


def test_the_reporter_reads_what_is_meant_for_them_and_not_the_departments_notes(city: City) -> None:
    report_id = city.files()
    city.does("county_officer", report_id, operations.accept)
    city.does("county_officer", report_id, operations.note, NOTE)
    city.does("county_officer", report_id, operations.investigate)
    city.does("county_officer", report_id, operations.reply, REPLY)
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        secret = case_keys.reporter_secret(session, report, RECEIPT)
        case = case_keys.opened_by_reporter(session, report, secret)
        texts = reading.texts_of(session, report, case)
        note = session.scalars(select(EventText).where(~EventText.is_shared)).one()
    assert texts[note.id] is None
    assert any(REPLY in (one or "") for one in texts.values())
    with pytest.raises(SealBroken):
        replace(case, internal=case.shared).read(note.sealed, f"event|{note.id}", is_shared=False)
    with pytest.raises(SealBroken), city.database.read() as session:
        case_keys.reporter_secret(session, session.get_one(Report, report_id), ReceiptKeys.of(bytes([1]) * 32))


def test_whether_somebody_gave_a_name_does_not_show(city: City) -> None:
    sizes = set()
    for identity in (None, Identity("欧阳不具名", "13912345678")):
        with city.database.read() as session:
            report_id = city.files(identity=identity, keys=ReceiptKeys.of_nobody())
            report = session.get_one(Report, report_id)
            sizes.add((len(report.sealed_identity or b""), len(report.sealed_body)))
    assert len(sizes) == 1


def test_a_transferred_case_is_closed_to_the_department_that_gave_it_away(city: City) -> None:
    report_id = city.files()
    city.does("county_officer", report_id, operations.note, NOTE)
    city.does("county_officer", report_id, operations.transfer, "xc-market", "涉及检测机构")
    assert city.readers(report_id) == {"market_officer"}
    assert city.recipients(report_id) == {"department:xc-market", "escrow", "reporter"}


def test_old_keys_and_an_old_backup_open_nothing_of_what_lies_there_after_a_transfer(city: City) -> None:
    """The old department kept its keys, copied every envelope and even the report's old root: none of it opens."""
    report_id = city.files()
    city.does("county_officer", report_id, operations.note, NOTE)
    ring = fresh(ring_of(city.people["county_officer"]))
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        old_case = case_keys.opened(session, report, ring)
        old_secret = ring.department_key(session, "xc-ecology-changge", "case", 1)
    assert old_case is not None and old_case.root is not None and old_secret is not None
    city.does("county_officer", report_id, operations.transfer, "xc-market", "涉及检测机构")
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        texts, files = case_keys.texts_of(session, report), case_keys.files_of(session, report)
        sealed = [(report.sealed_body, "body", True)]
        sealed += [(one.sealed, f"event|{one.id}", one.is_shared) for one in texts]
        sealed += [(one.sealed_meta, f"file|{one.id}", True) for one in files]
        envelopes = session.scalars(select(ReportWrap).where(ReportWrap.report_id == report_id)).all()
        epoch = case_keys.epoch_of(session, report)
    assert len(sealed) == 4
    for attempt in (old_case, CaseSecrets.of(report_id, epoch, old_case.root)):
        for content, part, is_shared in sealed:
            with pytest.raises(SealBroken):
                attempt.read(content, part, is_shared=is_shared)
    for envelope in envelopes:
        for secret in (old_secret, ring.secret or b"", old_case.shared, old_case.root):
            with pytest.raises(SealBroken):
                unwrap(envelope.wrapped, secret, case_keys._context(envelope))


def test_a_department_that_helps_opens_it_and_one_that_stops_helping_does_not(city: City) -> None:
    report_id = city.files()
    with unit_of_work(city.database) as session:
        session.add(ReportDepartment(report_id=report_id, department_code="xc-market", part=CO))
    assert city.readers(report_id) == {"county_officer", "county_head"}
    city.signs_in("county_head")
    assert city.readers(report_id) == {"county_officer", "county_head", "market_officer"}
    with unit_of_work(city.database) as session:
        session.delete(session.get_one(ReportDepartment, (report_id, "xc-market")))
        report = session.get_one(Report, report_id)
        case = case_keys.opened(session, report, fresh(ring_of(city.people["county_officer"])))
        handover.renew(session, report, case, local_date(city.clock.now()))
    assert city.readers(report_id) == {"county_officer", "county_head"}


def related(session: Any, code: str) -> set[str]:
    organisation = Organisation.load(session, date(2026, 11, 23))
    return set(organisation.below(code) | organisation.above(code))


def test_no_accused_department_of_the_city_can_ever_open_its_report(city: City) -> None:
    """Every department in turn is accused; its officers, its superiors' and its branches' hold no envelope."""
    with city.database.read() as session:
        codes = list(Organisation.load(session, date(2026, 11, 23)).units)
    kept = 0
    for code in codes:
        accused = Accused("department", "", department_code=code)
        try:
            report_id = city.files(accused=accused, keys=ReceiptKeys.of_nobody())
        except NobodyCanOpen:
            kept += 1
            continue
        with city.database.read() as session:
            kept_out = related(session, code)
            recipients = {one.removeprefix("department:") for one in city.recipients(report_id)}
            custodians = {one.removeprefix("department:") for one in city.recipients(report_id, KeyPurpose.IDENTITY)}
            staff = {name for name, user in city.people.items() if user.department_code in kept_out}
            assert not (recipients | custodians) & kept_out, code
            assert not city.readers(report_id) & staff, code
            assert "escrow" not in recipients | custodians or "xc-discipline" not in kept_out
            for name in staff:
                seen = select(Report.id).where(Report.id == report_id, visible_to(city.people[name].as_actor()))
                assert session.scalar(seen) is None, (code, name)
    assert kept <= 2


def test_an_excluded_department_is_refused_at_a_transfer_and_gets_no_envelope(city: City) -> None:
    report_id = city.files(accused=Accused("official", "", department_code="xc-ecology-changge"))
    assert city.readers(report_id) == {"discipline_officer"}
    for code in ("xc-ecology-changge", "xc-ecology"):
        with pytest.raises(operations.ExcludedDepartment):
            city.does("discipline_officer", report_id, operations.transfer, code, "转回去")
    assert city.readers(report_id) == {"discipline_officer"}


def test_a_department_named_later_loses_the_case_and_everything_of_it(city: City) -> None:
    report_id = city.files()
    city.does("county_officer", report_id, operations.note, NOTE)
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        old = case_keys.opened(session, report, fresh(ring_of(city.people["county_officer"])))
    city.does("county_head", report_id, exclusion.name_involved, "xc-ecology", "查明市局的人打过招呼")
    assert city.readers(report_id) == {"discipline_officer"}
    assert city.recipients(report_id, KeyPurpose.IDENTITY) == {"department:xc-discipline", "escrow"}
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        assert report.responsible_code == "xc-discipline"
        parts = select(ReportDepartment.department_code).where(ReportDepartment.part == EXCLUDED)
        assert {"xc-ecology", "xc-ecology-changge"} <= set(session.scalars(parts))
        assert old is not None
        with pytest.raises(SealBroken):
            old.read(report.sealed_body, "body")


def test_a_helper_named_later_is_shut_out_and_the_case_stays(city: City) -> None:
    report_id = city.files()
    with unit_of_work(city.database) as session:
        session.add(ReportDepartment(report_id=report_id, department_code="xc-market", part=CO))
    city.signs_in("county_head")
    city.does("county_officer", report_id, exclusion.name_involved, "xc-market", "市局有人参与")
    assert city.readers(report_id) == {"county_officer", "county_head"}
    with city.database.read() as session:
        assert session.get_one(Report, report_id).responsible_code == "xc-ecology-changge"


def test_a_department_nobody_works_in_yet_loses_nothing(city: City) -> None:
    """The report waits with the duty desk and follows when the first officer is there and the duty desk signs in."""
    report_id = city.files(county="411081")
    assert city.recipients(report_id) == {"department:xc-duty", "escrow", "reporter"}
    assert city.readers(report_id) == {"duty_officer"}
    with unit_of_work(city.database) as session:
        first = open_account(
            session,
            sign_in_name="yuzhou",
            display_name="禹州第一人",
            password="a long enough password",
            roles=[Role.OFFICER],
            department_code="xc-ecology-yuzhou",
            actor=SYSTEM,
            at=city.clock.now(),
            under=(under := stretched("a long enough password")),
        )
        ring = user_keys.unlocked(session.get_one(UserKey, first.id), under.keys)
    city.signs_in("duty_officer")
    with city.database.read() as session:
        case = case_keys.opened(session, session.get_one(Report, report_id), ring or Keyring())
    assert case is not None
    assert city.recipients(report_id) == {"department:xc-ecology-yuzhou", "escrow", "reporter"}
    assert city.readers(report_id) == set()


def test_what_only_the_escrow_can_open_is_given_out_by_two_officers(city: City) -> None:
    with unit_of_work(city.database) as session:
        for name in ("county_officer", "county_head", "duty_officer"):
            close_account(session, session.get_one(User, city.people[name].id), actor=SYSTEM, at=city.clock.now())
    with unit_of_work(city.database) as session:
        for name in ("discipline_officer",):
            close_account(session, session.get_one(User, city.people[name].id), actor=SYSTEM, at=city.clock.now())
    report_id = city.files()
    assert city.recipients(report_id) == {"escrow", "reporter"}
    with unit_of_work(city.database) as session:
        user = session.get_one(User, city.people["county_head"].id)
        user.is_active = True
        department_keys.admit(session, user, actor=SYSTEM, at=city.clock.now())
        escrow = Escrow(1, ESCROW.secret, ("甲", "乙"))
        assert handover.settle_by_escrow(session, escrow, actor=SYSTEM, at=city.clock.now()) == 1
    assert city.readers(report_id) == {"county_head"}


def test_after_somebody_has_left_the_reports_get_new_keys(city: City) -> None:
    report_id = city.files()
    ring = fresh(ring_of(city.people["county_officer"]))
    with city.database.read() as session:
        kept = case_keys.opened(session, session.get_one(Report, report_id), ring)
    with unit_of_work(city.database) as session:
        user = session.get_one(User, city.people["county_officer"].id)
        close_account(session, user, actor=SYSTEM, at=city.clock.now())
    assert city.readers(report_id) == {"county_head"}
    city.signs_in("county_head")
    assert city.readers(report_id) == {"county_head"}
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        envelope = session.get_one(ReportWrap, (report_id, "case", "department:xc-ecology-changge"))
        assert (envelope.recipient_epoch, case_keys.epoch_of(session, report)) == (2, 2)
        assert kept is not None
        with pytest.raises(SealBroken):
            kept.read(report.sealed_body, "body")
        assert opened(session, report).read(report.sealed_body, "body")


def test_who_appoints_without_a_key_leaves_the_key_to_the_next_who_has_it(city: City) -> None:
    report_id = city.files()
    with unit_of_work(city.database) as session:
        report = session.get_one(Report, report_id)
        supervisor = city.people["supervisor"].as_actor()
        desk = Desk(WorkingCalendar.load(session), supervisor, city.clock.now())
        operations.move_to(session, report, "xc-market", "appoint", "由市局办理", desk)
    assert city.readers(report_id) == {"county_officer", "county_head"}
    city.signs_in("county_officer")
    assert city.readers(report_id) == {"market_officer"}


def test_a_report_is_refused_rather_than_sealed_to_nobody(city: City, database: Database) -> None:
    with unit_of_work(database) as session:
        user_keys.retire_escrow(session, city.clock.now())
        for row in session.scalars(select(department_keys.DepartmentKey)):
            row.retired_at = city.clock.now()
    with pytest.raises(NobodyCanOpen):
        city.files()
    with database.read() as session:
        assert session.scalars(select(Report)).all() == []


def test_an_envelope_of_one_report_does_not_open_another(city: City) -> None:
    first, second = city.files(), city.files(keys=ReceiptKeys.of_nobody())
    name = ("case", "department:xc-ecology-changge")
    with unit_of_work(city.database) as session:
        one, other = (session.get_one(ReportWrap, (report_id, *name)) for report_id in (first, second))
        one.wrapped = other.wrapped
    with pytest.raises(SealBroken):
        city.readers(first)


def test_the_key_of_the_reporter_is_not_the_key_of_the_departments(city: City) -> None:
    report_id = city.files()
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        case = opened(session, report)
        row = session.get_one(ReportKey, report_id)
    assert case.root is not None
    assert case.shared == derived(case.root, "report/shared")
    assert row.shared_public != row.internal_public


def holds(city: City, name: str, report_id: str) -> bytes | None:
    """What this person can take out of the identity's envelopes."""
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        return case_keys.identity_part(session, report, fresh(ring_of(city.people[name])))


def test_neither_custodians_department_alone_opens_an_identity_whatever_program_it_runs(city: City) -> None:
    """All that lies in the database, and one department's every key: noise. With the other's share beside it: open."""
    report_id = city.files(identity=Identity("欧阳", "13912345678"))
    own, other = holds(city, "custodian", report_id), holds(city, "second_custodian", report_id)
    assert own and other and is_share(own) and is_share(other)
    halves = [bytes.fromhex(half) for part in (own, other) for half in json.loads(part).values()]
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        for half in halves:
            with pytest.raises(SealBroken):
                case_keys.read_identity(session, report, half)
        assert together(own, None) is None
        assert "欧阳" in case_keys.read_identity(session, report, identity_by_two(session, report, city.people))
        whole = case_keys.opened_by_escrow(session, report, ESCROW.secret, 1)[KeyPurpose.IDENTITY]
        assert "欧阳" in case_keys.read_identity(session, report, whole)


def test_an_identity_of_before_is_divided_at_the_next_sign_in_of_the_custodian_who_had_it_whole(city: City) -> None:
    with pytest.MonkeyPatch.context() as before:
        before.setattr(case_keys, "dealt", lambda secret, _codes: {"xc-duty": secret, "xc-discipline": secret})
        report_id = city.files(identity=Identity("欧阳", "13912345678"))
    with unit_of_work(city.database) as session:
        session.delete(session.get_one(ReportWrap, (report_id, "identity", "department:xc-discipline")))
    old = holds(city, "custodian", report_id)
    assert old is not None and not is_share(old)
    city.signs_in("custodian")
    parts = [holds(city, name, report_id) for name in ("custodian", "second_custodian")]
    assert all(part is not None and is_share(part) for part in parts)
    with city.database.read() as session:
        report = session.get_one(Report, report_id)
        assert "欧阳" in case_keys.read_identity(session, report, identity_by_two(session, report, city.people))
        with pytest.raises(SealBroken):
            case_keys.read_identity(session, report, old)


def test_a_share_follows_its_departments_new_key_without_the_other_department(city: City) -> None:
    report_id = city.files(identity=Identity("欧阳", "13912345678"))
    with unit_of_work(city.database) as session:
        department_keys.new_epoch(session, "xc-duty", KeyPurpose.IDENTITY, actor=SYSTEM, at=city.clock.now())
    city.signs_in("custodian")
    with city.database.read() as session:
        row = session.get_one(ReportWrap, (report_id, "identity", "department:xc-duty"))
        assert (row.recipient_epoch, row.key_epoch, row.is_share) == (2, 1, True)
        report = session.get_one(Report, report_id)
        rings = (fresh(ring_of(city.people[name])) for name in ("custodian", "second_custodian"))
        own, other = (case_keys.identity_part(session, report, ring) for ring in rings)
        root = together(own or b"", other)
        assert root and "欧阳" in case_keys.read_identity(session, report, root)


def test_a_share_whose_other_half_is_excluded_is_given_out_anew_by_the_escrow(city: City) -> None:
    report_id = city.files(identity=Identity("欧阳", "13912345678"))
    city.does("county_head", report_id, exclusion.name_involved, "xc-ecology", "查明市局的人打过招呼")
    left = holds(city, "second_custodian", report_id)
    assert left is not None and is_share(left) and holds(city, "custodian", report_id) is None
    with unit_of_work(city.database) as session:
        escrow = Escrow(1, ESCROW.secret, ("甲", "乙"))
        assert handover.settle_by_escrow(session, escrow, actor=SYSTEM, at=city.clock.now()) == 1
    whole = holds(city, "second_custodian", report_id)
    assert whole is not None and not is_share(whole)
