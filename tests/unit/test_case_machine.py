"""A case under every order of steps that officers, heads, supervisors and the sweep could think of.

After each step: the state follows the table, one department that is not excluded has the case, clocks run exactly
while something is owed, rungs are climbed once, nothing that was returned too often moves without the supervisor.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

import portal.app  # noqa: F401 - loads every model
from core.accounts.actor import ANONYMOUS, Actor
from core.accounts.models import User
from core.accounts.permissions import Role, permissions_of
from core.audit import AuditHead
from core.clock import local_date
from core.database import Base, Database, unit_of_work
from core.envelopes import KeyPair
from core.errors import DomainError
from core.ids import new_id
from core.keys.models import EscrowKey
from core.working_calendar import WorkingCalendar
from intake import casework, clocks, departments, extensions, operations, supervision
from intake.case_models import CaseRung
from intake.case_workflow import WORKFLOW
from intake.models import CaseEvent
from intake.receipt import ReceiptKeys
from intake.submission import Accused
from intake.timeline import Desk
from tests.support.reporter import SUBMISSION

TARGETS = ("xc-ecology", "xc-ecology-changge", "xc-market", "xc-police", "xc-discipline", "xc-ecology-weidu")
VERBS: dict[str, Any] = {
    "accept": operations.accept,
    "decline": lambda s, r, d: operations.decline(s, r, "不归我们", d, ground="not_ours"),
    "investigate": operations.investigate,
    "decide": casework.decide,
    "return": lambda s, r, d: operations.give_back(s, r, "不归我们", d),
    "hand_over": lambda s, r, d: casework.hand_over(s, r, "换类别", d),
    "ask_extension": lambda s, r, d: extensions.ask_extension(s, r, 10, "鉴定", d),
    "resume": lambda s, r, d: casework.resume(s, r, "恢复", d),
    "pause": lambda s, r, d: casework.pause(s, r, "test", "送检", d),
    "reply": lambda s, r, d: operations.reply(s, r, "已处理", d),
    "close": operations.close,
    "reopen": lambda s, r, d: operations.reopen(s, r, "重新办", d),
    "note": lambda s, r, d: operations.note(s, r, "记录", d),
}
DATABASE = Database("sqlite://")


class Case(RuleBasedStateMachine):
    @initialize(
        received_by=st.sampled_from(["web", "12345_transfer"]), subject=st.sampled_from(["water", "product_quality"])
    )
    def file(self, received_by: str, subject: str) -> None:
        self.session = DATABASE.writing_session()
        self.at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        self.calendar = WorkingCalendar()
        self.climbed = 0
        submission = replace(
            SUBMISSION,
            accused=Accused("department", "", department_code="xc-ecology-weidu"),
            received_by=received_by,
            subject=subject,
            category_channel="12369" if subject == "water" else "12365",
        )
        self.report = operations.file_report(
            self.session, submission, keys=ReceiptKeys.of_nobody(), desk=self.desk(ANONYMOUS)
        )

    def desk(self, actor: Actor) -> Desk:
        return Desk(self.calendar, actor, self.at)

    def of_department(self, role: Role) -> Actor:
        statement = select(User).where(User.department_code == self.report.responsible_code)
        people = self.session.scalars(statement.order_by(User.sign_in_name)).all()
        person = people[0 if role is Role.OFFICER else 1]
        return Actor(person.id, person.display_name, person.department_code, permissions_of([role]))

    def attempt(self, action: str, take: Any) -> None:
        """Take the step; where the table has no arrow it must be refused, and a refusal changes nothing."""
        before = self.report.state
        allowed = any(one.action == action and before in one.sources for one in WORKFLOW.transitions)
        inside = self.session.begin_nested()
        try:
            take()
            self.session.flush()
        except DomainError:
            inside.rollback()
            self.session.expire_all()
            assert self.report.state == before
        else:
            inside.commit()
            assert allowed, f"{action} was taken in {before}"

    @rule(verb=st.sampled_from(sorted(VERBS)), head=st.booleans())
    def officer_takes_a_step(self, verb: str, head: bool) -> None:
        actor = self.of_department(Role.HEAD if head else Role.OFFICER)
        self.attempt(verb, lambda: VERBS[verb](self.session, self.report, self.desk(actor)))

    @rule(to=st.sampled_from(TARGETS))
    def officer_transfers(self, to: str) -> None:
        desk = self.desk(self.of_department(Role.OFFICER))
        self.attempt("transfer", lambda: operations.transfer(self.session, self.report, to, "归他们", desk))

    @rule(granted=st.booleans())
    def head_decides_an_extension(self, granted: bool) -> None:
        desk = self.desk(self.of_department(Role.HEAD))
        action = "grant_extension" if granted else "refuse_extension"
        self.attempt(
            action,
            lambda: extensions.decide_extension(self.session, self.report, granted=granted, reason="同意", desk=desk),
        )

    @rule(to=st.sampled_from(TARGETS))
    def supervisor_appoints(self, to: str) -> None:
        supervisor = Actor(self.of_department(Role.HEAD).user_id, "督办", None, permissions_of([Role.SUPERVISOR]))
        desk = self.desk(supervisor)
        self.attempt("appoint", lambda: casework.appoint(self.session, self.report, to, "指定", desk))

    @rule(days=st.integers(1, 20))
    def days_pass_and_the_worker_sweeps(self, days: int) -> None:
        self.at += timedelta(days=days)
        found = supervision.climb(self.session, local_date(self.at), self.calendar)
        self.climbed += len(found)
        assert supervision.climb(self.session, local_date(self.at), self.calendar) == [], "twice on a day finds nothing"

    @invariant()
    def somebody_who_is_not_excluded_has_it(self) -> None:
        if hasattr(self, "report"):
            excluded = operations.excluded_codes(self.session, self.report)
            assert {"xc-ecology-weidu", "xc-ecology"} <= excluded
            assert self.report.responsible_code not in excluded

    @invariant()
    def clocks_run_exactly_while_something_is_owed(self) -> None:
        if hasattr(self, "report"):
            running = list(clocks.open_clocks(self.session, self.report))
            if self.report.state in ("replied", "closed", "not_accepted", "merged"):
                assert running == []
            assert all(one.due_on >= one.started_on for one in running)
            assert any(one.is_paused for one in running) == clocks.is_paused(self.session, self.report)

    @invariant()
    def every_rung_stands_once_and_for_ever(self) -> None:
        if hasattr(self, "report"):
            statement = select(func.count()).select_from(CaseRung).where(CaseRung.report_id == self.report.id)
            assert self.session.scalar(statement) == self.climbed

    @invariant()
    def what_bounced_three_times_waits_or_was_appointed(self) -> None:
        if hasattr(self, "report"):
            standing = clocks.handling(self.session, self.report)
            assert standing.bounces <= 3
            assert not (standing.is_disputed and standing.is_appointed)
            moves = operations.moves_of(self.session, self.report)
            if standing.is_appointed:
                last = max(n for n, move in enumerate(moves) if move.action == "appoint")
                assert all(move.action == "appoint" for move in moves[last:])

    @precondition(lambda self: hasattr(self, "report"))
    @invariant()
    def the_timeline_holds_each_public_answer(self) -> None:
        statement = select(CaseEvent.action).where(CaseEvent.report_id == self.report.id, CaseEvent.is_public)
        told = list(self.session.scalars(statement))
        assert (self.report.state != "replied") or "reply" in told
        assert (self.report.state != "not_accepted") or "decline" in told

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()


@pytest.fixture(scope="module", autouse=True)
def city() -> None:
    Base.metadata.create_all(DATABASE.engine)
    with unit_of_work(DATABASE) as session:
        departments.install(session)
        at = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(EscrowKey(epoch=1, public=KeyPair.new().public, department_code="xc-procuratorate", created_at=at))
        session.merge(AuditHead(id=1, number=0, hash="0" * 64))
        codes = session.scalars(select(departments.Department.code)).all()
        for code in codes:
            for number in (1, 2):
                session.add(
                    User(
                        id=new_id(),
                        sign_in_name=f"{code}-{number}",
                        display_name=f"{code}-{number}",
                        password_hash="-",
                        department_code=code,
                        roles=["head"],
                        created_at=at,
                    )
                )


CHECKS = list(HealthCheck)


def test_no_order_of_steps_breaks_a_case() -> None:
    some = settings(max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=CHECKS)
    run_state_machine_as_test(Case, settings=some)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_no_long_order_of_steps_breaks_a_case() -> None:
    many = settings(max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=CHECKS)
    run_state_machine_as_test(Case, settings=many)
