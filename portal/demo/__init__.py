"""A small believable city, invented: so that a new installation can be tried at once."""

import random
from typing import Any

import click

from core.accounts.operations import user_named
from core.accounts.permissions import ROLE_LABELS
from core.clock import local_date
from core.database import unit_of_work
from core.web.current import House
from portal.demo.afterlife import seed_afterlife
from portal.demo.air import release_demo_air, seed_air
from portal.demo.attached import seed_attachments
from portal.demo.disclosures import seed_disclosures
from portal.demo.gate import seed_gate
from portal.demo.history import seed_history
from portal.demo.identities import seed_identity_requests
from portal.demo.people import ACCOUNTS, PASSWORD, TASKS, account_lines, officers, open_accounts, use_escrow
from portal.demo.receipts import ANSWERED, CLOSED, PUT_ASIDE, keys_of, offered_receipts, seed_draft
from portal.demo.releases import seed_agreements, seed_reasons
from portal.demo.reports import seed_reports
from portal.demo.submissions import seed_submissions
from portal.demo.subscriptions import seed_subscriptions
from portal.demo.witnessed import seed_second_key, seed_witness
from portal.publishing.ledger import disclosure_log
from portal.subscriptions.addresses import AddressBook

__all__ = ["ACCOUNTS", "PASSWORD", "TASKS", "account_lines", "fill_if_empty", "offered_accounts", "offered_receipts"]
SEED = 411000


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
        people, rings = open_accounts(session, now, house.settings.data_dir / "keys")
        seed_air(session, now, rng)
        seed_subscriptions(session, now, AddressBook(house.secret_key))
        log = disclosure_log(house.settings)
        seed_disclosures(
            session, now, rng, log=log, author=people["editor"].as_actor(), approver=people["approver"].as_actor()
        )
        use_escrow(session, now, house.settings.data_dir / "keys", log, people["xc-police"])
        seed_gate(session, now, people)
        seed_submissions(session, now, people)
        seed_reasons(session, now, people)
        seed_attachments(session, now, people, log)
        seed_agreements(session, now, people)
        seed_afterlife(session, now, people, log)
        release_demo_air(session, log, now)
        seed_second_key(session, log, now)
        receipts = {fate: keys_of(code, house.settings) for fate, code in (("reply", ANSWERED), ("close", CLOSED))}
        seed_reports(session, now, rng, officers=officers(people, rings), receipts=receipts)
        seed_draft(session, local_date(now), keys_of(PUT_ASIDE, house.settings))
        seed_history(session, now, rng, officers=officers(people, rings))
        seed_identity_requests(session, now, people, rings, officers(people, rings))
    with unit_of_work(house.database) as session:
        seed_witness(session, log, now)
