"""flask import 12345"""

from pathlib import Path

import click
from flask.cli import with_appcontext

from core.accounts.actor import ANONYMOUS
from core.database import unit_of_work
from core.errors import DomainError
from core.web.current import house
from core.working_calendar import WorkingCalendar
from intake.timeline import Desk
from intake.workorders.filing import FILED, KNOWN, REJECTED, Outcome, acknowledgement, file_all
from intake.workorders.reading import work_orders

BATCH = 50


@click.command("12345")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--answer", type=click.Path(path_type=Path), help="把给 12345 的回执（工单编号、受理编号）写入这个 CSV")
@with_appcontext
def import_12345(file: Path, answer: Path | None) -> None:
    """导入 12345 工单（XLSX 或 CSV），封存、分派；可以重复运行，不会重复登记。"""
    where = house()
    outcomes: list[Outcome] = []
    try:
        rows = work_orders(file.read_bytes())
        for start in range(0, len(rows), BATCH):
            with unit_of_work(where.database) as session:
                desk = Desk(WorkingCalendar.load(session), ANONYMOUS, where.clock.now())
                outcomes += file_all(session, rows[start : start + BATCH], secret=where.secret_key, desk=desk)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    if answer is not None:
        answer.write_bytes(acknowledgement(outcomes))
    for one in outcomes:
        if one.result == REJECTED:
            click.echo(f"第 {one.line} 行没有登记：{one.reason}", err=True)
    counts = {name: sum(one.result == name for one in outcomes) for name in (FILED, KNOWN, REJECTED)}
    click.echo(f"登记 {counts[FILED]} 件，以前已登记 {counts[KNOWN]} 件，没有登记 {counts[REJECTED]} 行。")
    if counts[REJECTED]:
        raise SystemExit(1)
