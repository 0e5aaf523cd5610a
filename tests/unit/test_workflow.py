"""The state machine as such, on a small door: shut, open, locked."""

import pytest

from core.accounts.permissions import Permission
from core.errors import IllegalStep
from core.workflow import Transition, Workflow

KEEPER, GUEST = Permission.HANDLE_REPORT, Permission.RECORD_REPORT
DOOR = Workflow(
    [
        Transition("open", frozenset({"shut"}), "open", GUEST),
        Transition("shut", frozenset({"open"}), "shut", GUEST),
        Transition("lock", frozenset({"shut", "open"}), "locked", KEEPER),
        Transition("unlock", frozenset({"locked"}), "shut", KEEPER),
        Transition("knock", frozenset({"shut", "locked"}), None, GUEST),
    ]
)


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("shut", "open", "open"),
        ("open", "lock", "locked"),
        ("shut", "lock", "locked"),
        ("shut", "knock", "shut"),
        ("locked", "knock", "locked"),
    ],
)
def test_an_arrow_leads_to_its_target_and_one_without_a_target_stays(state: str, action: str, after: str) -> None:
    assert DOOR.step(state, action) == after


@pytest.mark.parametrize(
    ("state", "action"), [("locked", "open"), ("open", "knock"), ("shut", "paint"), ("burnt", "open"), ("open", "")]
)
def test_what_the_table_does_not_have_is_refused_with_the_state_and_the_action(state: str, action: str) -> None:
    with pytest.raises(IllegalStep) as refusal:
        DOOR.step(state, action)
    assert refusal.value.data == {"action": action, "state": state}
    assert refusal.value.status == 409


@pytest.mark.parametrize(
    ("state", "permissions", "actions"),
    [
        ("shut", {GUEST, KEEPER}, ["open", "lock", "knock"]),
        ("shut", {GUEST}, ["open", "knock"]),
        ("locked", {KEEPER}, ["unlock"]),
        ("locked", set(), []),
        ("burnt", {GUEST, KEEPER}, []),
    ],
)
def test_a_person_is_offered_what_they_may_do_here_in_the_order_of_the_table(
    state: str, permissions: set[Permission], actions: list[str]
) -> None:
    assert DOOR.open_to(state, permissions) == actions


def test_a_step_says_who_may_take_it() -> None:
    assert DOOR.transition("open", "lock").permission is KEEPER


@pytest.mark.parametrize("target", ["locked", "shut", None])
def test_one_action_cannot_be_written_twice_for_one_state(target: str | None) -> None:
    first = Transition("turn", frozenset({"shut", "open"}), "locked", KEEPER)
    second = Transition("turn", frozenset({"open"}), target, GUEST)
    with pytest.raises(ValueError, match="one action leads from one state to two targets"):
        Workflow([first, second])
