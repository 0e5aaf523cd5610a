"""What a signed-in person can open: their own secret key, and through it their departments' keys.

The secret lives in the server-side session, sealed under the cookie and the boot key, and in this object for as long as
one request lasts. Whoever is not signed in, and the system itself, has an empty ring and opens nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from core.accounts.permissions import Permission
from core.envelopes import unwrap
from core.keys.models import DepartmentKeyMember


class KeyPurpose(StrEnum):
    CASE = "case"
    IDENTITY = "identity"


PERMISSION_FOR = {
    KeyPurpose.CASE: Permission.HANDLE_REPORT,
    KeyPurpose.IDENTITY: Permission.OPEN_IDENTITY,
}


@dataclass(frozen=True)
class Keyring:
    user_id: str | None = None
    secret: bytes | None = None
    _opened: dict[tuple[str, str, int], bytes | None] = field(default_factory=dict, repr=False, compare=False)

    def department_key(self, session: Session, code: str, purpose: str, epoch: int) -> bytes | None:
        """The secret key of a department's epoch; None where it was never given to this person."""
        name = (code, purpose, epoch)
        if name not in self._opened:
            self._opened[name] = self._open(session, code, purpose, epoch)
        return self._opened[name]

    def _open(self, session: Session, code: str, purpose: str, epoch: int) -> bytes | None:
        if self.user_id is None or self.secret is None:
            return None
        row = session.get(DepartmentKeyMember, (code, purpose, epoch, self.user_id))
        return unwrap(row.wrapped, self.secret, member_context(code, purpose, epoch, self.user_id)) if row else None


NO_KEYS = Keyring()


def member_context(code: str, purpose: str, epoch: int, user_id: str) -> str:
    return f"department|{code}|{purpose}|{epoch}|{user_id}"
