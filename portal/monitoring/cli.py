"""flask import air <csv>"""

import csv
from pathlib import Path
from types import TracebackType

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from core.accounts import SYSTEM, Actor
from core.accounts.operations import user_named
from core.accounts.permissions import Permission
from core.clock import local_date
from core.database import unit_of_work
from core.errors import DomainError
from core.web.current import house
from portal.monitoring.importers import Reject
from portal.monitoring.operations import ImportReport, import_air
from portal.monitoring.releasing import AIR_HOURLY, release_waiting
from portal.release.agreements import ground_of_release

SHOWN_REJECTS = 20


class _DryRun(Exception):
    """Leaves the unit of work without a commit."""


@click.command("release-air")
@with_appcontext
def release_air() -> None:
    """把账本启用以前导入的小时值写进账本（升级以后运行一次；可以重复运行）。"""
    at, log = house().clock.now(), current_app.extensions["log"]
    with unit_of_work(house().database) as session:
        ground = ground_of_release(session, AIR_HOURLY, SYSTEM, local_date(at))
        count = release_waiting(session, log, ground=ground, at=at)
    click.echo(f"写进账本 {count} 个小时值。")


class RejectList:
    """Shows the first refused rows and writes all of them to a file, where one was named."""

    def __init__(self, path: Path | None) -> None:
        self.shown: list[Reject] = []
        self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self._writer = csv.writer(self._file) if self._file else None
        self._write("行号", "列", "值", "原因")

    def add(self, reject: Reject) -> None:
        if len(self.shown) < SHOWN_REJECTS:
            self.shown.append(reject)
        self._write(str(reject.line), reject.column, reject.value, str(reject.reason))

    def _write(self, *cells: str) -> None:
        if self._writer:
            self._writer.writerow(cells)

    def __enter__(self) -> "RejectList":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()


@click.command("air")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--station-area", "area", default="", help="站点所在城市，用于没有写明城市的文件。")
@click.option("--source", default="import", show_default=True, help="数据来源的简短标记。")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="把退回的行写入这个 CSV 文件。")
@click.option("--by", "sign_in_name", help="以谁的名义导入（登录名）；不写就是由统一发布部门的平台导入。")
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@with_appcontext
def air(path: Path, area: str, source: str, rejects: Path | None, sign_in_name: str | None, dry_run: bool) -> None:
    """导入并公开空气质量小时值：中国环境监测总站的站点小时表，或 PRSA 逐小时序列。可以重复运行。"""
    with force_locale("zh"), RejectList(rejects) as refused:
        try:
            actor = _importer(sign_in_name)
            report = _import(path, area=area, source=source, actor=actor, refused=refused, dry_run=dry_run)
        except DomainError as error:
            raise click.ClickException(str(error.message)) from error
        _show(report, refused, dry_run=dry_run)


def _importer(sign_in_name: str | None) -> Actor:
    """Whose department answers for the release; without a name the platform itself, for the releasing bureau."""
    if sign_in_name is None:
        return SYSTEM
    with house().database.read() as session:
        user = user_named(session, sign_in_name)
    if user is None:
        raise click.ClickException("没有这个登录名。")
    actor = user.as_actor()
    actor.must(Permission.IMPORT_DATA)
    return actor


def _import(path: Path, *, area: str, source: str, actor: Actor, refused: RejectList, dry_run: bool) -> ImportReport:
    report: ImportReport | None = None
    try:
        with (
            path.open("rb") as file,
            click.progressbar(length=path.stat().st_size, label=path.name) as bar,
            unit_of_work(house().database) as session,
        ):
            report = import_air(
                session,
                file,
                name=path.name,
                source=source,
                log=current_app.extensions["log"],
                actor=actor,
                at=house().clock.now(),
                area=area,
                on_reject=refused.add,
                on_progress=lambda position: bar.update(position - bar.pos),
            )
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert report is not None  # noqa: S101 - the block above either made it or raised
    return report


def _show(report: ImportReport, refused: RejectList, *, dry_run: bool) -> None:
    if dry_run:
        click.echo("试运行：没有写入任何数据。")
    if report.seen_before_at is not None:
        click.echo(f"同一个文件在 {report.seen_before_at:%Y-%m-%d %H:%M} UTC 导入过。")
    click.echo(
        f"共 {report.rows} 行：新增 {report.inserted}，更新 {report.changed}，没有变化 {report.unchanged}，"
        f"重复 {report.duplicates}，退回 {report.rejects}。"
    )
    if report.new_stations:
        click.echo(f"新站点：{'、'.join(report.new_stations)}")
    _show_rejects(report, refused.shown)


def _show_rejects(report: ImportReport, shown: list[Reject]) -> None:
    total = report.rejects + report.duplicates
    if not total:
        return
    click.echo("行号\t列\t值\t原因")
    for reject in shown:
        click.echo(f"{reject.line}\t{reject.column or '—'}\t{reject.value!r}\t{reject.reason}")
    if total > len(shown):
        click.echo(f"……还有 {total - len(shown)} 行；用 --rejects 文件名.csv 可得到全部。")
