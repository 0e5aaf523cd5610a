"""flask reindex"""

from collections.abc import Iterable, Iterator

import click
from flask import current_app
from flask.cli import with_appcontext

from core.web.current import house
from search.document import Document


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """重建检索索引：在旧索引旁边建好再切换，期间检索不中断。"""
    service = current_app.extensions["search"]
    count = service.rebuild(house().database, _watched)
    click.echo(f"已建立索引，共 {count} 条。")


def _watched(documents: Iterable[Document]) -> Iterator[Document]:
    with click.progressbar(documents, label="正在建立索引", show_pos=True) as bar:
        yield from bar
