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
    with click.progressbar(length=None, label="正在建立索引", show_pos=True) as bar:  # type: ignore[var-annotated]

        def watch(documents: Iterable[Document]) -> Iterator[Document]:
            for document in documents:
                bar.update(1)
                yield document

        count = service.rebuild(house().database, watch)
    click.echo(f"已建立索引，共 {count} 条。")
