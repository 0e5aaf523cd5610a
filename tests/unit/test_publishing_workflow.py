"""The steps of a disclosure: the whole table, and which role takes which step."""

from itertools import product

import pytest

from core.accounts.permissions import Role, permissions_of
from core.errors import IllegalStep
from portal.publishing.workflow import STATES, WORKFLOW

OVER = {"expire": "expired", "repair": "repaired"}
TABLE: dict[str, dict[str, str]] = {
    "draft": {"revise": "draft", "submit": "in_review"},
    "in_review": {"approve": "published", "return": "draft"},
    "published": {"correct": "correcting", "withdraw": "withdrawn", **OVER},
    "correcting": {"revise": "correcting", "submit": "correction_in_review", "withdraw": "withdrawn", **OVER},
    "correction_in_review": {"approve": "published", "return": "correcting", **OVER},
    "withdrawn": {"erase": "erased"},
    "erased": {},
    "expired": {},
    "repaired": {},
}
ACTIONS = sorted({action for steps in TABLE.values() for action in steps})
OF_EDITORS, OF_REVIEWERS = {"revise", "submit", "correct"}, {"approve", "return", "withdraw", "erase", *OVER}


@pytest.mark.parametrize(
    ("state", "action", "after"), [(state, action, after) for state in TABLE for action, after in TABLE[state].items()]
)
def test_a_legal_step_leads_where_the_table_says(state: str, action: str, after: str) -> None:
    assert WORKFLOW.step(state, action) == after


@pytest.mark.parametrize(
    ("state", "action"), [(state, action) for state, action in product(TABLE, ACTIONS) if action not in TABLE[state]]
)
def test_an_illegal_step_is_refused(state: str, action: str) -> None:
    with pytest.raises(IllegalStep):
        WORKFLOW.step(state, action)


@pytest.mark.parametrize("state", list(TABLE))
@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.EDITOR, OF_EDITORS),
        (Role.APPROVER, OF_REVIEWERS),
        (Role.ADMINISTRATOR, OF_EDITORS | OF_REVIEWERS),
        *((role, set()) for role in sorted(set(Role) - {Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR})),
    ],
)
def test_editors_write_reviewers_decide_and_others_do_neither(state: str, role: Role, offered: set[str]) -> None:
    assert set(WORKFLOW.open_to(state, permissions_of([role]))) == TABLE[state].keys() & offered


def test_approval_is_the_only_way_from_what_is_not_public_to_what_is() -> None:
    into_public = {one.action for one in WORKFLOW.transitions if one.target == "published"}
    assert into_public == {"approve"}


def test_every_state_has_words_and_no_arrow_leads_out_of_the_table() -> None:
    assert set(STATES) == set(TABLE)
    used = {one.target for one in WORKFLOW.transitions} | {
        state for one in WORKFLOW.transitions for state in one.sources
    }
    assert used == set(STATES)
