"""The people of the tests: who has which role in which department, all with the same password, hashed once."""

from datetime import datetime
from functools import cache

from core import audit
from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.passwords import hash_password
from core.accounts.permissions import Role
from core.database import Database, unit_of_work
from core.ids import new_id
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


@cache
def password_hash() -> str:
    return hash_password(PASSWORD)


def open_accounts(database: Database, at: datetime) -> dict[str, User]:
    with unit_of_work(database) as session:
        departments.install(session)
        session.flush()
        people = {
            name: User(
                id=new_id(),
                sign_in_name=name,
                display_name=f"测试{name}",
                password_hash=password_hash(),
                department_code=department,
                roles=[str(role)],
                created_at=at,
            )
            for name, (role, department) in PEOPLE.items()
        }
        session.add_all(people.values())
        for one in people.values():
            audit.record(session, actor=SYSTEM, action="open_account", subject=f"user:{one.id}", at=at, roles=one.roles)
    return people
