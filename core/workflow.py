"""A state machine written as a table: which action leads from which states to which, and who may take it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.accounts.permissions import Permission
from core.errors import IllegalStep


@dataclass(frozen=True)
class Transition:
    """`target` None: the step leaves the state as it is (a note, an asked-for extension)."""

    action: str
    sources: frozenset[str]
    target: str | None
    permission: Permission


class Workflow:
    def __init__(self, transitions: Iterable[Transition]) -> None:
        self.transitions = tuple(transitions)
        self._by_step = {(one.action, source): one for one in self.transitions for source in one.sources}
        steps = sum(len(one.sources) for one in self.transitions)
        if steps != len(self._by_step):
            raise ValueError("one action leads from one state to two targets")

    def transition(self, state: str, action: str) -> Transition:
        try:
            return self._by_step[action, state]
        except KeyError:
            raise IllegalStep(action=action, state=state) from None

    def step(self, state: str, action: str) -> str:
        """The state after `action`; IllegalStep where the table has no such arrow."""
        return self.transition(state, action).target or state

    def open_to(self, state: str, permissions: Collection[Permission]) -> list[str]:
        """The actions that a holder of `permissions` may take in `state`, in the order of the table."""
        return [one.action for one in self.transitions if state in one.sources and one.permission in permissions]
