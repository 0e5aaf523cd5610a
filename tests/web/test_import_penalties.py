"""Penalties from files: under the standard's names or the sample's, in the encodings that offices use."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.accounts.models import User
from core.database import Database
from portal.publishing.models import Disclosure, PublicRecord
from tests.support.page import Page

Runs = Callable[..., Result]
HEAD = "CF_XDR_MC,CF_XDR_SHXYM,CF_WSH,CF_WFXW,CF_SY,CF_YJ,CF_CFLB,CF_NR,CF_NR_FK,CF_JDRQ,CF_CFJG,CF_SJLY"
ROW = (
    "许昌宏源环境检测技术有限公司,,豫1000环罚决字〔2026〕{n}号,篡改监测数据,稀释样品,《生态环境监测条例》,罚款,"
    "罚款五万元,5,2026/10/8,许昌市生态环境局魏都分局,许昌市生态环境局"
)


@pytest.fixture
def imports(app: Flask, people: dict[str, User], tmp_path: Path) -> Runs:
    """imports(bytes or text) runs the command as an editor would."""

    def run(content: str | bytes, *arguments: str) -> Result:
        file = tmp_path / "penalties.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return app.test_cli_runner().invoke(args=["import", "penalties", str(file), "--author", "editor", *arguments])

    return run


def table(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def states(database: Database) -> dict[str, int]:
    with database.read() as session:
        rows = session.execute(select(Disclosure.state, func.count()).group_by(Disclosure.state))
        return {state: count for state, count in rows}  # noqa: C416 - a Row is no pair to the type checker


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_every_usual_encoding_is_read_and_waits_for_review(imports: Runs, database: Database, encoding: str) -> None:
    result = imports(table(ROW.format(n=1)).encode(encoding))
    assert result.exit_code == 0, result.output
    assert states(database) == {"in_review": 1}
    with database.read() as session:
        draft = session.scalars(select(Disclosure.draft)).one()
        assert session.scalars(select(PublicRecord)).all() == []
    assert draft["party_name"] == "许昌宏源环境检测技术有限公司"
    assert draft["decided_on"] == "2026-10-08"
    assert draft["county_code"] == "411002"


def test_chinese_heads_mean_the_same_as_codes(imports: Runs, database: Database) -> None:
    head = "行政相对人名称,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,处罚决定日期,处罚机关"
    row = "甲公司,许环罚〔2026〕1号,篡改,稀释样品,条例,罚款,罚款五万元,2026-10-08,许昌市生态环境局"
    result = imports(table(row, head=head))
    assert result.exit_code == 0, result.output
    assert sum(states(database).values()) == 1


def test_running_it_twice_changes_nothing(imports: Runs, database: Database) -> None:
    content = table(ROW.format(n=1), ROW.format(n=2))
    imports(content)
    before = states(database)
    again = imports(content)
    assert again.exit_code == 0
    assert states(database) == before == {"in_review": 2}


def test_bad_rows_are_listed_with_line_and_reason_and_the_good_go_in(
    imports: Runs, database: Database, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    content = table(
        ROW.format(n=1),
        ROW.format(n=2).replace("2026/10/8", "去年冬天"),
        ROW.format(n=3).replace(",5,", ",五万,"),
        ROW.format(n=4).replace("许昌宏源环境检测技术有限公司", ""),
        ROW.format(n=5) + ",多出来的",
        ROW.format(n=6),
    )
    result = imports(content, "--rejects", str(rejects))
    assert states(database) == {"in_review": 2}
    for line in ("3", "4", "5", "6"):
        assert line in result.output
    listed = rejects.read_text("utf-8-sig")
    assert "去年冬天" in listed and "五万" in listed
    assert len(listed.strip().splitlines()) == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "缺少列"),
        ("a,b,c\n1,2,3\n", "缺少列"),
        (b"\x00\x01\x02PK", "不是文本文件"),
        (b"\xff\xfe\xff\xff\x81", "不是文本文件"),
    ],
)
def test_what_is_no_such_table_is_refused_with_a_sentence(imports: Runs, content: str | bytes, words: str) -> None:
    result = imports(content)
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_row_with_personal_data_stays_a_draft(imports: Runs, database: Database) -> None:
    result = imports(table(ROW.format(n=1).replace("稀释样品", "稀释样品，电话13812345678")))
    assert result.exit_code == 0, result.output
    assert states(database) == {"draft": 1}


def test_an_unknown_author_is_named(app: Flask, people: dict[str, User], tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text(table(ROW.format(n=1)))
    result = app.test_cli_runner().invoke(args=["import", "penalties", str(file), "--author", "nobody"])
    assert result.exit_code == 1
    assert "nobody" in result.output


def test_what_was_imported_is_public_only_after_another_person_approved(
    imports: Runs, client: FlaskClient, open_page: Callable[..., Page]
) -> None:
    imports(table(ROW.format(n=1)))
    assert "没有符合条件的记录" in open_page(client, "/penalties").text()


@pytest.mark.skipif(not os.environ.get("MINGJIAN_REAL_DATA"), reason="the real sample is not at hand")
def test_the_real_sample_goes_in(imports: Runs, database: Database) -> None:
    sample = Path(os.environ["MINGJIAN_REAL_DATA"]) / "env_penalties_sample.csv"
    content = sample.read_bytes()
    result = imports(content)
    assert result.exit_code == 0, result.output
    rows = len(content.decode("utf-8-sig").splitlines()) - 1
    assert sum(states(database).values()) >= rows * 0.95
