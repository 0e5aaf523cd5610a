"""The people of the demo city: the named ones, one officer for every other department, and the keepers of the escrow."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import SYSTEM, Actor
from core.accounts.models import Department, User
from core.accounts.operations import open_account
from core.accounts.passwords import stretched
from core.accounts.permissions import Permission, Role
from core.clock import local_date
from core.keys import escrow, user_keys
from core.keys.escrow import Purpose, Use
from core.keys.keyring import NO_KEYS, Keyring
from core.keys.models import UserKey
from core.ledger.log import Log
from portal.key_uses.operations import publish_use

PASSWORD = "mingjian-demo"  # noqa: S105 - printed at the start of every demo
# Two of the three open the escrow: the demo keeps their files where nobody should, beside the site.
KEEPERS = {"孙保管": "demo passphrase one", "钱保管": "demo passphrase two", "李保管": "demo passphrase three"}
ESCROW_OFFICE = "xc-discipline"

# sign-in name, shown name, roles, department
ACCOUNTS: tuple[tuple[str, str, list[Role], str | None], ...] = (
    ("editor", "李编辑（演示）", [Role.EDITOR], "xc-ecology"),
    ("approver", "王审核（演示）", [Role.APPROVER], "xc-ecology"),
    ("officer", "张经办（演示）", [Role.OFFICER], "xc-ecology"),
    ("head", "刘科长（演示）", [Role.HEAD], "xc-ecology"),
    ("changge", "周经办（演示）", [Role.HEAD], "xc-ecology-changge"),
    ("market", "陈经办（演示）", [Role.OFFICER], "xc-market-weidu"),
    ("market-editor", "何编辑（演示）", [Role.EDITOR], "xc-market"),
    ("weather", "郑会商（演示）", [Role.CONSULTEE], "xc-meteorology"),
    ("water", "冯会商（演示）", [Role.CONSULTEE], "xc-water-resources"),
    ("discipline", "孙经办（演示）", [Role.OFFICER], "xc-discipline"),
    ("duty", "赵值班（演示）", [Role.OFFICER, Role.OPERATOR], "xc-duty"),
    ("supervisor", "吴督办（演示）", [Role.SUPERVISOR], None),
    ("custodian", "许保管（演示）", [Role.CUSTODIAN], "xc-duty"),
    ("custodian2", "何保管（演示）", [Role.CUSTODIAN], "xc-discipline"),
    ("admin", "系统管理员（演示）", [Role.ADMINISTRATOR], None),
)


# What an account shows, for whoever tries the demo.
TASKS = {
    Role.EDITOR: "起草处罚、失信名单和公告",
    Role.APPROVER: "审核别人起草的内容，公开",
    Role.OFFICER: "办理分到本部门的举报",
    Role.HEAD: "办理举报，决定延期",
    Role.OPERATOR: "登记来电、来信",
    Role.SUPERVISOR: "看全市举报的期限",
    Role.CONSULTEE: "答复别的部门的征求意见",
    Role.CUSTODIAN: "与另一部门的身份保管员一起打开实名举报人的身份",
    Role.ADMINISTRATOR: "管理账号，也能起草和审核",
}


def account_lines() -> list[str]:
    lines = [
        f"{sign_in_name:12} {display_name}　{'；'.join(TASKS[role] for role in roles)}"
        for sign_in_name, display_name, roles, _department in ACCOUNTS
    ]
    return [*lines, "其余部门各有一位经办人，登录名就是部门代码，如 xc-ecology-yuzhou、xc-police、xc-urban-weidu"]


def use_escrow(session: Session, now: datetime, keys_folder: Path, log: Log, forgetful: User) -> None:
    """Two keepers give somebody their password back, and the city can read that they did."""
    files = [
        ((keys_folder / f"escrow-keeper-{n}.json").read_bytes(), phrase) for n, phrase in enumerate(KEEPERS.values(), 1)
    ]
    opened = escrow.opened(session, files[:2], Purpose.RESET_PASSWORD, actor=SYSTEM, at=now)
    escrow.reset_password(session, forgetful, stretched(PASSWORD), opened, actor=SYSTEM, at=now)
    publish_use(session, Use(opened, Purpose.RESET_PASSWORD), log=log, at=now)


def open_accounts(session: Session, now: datetime, keys_folder: Path) -> tuple[dict[str, User], dict[str, Keyring]]:
    """Everybody, by sign-in name, and what each can open."""
    _make_escrow(session, now, keys_folder)
    under = stretched(PASSWORD)
    people = {
        sign_in_name: open_account(
            session,
            sign_in_name=sign_in_name,
            display_name=display_name,
            password=PASSWORD,
            roles=roles,
            department_code=department,
            actor=SYSTEM,
            at=now,
            under=under,
        )
        for sign_in_name, display_name, roles, department in (
            *ACCOUNTS,
            *_one_for_each_other(session, now),
            *((f"keeper{number}", name, [], ESCROW_OFFICE) for number, name in enumerate(KEEPERS, 1)),
        )
    }
    rows = {name: session.get_one(UserKey, user.id) for name, user in people.items()}
    return people, {name: user_keys.unlocked(row, under.keys) or NO_KEYS for name, row in rows.items()}


def officers(people: dict[str, User], rings: dict[str, Keyring]) -> dict[str, tuple[Actor, Keyring]]:
    """One who handles reports, for each department."""
    handling = {name: one for name, one in people.items() if one.as_actor().may(Permission.HANDLE_REPORT)}
    return {one.department_code or "": (one.as_actor(), rings[name]) for name, one in handling.items()}


def _one_for_each_other(session: Session, now: datetime) -> list[tuple[str, str, list[Role], str | None]]:
    handled = (department for *_rest, roles, department in ACCOUNTS if {Role.OFFICER, Role.HEAD} & set(roles))
    taken, on = set(handled), local_date(now)
    return [
        (one.code, f"{one.short_name}经办（演示）", [Role.OFFICER], one.code)
        for one in session.scalars(select(Department).order_by(Department.code))
        if one.code not in taken and (one.valid_to is None or one.valid_to >= on)
    ]


def _make_escrow(session: Session, now: datetime, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = escrow.create(session, ESCROW_OFFICE, KEEPERS, actor=SYSTEM, at=now)
    for number, content in enumerate(files, 1):
        path = folder / f"escrow-keeper-{number}.json"
        path.write_bytes(content)
        path.chmod(0o600)
