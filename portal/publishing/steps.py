"""Taking one step of the workflow: may it be taken, and the line in the audit chain that says it was."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.accounts.actor import Actor
from core.workflow import Transition
from portal.publishing.models import Disclosure
from portal.publishing.workflow import step_from


def subject_of(disclosure: Disclosure) -> str:
    """The disclosure as the audit chain names it."""
    return f"{disclosure.kind}:{disclosure.id}"


def permitted(disclosure: Disclosure, action: str, actor: Actor) -> Transition:
    """The arrow of `action` from the state as it is; StepRefused without one, Forbidden without the permission."""
    transition = step_from(disclosure.state, action)
    actor.must(transition.permission)
    return transition


def moved(session: Session, disclosure: Disclosure, action: str, actor: Actor, at: datetime, **detail: Any) -> None:
    """The disclosure has gone on: from when it waits now, and one audit event."""
    disclosure.changed_at = at
    session.flush()
    recorded(session, disclosure, action, actor, at, **detail)


def recorded(session: Session, disclosure: Disclosure, action: str, actor: Actor, at: datetime, **detail: Any) -> None:
    """One audit event; `detail` holds codes and counts, never words."""
    audit.record(
        session,
        actor=actor,
        action=f"disclosure.{action}",
        subject=subject_of(disclosure),
        at=at,
        state=disclosure.state,
        version=disclosure.version,
        **detail,
    )


def written_by(disclosure: Disclosure, actor: Actor) -> None:
    """`actor` has a hand in the words: they are the author, and among those who may not approve."""
    if actor.user_id is not None:
        disclosure.author_id = actor.user_id
        disclosure.authors = [*dict.fromkeys([*disclosure.authors, actor.user_id])]
