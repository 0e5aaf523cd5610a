"""flask scrub"""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from core.scrubbing import ONLY, StorageScrub
from core.web.current import house
from portal.storage.wording import problem


@click.command("scrub")
@with_appcontext
def scrub() -> None:
    """让已销毁的内容立刻离开数据库文件，大表也不等夜里；做不到的逐项说明，退出码为 1。"""
    with house().database.read() as session:
        state = session.get_one(StorageScrub, ONLY)
    found = current_app.extensions["scrubber"].run(house().database, house().clock.now(), state.erased_at)
    with force_locale("zh"):
        said = [f"{one.title} {one.name}".strip() + f"。{one.remedy}" for one in map(problem, found)]
    if said:
        raise click.ClickException("\n".join(said))
    click.echo("数据库文件里已没有销毁的内容。备份和别处的副本请另行处理。")
