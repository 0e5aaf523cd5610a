"""The people of the tests: one account a role, each with the same password."""

from datetime import datetime

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import open_account
from core.accounts.permissions import Role
from core.database import Database, unit_of_work

PASSWORD = "a long enough password"
ROLES = {
    "editor": [Role.EDITOR],
    "approver": [Role.APPROVER],
    "officer": [Role.OFFICER],
    "head": [Role.HEAD],
    "operator": [Role.OPERATOR],
    "supervisor": [Role.SUPERVISOR],
    "administrator": [Role.ADMINISTRATOR],
}


def open_accounts(database: Database, at: datetime) -> dict[str, User]:
    with unit_of_work(database) as session:
        return {
            name: open_account(
                session,
                sign_in_name=name,
                display_name=f"测试{name}",
                password=PASSWORD,
                roles=roles,
                actor=SYSTEM,
                at=at,
            )
            for name, roles in ROLES.items()
        }
