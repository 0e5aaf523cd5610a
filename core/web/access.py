"""Who may open a route. Nothing said means nobody may: the shell refuses it and a test fails."""

from collections.abc import Callable
from typing import Any, TypeVar

from core.accounts.actor import Actor
from core.accounts.permissions import Permission
from core.errors import SignInRequired

View = TypeVar("View", bound=Callable[..., Any])
Rule = Callable[[Actor], None]

_ATTRIBUTE = "_mingjian_access"


def _declare(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        return view

    return mark


def public(view: View) -> View:
    """Anybody."""
    return _declare(lambda _actor: None)(view)


def signed_in(view: View) -> View:
    """Whoever has signed in, with whatever role."""
    return _declare(_must_sign_in)(view)


def permit(*permissions: Permission) -> Callable[[View], View]:
    """Whoever holds at least one of `permissions`."""

    def rule(actor: Actor) -> None:
        _must_sign_in(actor)
        if not any(actor.may(permission) for permission in permissions):
            actor.must(permissions[0])

    return _declare(rule)


def rule_of(view: Callable[..., Any]) -> Rule | None:
    return getattr(view, _ATTRIBUTE, None)


def _must_sign_in(actor: Actor) -> None:
    if actor.user_id is None:
        raise SignInRequired
