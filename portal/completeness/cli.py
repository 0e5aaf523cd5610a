"""flask manifest 2026-10"""

import click
from flask.cli import with_appcontext

from core.accounts.operations import user_named
from core.accounts.permissions import Permission
from core.database import unit_of_work
from core.errors import InvalidInput
from core.web.current import house
from core.working_calendar import WorkingCalendar
from portal.completeness.operations import authorities, make_manifest
from portal.publishing.operations import DuplicateDecision


@click.command("manifest")
@click.argument("month")
@click.option("--author", required=True, help="起草人的登录名；清单要由另一人审核才公开")
@with_appcontext
def manifest(month: str, author: str) -> None:
    """生成每个机关这个月（如 2026-10）的完整性清单，进入审核；可以重复运行。"""
    made = 0
    with unit_of_work(house().database) as session:
        user = user_named(session, author)
        if user is None or not user.as_actor().may(Permission.DRAFT_DISCLOSURE):
            raise click.ClickException(f"账号 {author} 不存在，或没有起草的权限。")
        calendar, at = WorkingCalendar.load(session), house().clock.now()
        for authority in authorities(session):
            try:
                make_manifest(session, authority, month, calendar=calendar, actor=user.as_actor(), at=at)
                made += 1
            except DuplicateDecision:
                continue
            except InvalidInput as refusal:
                raise click.ClickException("；".join(str(one) for one in refusal.errors.values())) from refusal
    click.echo(f"已生成 {made} 份清单，等待审核。")
