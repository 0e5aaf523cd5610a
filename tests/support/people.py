"""The people of the tests: who has which role in which department, all with the same password."""

from datetime import datetime

from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.operations import open_account
from core.accounts.permissions import Role
from core.database import Database, unit_of_work
from intake import departments

PASSWORD = "a long enough password"
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "editor": (Role.EDITOR, "xc-ecology"),
    "approver": (Role.APPROVER, "xc-ecology"),
    "officer": (Role.OFFICER, "xc-ecology"),
    "head": (Role.HEAD, "xc-ecology"),
    "county_officer": (Role.OFFICER, "xc-ecology-changge"),
    "county_head": (Role.HEAD, "xc-ecology-changge"),
    "market_officer": (Role.OFFICER, "xc-market"),
    "duty_officer": (Role.OFFICER, "xc-duty"),
    "discipline_officer": (Role.OFFICER, "xc-discipline"),
    "operator": (Role.OPERATOR, "xc-duty"),
    "supervisor": (Role.SUPERVISOR, None),
    "administrator": (Role.ADMINISTRATOR, None),
}


def open_accounts(database: Database, at: datetime) -> dict[str, User]:
    with unit_of_work(database) as session:
        departments.install(session)
        session.flush()
        return {
            name: open_account(
                session,
                sign_in_name=name,
                display_name=f"测试{name}",
                password=PASSWORD,
                roles=[role],
                department_code=department,
                actor=SYSTEM,
                at=at,
            )
            for name, (role, department) in PEOPLE.items()
        }
