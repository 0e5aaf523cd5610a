"""People of the house, their departments, and the actor each write is recorded under."""

from core.accounts.actor import ANONYMOUS, SYSTEM, Actor

__all__ = ["ANONYMOUS", "SYSTEM", "Actor"]
