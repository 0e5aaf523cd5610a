"""flask import penalties"""

import csv
from pathlib import Path

import click
from flask.cli import with_appcontext

from core.accounts.actor import Actor
from core.accounts.operations import user_named
from core.accounts.permissions import Permission
from core.database import unit_of_work
from core.errors import DomainError, InvalidInput
from core.web.current import House, house
from portal.enforcement.importers import ReadRow, Reject, decoded, read_rows
from portal.enforcement.kinds import PENALTY
from portal.publishing import operations
from portal.publishing.refusals import leak_in

BATCH = 200


class _Counts:
    def __init__(self) -> None:
        self.submitted = self.drafts = self.known = 0
        self.rejects: list[Reject] = []
        self.kept_back: list[tuple[int, str]] = []


@click.command("penalties")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--author", required=True, help="起草人的登录名；导入的内容要由另一人审核才公开")
@click.option("--rejects", "rejects_file", type=click.Path(path_type=Path), help="把不能导入的行写入这个 CSV")
@with_appcontext
def penalties(file: Path, author: str, rejects_file: Path | None) -> None:
    """导入行政处罚（双公示字段），进入审核；可以重复运行，不会重复录入。"""
    try:
        rows = list(read_rows(decoded(file.read_bytes())))
    except InvalidInput as error:
        raise click.ClickException("；".join(str(text) for text in error.errors.values())) from error
    actor = _author(house(), author)
    counts = _Counts()
    with click.progressbar(rows, label="正在导入") as bar:
        _import_rows(house(), bar, actor, counts)
    _report(counts, rejects_file)


def _author(where: House, sign_in_name: str) -> Actor:
    with where.database.read() as session:
        user = user_named(session, sign_in_name)
    if user is None:
        raise click.ClickException(f"没有登录名为 {sign_in_name} 的账号。")
    actor = user.as_actor()
    if not actor.may(Permission.IMPORT_DATA):
        raise click.ClickException(f"账号 {sign_in_name} 没有导入的权限。")
    return actor


def _import_rows(where: House, rows: "click._termui_impl.ProgressBar[ReadRow]", actor: Actor, counts: _Counts) -> None:
    batch: list[ReadRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _import_batch(where, batch, actor, counts)
            batch = []
    _import_batch(where, batch, actor, counts)


def _import_batch(where: House, batch: list[ReadRow], actor: Actor, counts: _Counts) -> None:
    at = where.clock.now()
    with unit_of_work(where.database) as session:
        for row in batch:
            if row.rejects:
                counts.rejects.extend(row.rejects)
                continue
            try:
                drafted = operations.draft(session, PENALTY, row.content, actor=actor, at=at)
            except operations.DuplicateDecision:
                counts.known += 1
                continue
            if PENALTY.problems(row.content) or leak_in(drafted):
                counts.drafts += 1
                continue
            try:
                operations.submit(session, drafted, actor=actor, at=at)
                counts.submitted += 1
            except DomainError as refusal:
                counts.kept_back.append((row.line, str(refusal.message)))


def _report(counts: _Counts, rejects_file: Path | None) -> None:
    click.echo(
        f"待审核 {counts.submitted} 条，需补充的草稿 {counts.drafts} 条，"
        f"已有 {counts.known} 条，不能导入 {len({one.line for one in counts.rejects})} 行。"
    )
    if counts.kept_back:
        click.echo(f"另有 {len(counts.kept_back)} 条留作草稿，按规则不能提交审核：")
    for line, why in counts.kept_back[:50]:
        click.echo(f"  第 {line} 行：{why}", err=True)
    for reject in counts.rejects[:50]:
        click.echo(f"  第 {reject.line} 行 {reject.column} “{reject.value}”：{reject.reason}", err=True)
    if rejects_file is not None:
        with rejects_file.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["行", "列", "值", "原因"])
            writer.writerows((one.line, one.column, one.value, one.reason) for one in counts.rejects)
