"""flask ledger verify"""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from core.web.current import house
from portal.ledger.verify import CannotCheck, audit

ledger_group = AppGroup("ledger", help="公开内容的账本。")


@ledger_group.command("verify")
def verify() -> None:
    """把账本和全部公开内容对一遍，就像外人用 verify.py 做的那样；有问题时退出码为 1。"""
    client = current_app.test_client()
    kept = house().settings.data_dir / "ledger" / "audit.json"
    state = json.loads(kept.read_text("utf-8")) if kept.exists() else {}

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    try:
        findings = list(audit(fetch, state))
    except CannotCheck as reason:
        raise click.ClickException(f"没有验成：{reason}") from reason
    if findings:
        raise click.ClickException("\n".join(findings))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(state), "utf-8")
    click.echo(f"没有发现问题，账本共 {state['size']} 条。")
