"""The people of the tests: who has which role in which department, all with the same password, stretched once.

Their departments have keys, and the escrow is there: reports can be sealed.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import select

from core import audit
from core.accounts import SYSTEM
from core.accounts.models import User
from core.accounts.passwords import Stretched, stretched
from core.accounts.permissions import Role
from core.database import Database, unit_of_work
from core.envelopes import KeyPair
from core.ids import new_id
from core.keys import department_keys, user_keys
from core.keys.keyring import KeyPurpose, Keyring
from core.keys.models import EscrowKey
from intake import departments

PASSWORD = "a long enough password"
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "editor": (Role.EDITOR, "xc-ecology"),
    "approver": (Role.APPROVER, "xc-ecology"),
    "consultee": (Role.CONSULTEE, "xc-meteorology"),
    "officer": (Role.OFFICER, "xc-ecology"),
    "head": (Role.HEAD, "xc-ecology"),
    "county_officer": (Role.OFFICER, "xc-ecology-changge"),
    "county_head": (Role.HEAD, "xc-ecology-changge"),
    "market_officer": (Role.OFFICER, "xc-market"),
    "duty_officer": (Role.OFFICER, "xc-duty"),
    "discipline_officer": (Role.OFFICER, "xc-discipline"),
    "custodian": (Role.CUSTODIAN, "xc-duty"),
    "second_custodian": (Role.CUSTODIAN, "xc-discipline"),
    "operator": (Role.OPERATOR, "xc-duty"),
    "supervisor": (Role.SUPERVISOR, None),
    "administrator": (Role.ADMINISTRATOR, None),
}


ESCROW = KeyPair.new()


# Argon2id at its least: the cost stands beside each person's salt, and the tests sign in a thousand times.
LITTLE = "argon2id,t=1,m=8"


@cache
def password() -> Stretched:
    return stretched(PASSWORD, LITTLE)


def open_accounts(database: Database, at: datetime) -> dict[str, User]:
    with unit_of_work(database) as session:
        departments.install(session)
        session.flush()
        people = {
            name: User(
                id=new_id(),
                sign_in_name=name,
                display_name=f"测试{name}",
                department_code=department,
                roles=[str(role)],
                created_at=at,
            )
            for name, (role, department) in PEOPLE.items()
        }
        session.add_all(people.values())
        session.add(EscrowKey(epoch=1, public=ESCROW.public, department_code="xc-discipline", created_at=at))
        session.flush()
        for one in people.values():
            audit.record(session, actor=SYSTEM, action="open_account", subject=f"user:{one.id}", at=at, roles=one.roles)
        rings = {name: user_keys.create(session, user, password()) for name, user in people.items()}
        for code in {department for _role, department in PEOPLE.values() if department}:
            for purpose in KeyPurpose:
                department_keys.new_epoch(session, code, purpose, actor=SYSTEM, at=at)
    RINGS.update({people[name].id: ring for name, ring in rings.items()})
    return people


def accounts(database: Database) -> dict[str, User]:
    """Those that `open_accounts` opened here, or none."""
    with database.read() as session:
        return {one.sign_in_name: one for one in session.scalars(select(User).where(User.sign_in_name.in_(PEOPLE)))}


RINGS: dict[str, Keyring] = {}


def ring_of(user: User) -> Keyring:
    """What this person opens when signed in."""
    return RINGS[user.id]
