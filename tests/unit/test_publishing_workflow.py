"""The steps of a disclosure: the whole table, which role takes which step, and what holds however they are walked."""

from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.accounts.permissions import Role, permissions_of
from core.errors import IllegalStep
from portal import demo
from portal.publishing.workflow import (
    ACTION_LABELS,
    APPROVALS,
    CONSULTATIONS,
    DRAFTS,
    ENDED,
    LIVE,
    PUBLISHED,
    REVIEWS,
    SCHEDULES,
    STATES,
    WORKFLOW,
    StepRefused,
    step_from,
)


def line(draft: str, review: str, consult: str, approved: str, scheduled: str) -> dict[str, dict[str, str]]:
    """One way from a draft to the public, as it must be."""
    back = {"take_back": draft, "return": draft}
    decide = {"consult": consult, "approve": approved, **back}
    ready = {"schedule": scheduled, "publish": "published", **back}
    return {
        draft: {"revise": draft, "submit": review},
        review: decide,
        consult: {**decide, "answer": consult, "waive": consult},
        approved: ready,
        scheduled: {**ready, "unschedule": approved, "refuse": review},
    }


OVER = {"withdraw": "withdrawn", "expire": "expired", "repair": "repaired"}
CORRECTION = line(
    "correcting", "correction_in_review", "correction_consult", "correction_approved", "correction_scheduled"
)
TABLE: dict[str, dict[str, str]] = {
    **line("draft", "in_review", "consultation", "approved", "scheduled"),
    "published": {"correct": "correcting", **OVER},
    **{state: {**steps, **OVER} for state, steps in CORRECTION.items()},
    "withdrawn": {"erase": "erased"},
    "erased": {},
    "expired": {},
    "repaired": {},
}
ACTIONS = sorted({action for steps in TABLE.values() for action in steps})
OF_EDITORS, OF_DEPARTMENTS = {"revise", "submit", "take_back", "correct"}, {"answer"}
OF_REVIEWERS = set(ACTIONS) - OF_EDITORS - OF_DEPARTMENTS
OF_ROLES = {
    Role.EDITOR: OF_EDITORS,
    Role.APPROVER: OF_REVIEWERS,
    Role.ADMINISTRATOR: OF_EDITORS | OF_REVIEWERS,
    Role.CONSULTEE: OF_DEPARTMENTS,
    Role.HEAD: OF_DEPARTMENTS,
}


@pytest.mark.parametrize(
    ("state", "action", "after"), [(state, action, after) for state in TABLE for action, after in TABLE[state].items()]
)
def test_a_legal_step_leads_where_the_table_says(state: str, action: str, after: str) -> None:
    assert WORKFLOW.step(state, action) == after


def test_an_illegal_step_is_refused_with_the_state_and_the_step_in_words() -> None:
    for state, action in product(TABLE, ACTIONS):
        if action in TABLE[state]:
            continue
        with pytest.raises(StepRefused) as refusal:
            step_from(state, action)
        assert isinstance(refusal.value, IllegalStep)
        assert str(STATES[state][0]) in str(refusal.value.message)
        assert str(ACTION_LABELS[action]) in str(refusal.value.message)


@pytest.mark.parametrize("state", list(TABLE))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_offered_its_own_steps_and_no_others(state: str, role: Role) -> None:
    assert set(WORKFLOW.open_to(state, permissions_of([role]))) == TABLE[state].keys() & OF_ROLES.get(role, set())


def test_every_state_and_step_has_words_and_no_arrow_leads_out_of_the_table() -> None:
    assert set(STATES) == set(TABLE)
    assert set(ACTIONS) <= set(ACTION_LABELS)
    used = {one.target for one in WORKFLOW.transitions if one.target} | {
        state for one in WORKFLOW.transitions for state in one.sources
    }
    assert used == set(STATES)
    assert all(len(state) <= 20 for state in STATES), "the column is that wide"


class Walk(RuleBasedStateMachine):
    """Any sequence of steps by anybody: what was done to the words since they were last changed is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.reviewed, self.approved, self.was_public = "draft", False, False, False

    @rule(action=st.sampled_from(ACTIONS))
    def step(self, action: str) -> None:
        before = self.state
        try:
            self.state = step_from(before, action).target or before
        except StepRefused:
            return
        if self.state in DRAFTS:
            self.reviewed = self.approved = False
        self.reviewed = self.reviewed or self.state in REVIEWS
        if action == "approve":
            assert self.reviewed, "approved without a review"
            self.approved = True
        if action == "refuse":
            self.approved = False
        if self.state == PUBLISHED and before != PUBLISHED:
            assert self.approved and action == "publish", "public without an approval"
            self.was_public = True

    @invariant()
    def what_is_ready_was_approved(self) -> None:
        assert self.state not in APPROVALS | SCHEDULES or self.approved

    @invariant()
    def what_waits_for_a_decision_is_not_approved_yet(self) -> None:
        assert self.state not in REVIEWS | CONSULTATIONS or not self.approved

    @invariant()
    def the_state_says_whether_there_is_a_public_version(self) -> None:
        if self.state in LIVE:
            assert self.was_public
        elif self.was_public:
            assert self.state in ENDED


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=200, stateful_step_count=40, suppress_health_check=list(HealthCheck))


def test_the_start_of_the_demo_says_what_each_account_is_for() -> None:
    *accounts, others = demo.account_lines()
    assert all("　" in line and not line.endswith("　") for line in accounts)
    assert "登录名就是部门代码" in others
