"""A small believable city, invented: so that a new installation can be tried at once."""

import random
from typing import Any

import click

from core.accounts import SYSTEM
from core.accounts.operations import open_account, user_named
from core.accounts.permissions import ROLE_LABELS, Role
from core.database import unit_of_work
from core.web.current import House
from intake.sealing import Seal
from portal.demo.air import seed_air
from portal.demo.disclosures import seed_disclosures
from portal.demo.gate import seed_gate
from portal.demo.releases import seed_reasons
from portal.demo.reports import seed_reports
from portal.publishing.ledger import disclosure_log

PASSWORD = "mingjian-demo"  # noqa: S105 - printed at the start of every demo
SEED = 411000

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
    ("admin", "系统管理员（演示）", [Role.ADMINISTRATOR], None),
)


# What an account shows, for whoever tries the demo.
TASKS = {
    Role.EDITOR: "起草处罚、失信名单和公告",
    Role.APPROVER: "审核别人起草的内容，公开",
    Role.CONSULTEE: "答复别的部门的征求意见",
    Role.OFFICER: "办理分到本部门的举报",
    Role.HEAD: "办理举报，决定延期",
    Role.OPERATOR: "登记来电、来信",
    Role.CUSTODIAN: "保管举报人的身份",
    Role.SUPERVISOR: "看全市举报的期限",
    Role.ADMINISTRATOR: "管理账号，也能起草和审核",
}


def account_lines() -> list[str]:
    return [
        f"{sign_in_name:12} {display_name}　{'；'.join(TASKS[role] for role in roles)}"
        for sign_in_name, display_name, roles, _department in ACCOUNTS
    ]


def offered_accounts() -> dict[str, Any]:
    """What the sign-in page of a demo shows: nobody has to remember the console."""
    return {
        "password": PASSWORD,
        "rows": [
            [sign_in_name, display_name, "、".join(str(ROLE_LABELS[role]) for role in roles)]
            for sign_in_name, display_name, roles, _department in ACCOUNTS
        ],
    }


def fill_if_empty(house: House) -> None:
    """Fill an empty installation; one that has accounts is left alone."""
    with house.database.read() as session:
        if user_named(session, ACCOUNTS[0][0]) is not None:
            return
    click.echo("第一次启动，正在生成演示城市……")
    now = house.clock.now()
    rng = random.Random(SEED)  # noqa: S311 - the demo is the same everywhere
    with unit_of_work(house.database) as session:
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
            )
            for sign_in_name, display_name, roles, department in ACCOUNTS
        }
        seed_air(session, now, rng)
        log = disclosure_log(house.settings)
        seed_disclosures(
            session, now, rng, log=log, author=people["editor"].as_actor(), approver=people["approver"].as_actor()
        )
        seed_gate(session, now, people)
        seed_reasons(session, now, people)
        officers = {one.department_code: one.as_actor() for one in people.values() if one.department_code}
        seal = Seal(house.settings.read_secret(house.settings.sealing_key_file))
        seed_reports(session, now, rng, seal=seal, officers=officers)
