"""The steps of a case: the whole table, so that a new arrow cannot slip in."""

from itertools import product

import pytest

from core.accounts.permissions import Role, permissions_of
from core.errors import IllegalStep
from intake.case_workflow import ACTION_LABELS, STATES, WORKFLOW

MALICE = ("propose_malice", "confirm_malice", "refuse_malice", "uphold_malice", "lift_malice")
ALWAYS = ("note", "link", "unlink", "ask_identity", *MALICE)
WHILE_LIVE = ("assign", "contribute", "recuse", "name_involved")
WHILE_UNDECIDED = ("ask_extension", "grant_extension", "refuse_extension", "invite", "appoint")
AWAY = {"transfer": "received", "hand_over": "received", "merge": "merged"}


def stays(state: str, *actions: str) -> dict[str, str]:
    return dict.fromkeys(actions, state)


TABLE: dict[str, dict[str, str]] = {
    "received": {
        "accept": "accepted",
        "decline": "not_accepted",
        "return": "received",
        **AWAY,
        **stays("received", *ALWAYS, *WHILE_LIVE, *WHILE_UNDECIDED),
    },
    "accepted": {
        "investigate": "investigating",
        "reply": "replied",
        **AWAY,
        **stays("accepted", "decide", "pause", "resume", *ALWAYS, *WHILE_LIVE, *WHILE_UNDECIDED),
    },
    "not_accepted": {"reopen": "investigating", **stays("not_accepted", *ALWAYS)},
    "investigating": {
        "reply": "replied",
        **AWAY,
        **stays("investigating", "visit", "decide", "pause", "resume", *ALWAYS, *WHILE_LIVE, *WHILE_UNDECIDED),
    },
    "replied": {"close": "closed", "reopen": "investigating", **stays("replied", *ALWAYS, *WHILE_LIVE)},
    "closed": {"reopen": "investigating", **stays("closed", *ALWAYS)},
    "merged": {"reopen": "investigating", **stays("merged", *ALWAYS)},
}
ACTIONS = sorted({action for steps in TABLE.values() for action in steps})
LEGAL = [(state, action, after) for state, steps in TABLE.items() for action, after in steps.items()]
ILLEGAL = [(state, action) for state, action in product(TABLE, ACTIONS) if action not in TABLE[state]]
DECISIONS = {"grant_extension", "refuse_extension", "pause", "confirm_malice", "refuse_malice"}
ABOVE = {"appoint", "uphold_malice", "lift_malice"}


@pytest.mark.parametrize(("state", "action", "after"), LEGAL)
def test_a_legal_step_leads_where_the_table_says(state: str, action: str, after: str) -> None:
    assert WORKFLOW.step(state, action) == after


@pytest.mark.parametrize(("state", "action"), ILLEGAL)
def test_an_illegal_step_is_refused(state: str, action: str) -> None:
    with pytest.raises(IllegalStep):
        WORKFLOW.step(state, action)


@pytest.mark.parametrize(
    "happening", ["file", "message", "object_to_malice", "open_sealed", "rate", "dispute", "succeed"]
)
@pytest.mark.parametrize("state", list(TABLE))
def test_what_only_happens_to_a_case_is_no_step_of_an_officer(state: str, happening: str) -> None:
    with pytest.raises(IllegalStep):
        WORKFLOW.step(state, happening)


@pytest.mark.parametrize("state", list(TABLE))
def test_an_officer_may_do_everything_but_what_the_head_or_the_supervisor_decides(state: str) -> None:
    offered = WORKFLOW.open_to(state, permissions_of([Role.OFFICER]))
    assert set(offered) == TABLE[state].keys() - DECISIONS - ABOVE


@pytest.mark.parametrize("state", list(TABLE))
def test_the_head_of_a_department_may_take_every_step(state: str) -> None:
    assert set(WORKFLOW.open_to(state, permissions_of([Role.HEAD]))) == TABLE[state].keys() - ABOVE


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.HEAD, Role.SUPERVISOR}))
def test_nobody_else_may_move_a_case(role: Role) -> None:
    assert [WORKFLOW.open_to(state, permissions_of([role])) for state in TABLE] == [[]] * len(TABLE)


def test_a_supervisor_appoints_answers_objections_and_does_nothing_else() -> None:
    offered = {step for state in TABLE for step in WORKFLOW.open_to(state, permissions_of([Role.SUPERVISOR]))}
    assert offered == ABOVE


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
