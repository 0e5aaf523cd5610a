"""The steps of a case: the whole table, so that a new arrow cannot slip in."""

from itertools import product

import pytest

from core.accounts.permissions import Role, permissions_of
from core.errors import IllegalStep
from intake.case_workflow import ACTION_LABELS, STATES, WORKFLOW

TABLE: dict[str, dict[str, str]] = {
    "received": {
        "accept": "accepted",
        "decline": "not_accepted",
        "transfer": "received",
        "return": "received",
        "note": "received",
    },
    "accepted": {
        "investigate": "investigating",
        "reply": "replied",
        "transfer": "received",
        "ask_extension": "accepted",
        "grant_extension": "accepted",
        "refuse_extension": "accepted",
        "note": "accepted",
    },
    "not_accepted": {"reopen": "investigating", "note": "not_accepted"},
    "investigating": {
        "reply": "replied",
        "transfer": "received",
        "ask_extension": "investigating",
        "grant_extension": "investigating",
        "refuse_extension": "investigating",
        "note": "investigating",
    },
    "replied": {"close": "closed", "reopen": "investigating", "note": "replied"},
    "closed": {"reopen": "investigating", "note": "closed"},
}
ACTIONS = sorted({action for steps in TABLE.values() for action in steps})
LEGAL = [(state, action, after) for state, steps in TABLE.items() for action, after in steps.items()]
ILLEGAL = [(state, action) for state, action in product(TABLE, ACTIONS) if action not in TABLE[state]]
DECISIONS = {"grant_extension", "refuse_extension"}


@pytest.mark.parametrize(("state", "action", "after"), LEGAL)
def test_a_legal_step_leads_where_the_table_says(state: str, action: str, after: str) -> None:
    assert WORKFLOW.step(state, action) == after


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_an_illegal_step_is_refused(state: str, action: str) -> None:
    with pytest.raises(IllegalStep):
        WORKFLOW.step(state, action)


@pytest.mark.parametrize("happening", ["file", "message", "open_sealed"])
@pytest.mark.parametrize("state", list(TABLE))
def test_what_only_happens_to_a_case_is_no_step_of_an_officer(state: str, happening: str) -> None:
    with pytest.raises(IllegalStep):
        WORKFLOW.step(state, happening)


@pytest.mark.parametrize("state", list(TABLE))
def test_an_officer_may_do_everything_but_decide_an_extension(state: str) -> None:
    offered = WORKFLOW.open_to(state, permissions_of([Role.OFFICER]))
    assert set(offered) == TABLE[state].keys() - DECISIONS


@pytest.mark.parametrize("state", list(TABLE))
def test_the_head_of_a_department_may_take_every_step(state: str) -> None:
    assert set(WORKFLOW.open_to(state, permissions_of([Role.HEAD]))) == TABLE[state].keys()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.HEAD}))
def test_nobody_else_may_move_a_case(role: Role) -> None:
    assert [WORKFLOW.open_to(state, permissions_of([role])) for state in TABLE] == [[]] * len(TABLE)


def test_the_states_and_actions_of_the_table_are_those_that_have_words() -> None:
    assert set(STATES) == set(TABLE)
    assert set(ACTIONS) == {one.action for one in WORKFLOW.transitions}
    assert set(ACTIONS) <= set(ACTION_LABELS)


def test_every_state_can_be_reached_from_received_and_none_is_a_dead_end() -> None:
    reached = {"received"}
    while more := {after for state in reached for after in TABLE[state].values()} - reached:
        reached |= more
    assert reached == set(STATES)
    assert all(any(after != state for after in steps.values()) for state, steps in TABLE.items())
