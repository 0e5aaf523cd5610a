"""What an unchanged feed costs: the statements that an answer 304 sends to the database."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import event

from bench import table
from bench.pages import FEED
from bench.table import Line
from core.database import Database


def run(app: Flask, database: Database) -> Iterator[Line]:
    client = app.test_client()
    tag = client.get(FEED).headers["ETag"]
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    answer = client.get(FEED, headers={"If-None-Match": tag})
    assert answer.status_code == 304
    selects = [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]
    yield table.at_most("unchanged feed (304): queries sent", len(selects), 0, unit="")
