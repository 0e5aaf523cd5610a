"""Who acts. A value, so that an operation needs no request to know it."""

from dataclasses import dataclass

from core.accounts.permissions import Permission
from core.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """`user_id` None: nobody who signed in (the public, or the system itself)."""

    user_id: str | None
    name: str
    department_code: str | None = None
    permissions: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def must(self, permission: Permission) -> None:
        if not self.may(permission):
            raise Forbidden(permission=str(permission))


ANONYMOUS = Actor(user_id=None, name="anonymous")
SYSTEM = Actor(user_id=None, name="system", permissions=frozenset(Permission))
