"""flask ledger …: verify, status, rotate-key, catch-up and the witnesses that the log asks."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from core import audit as audit_chain
from core.accounts import SYSTEM
from core.database import unit_of_work
from core.errors import DomainError
from core.ledger import reading
from core.ledger.keys import OVERLAP
from core.ledger.log import Log, announced
from core.ledger.models import LogWitness
from core.ledger.note import COSIGNATURE, NoteInvalid, Verifier
from core.ledger.recovery import CannotCatchUp, catch_up
from core.web.current import house
from portal.ledger import inside, queries
from portal.ledger.verify.audit import audit
from portal.ledger.verify.program import from_folder, from_site
from portal.ledger.verify.proofs import CannotCheck, needed, tiles_of, unpacked
from portal.publishing.ledger import LOG

ledger_group = AppGroup("ledger", help="公开内容的账本。")


def _log() -> Log:
    log: Log = current_app.extensions["log"]
    return log


@ledger_group.command("verify")
def verify() -> None:
    """把账本和全部公开内容对一遍，就像外人用 verify.py 做的那样，再加上外人看不到的；有问题时退出码为 1。"""
    client = current_app.test_client()
    kept = house().settings.data_dir / "ledger" / "audit.json"
    state = json.loads(kept.read_text("utf-8")) if kept.exists() else {}

    def fetch(path: str) -> tuple[int, bytes]:
        response = client.get(path)
        return response.status_code, response.get_data()

    try:
        findings = list(audit(fetch, state, now=house().clock.now()))
    except CannotCheck as reason:
        raise click.ClickException(f"没有验成：{reason}") from reason
    with house().database.read() as session:
        findings += inside.findings(session)
    if findings:
        raise click.ClickException("\n".join(map(str, findings)))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(state), "utf-8")
    click.echo(f"没有发现问题，账本共 {state['size']} 条。")


@ledger_group.command("status")
def status() -> None:
    """账本多长、谁在签名、见证人副署到哪里；不能签名时说明原因和办法，退出码为 1。"""
    log = _log()
    with house().database.read() as session:
        size, known = reading.size_of(session, LOG), log.guard.read()
        click.echo(f"{log.keys.origin}：{size} 条")
        for number, one in enumerate(log.verifiers(session), 1):
            click.echo(f"密钥 {number}：{one}")
        for witness in queries.witnesses(session):
            state = witness.problem or "正常"
            click.echo(f"见证人 {witness.name}：副署到 {witness.last_size} 条，{state}")
        try:
            log.check(session)
            log.keys.signers(announced(session, LOG), house().clock.now())
        except DomainError as refusal:
            signed = known.size if known else 0
            raise click.ClickException(
                f"{refusal.message}\n数据库里有 {size} 条，签过名的有 {signed} 条（记在 {log.guard.path}）。\n"
                "办法：恢复最新的数据库；找不回来时，用外人保存的账本补齐：\n"
                "  flask --app wsgi ledger catch-up 网址或目录\n"
                "不要删除上面的文件：那会让同一把密钥签出两本不同的账。详见 docs/operations.md。"
            ) from refusal
    click.echo("可以签名。")


@ledger_group.command("rotate-key")
@click.option("--prepare", is_flag=True, help="只生成密钥文件，先分发到每台机器；再次运行时不带这个选项。")
def rotate_key(prepare: bool) -> None:
    """换签名密钥：在账本里公告新公钥，新旧两把密钥同时签名 90 天。"""
    log = _log()
    try:
        with unit_of_work(house().database) as session:
            number = len(announced(session, LOG)) + 2
            if prepare:
                verifier = log.keys.prepared(number).verifier
            else:
                verifier = log.rotate(session, at=house().clock.now())
                subject, now = f"ledger:{LOG}", house().clock.now()
                audit_chain.record(
                    session, actor=SYSTEM, action="ledger.rotate_key", subject=subject, at=now, generation=number
                )
    except (DomainError, OSError) as error:
        reason = error.message if isinstance(error, DomainError) else f"{log.keys.file(number)} 写不进去：{error}"
        raise click.ClickException(str(reason)) from error
    click.echo(f"新密钥在 {log.keys.file(number)}，公钥：{verifier}")
    if not prepare:
        click.echo(f"从现在起新旧密钥同时签名 {OVERLAP.days} 天。请把新公钥交给见证人和媒体，并备份新密钥文件。")


@ledger_group.command("catch-up")
@click.argument("source")
def catch_up_command(source: str) -> None:
    """数据库丢了最新的一段时，用外人保存的账本（网址，或 verify.py --keep 的目录）补齐账本，之后才能再签名。"""
    fetch = from_site(source) if source.startswith(("http://", "https://")) else from_folder(Path(source))
    try:
        note = needed(fetch, "/ledger/checkpoint").decode()
        size = int(note.split("\n")[1])
        entries = [entry for path, _first, _end in tiles_of("entries", size) for entry in unpacked(needed(fetch, path))]
        with unit_of_work(house().database) as session:
            added = catch_up(session, _log(), note, entries, at=house().clock.now())
    except (CannotCheck, CannotCatchUp, NoteInvalid, ValueError) as error:
        raise click.ClickException(f"没有补齐：{error}") from error
    click.echo(f"补了 {len(added)} 条账，账本现有 {size} 条。下列记录的文字不在数据库里，请逐条补回或依法撤回：")
    for record in dict.fromkeys(added):
        click.echo(record)


@ledger_group.command("witness-add")
@click.argument("vkey")
@click.argument("url")
def witness_add(vkey: str, url: str) -> None:
    """请一位见证人副署检查点：它的公钥（vkey）和网址。"""
    try:
        verifier = Verifier.parse(vkey, COSIGNATURE)
    except NoteInvalid as error:
        raise click.ClickException("这不是见证人的公钥，应为 flask witness vkey 印出的那一行。") from error
    if not url.startswith(("http://", "https://")):
        raise click.ClickException("网址要以 https:// 开头。")
    with unit_of_work(house().database) as session:
        session.merge(
            LogWitness(log=LOG, name=verifier.name, vkey=str(verifier), url=url.rstrip("/"), last_size=0, problem=None)
        )
    current_app.extensions["create_worker"]().services["witnesses"].ask(verifier.name)
    with house().database.read() as session:
        problem = session.scalars(select(LogWitness.problem).where(LogWitness.name == verifier.name)).one()
    click.echo(f"见证人 {verifier.name}：{problem or '已副署'}。之后每个新检查点都会请它副署。")


@ledger_group.command("witness-remove")
@click.argument("name")
def witness_remove(name: str) -> None:
    """不再请这位见证人；它已经给出的副署留着。"""
    with unit_of_work(house().database) as session:
        found = session.get(LogWitness, (LOG, name))
        if found is None:
            raise click.ClickException(f"没有见证人 {name}。")
        session.delete(found)
    click.echo(f"不再请 {name} 副署。")
