"""flask import penalties: which files are read, what goes to review, what is refused, and that twice is once."""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.accounts.models import User
from core.audit import AuditEvent
from core.database import Database
from portal.enforcement.kinds import PENALTY
from portal.publishing.models import Disclosure, PublicRecord
from portal.publishing.operations import SelfApproval
from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.page import checked

CODES = "CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_WSH,CF_WFXW,CF_SY,CF_YJ,CF_CFLB,CF_NR,CF_NR_FK,CF_JDRQ,CF_CFJG,CF_GSJZQ"
LABELS = (
    "行政相对人名称,行政相对人类别,统一社会信用代码,行政处罚决定书文号,违法行为类型,违法事实,处罚依据,处罚类别,"
    "处罚内容,罚款金额（万元）,处罚决定日期,处罚机关,公示截止期"
)
NAMES = (
    "party_name,party_type,party_uscc,decision_no,violation_type,violation_facts,penalty_basis,penalty_types,"
    "penalty_content,fine_wan_yuan,decided_on,authority_name,whatever"
)
ROW = (
    "许昌宏源环境检测技术有限公司,法人及非法人组织,91411000MA3X4TWT1J,豫1000环罚决字[2026]第012号,篡改监测数据,"
    "稀释样品。,《生态环境监测条例》,1,罚款人民币五万元。,5.00,2026/10/8,许昌市生态环境局禹州分局,2029-10-08"
)
SAMPLE = "notice_date,penalty_date,party,document_number,authority,law,reason,penalty,fine_10k_yuan"
SAMPLE_ROW = (
    "2025-12-11,2025-12-05,许昌永泰建材有限公司,许环罚〔2025〕156号,许昌市生态环境局长葛分局,"
    "《中华人民共和国水污染防治法》,其他类环境违法行为，水污染防治类,罚款；责令限期改造,8.00"
)
SAMPLE_GAPS = "2025-09-17,,许昌恒信铸造有限公司,,鄢陵县环保局,,其他类环境污染防治类别,罚款；责令改正,3.00"

Import = Callable[..., Result]


@pytest.fixture
def run_import(app: Flask, people: dict[str, User], tmp_path: Path) -> Import:
    """run_import(content, *options): as at the command line, by the editor unless told; content is lines or bytes."""

    def run(content: list[str] | bytes, *options: str, author: str = "editor") -> Result:
        path = tmp_path / "penalties.csv"
        path.write_bytes(content if isinstance(content, bytes) else "\n".join(content).encode())
        command = ["import", "penalties", str(path), "--author", author, *options]
        return app.test_cli_runner().invoke(args=command)

    return run


def imported(database: Database) -> list[Disclosure]:
    with database.read() as session:
        return list(session.scalars(select(Disclosure).order_by(Disclosure.natural_key)))


def states(database: Database) -> list[str]:
    return sorted(one.state for one in imported(database))


def another(row: str, number: int) -> str:
    return row.replace("第012号", f"第{number:03}号")


@pytest.mark.parametrize("head", [CODES, CODES.lower(), LABELS, NAMES])
def test_a_row_of_the_standard_is_read_under_each_of_its_heads(
    run_import: Import, database: Database, head: str
) -> None:
    result = run_import([head, ROW])
    assert result.exit_code == 0, result.output
    assert "待审核 1 条，需补充的草稿 0 条，已有 0 条，不能导入 0 行。" in result.output
    (one,) = imported(database)
    said: dict[str, Any] = {name: value for name, value in one.draft.items() if value is not None}
    assert said == {
        "party_name": "许昌宏源环境检测技术有限公司",
        "party_type": "organisation",
        "party_uscc": "91411000MA3X4TWT1J",
        "decision_no": "豫1000环罚决字〔2026〕第012号",
        "violation_type": "篡改监测数据",
        "violation_facts": "稀释样品。",
        "penalty_basis": "《生态环境监测条例》",
        "penalty_types": ["P21"],
        "penalty_content": "罚款人民币五万元。",
        "fine_wan_yuan": "5",
        "decided_on": "2026-10-08",
        "authority_name": "许昌市生态环境局禹州分局",
        "county_code": "411081",
    }


def test_the_head_of_the_sample_is_read_and_what_lacks_something_stays_a_draft(
    run_import: Import, database: Database
) -> None:
    result = run_import([SAMPLE, SAMPLE_ROW, SAMPLE_GAPS])
    assert "待审核 1 条，需补充的草稿 1 条，已有 0 条，不能导入 0 行。" in result.output
    by_party = {one.draft["party_name"]: one for one in imported(database)}
    whole, gaps = by_party["许昌永泰建材有限公司"], by_party["许昌恒信铸造有限公司"]
    assert (whole.state, gaps.state) == ("in_review", "draft")
    wanted = ("decision_no", "decided_on", "notified_on", "violation_type", "penalty_basis", "fine_wan_yuan")
    assert [whole.draft[name] for name in wanted] == [
        "许环罚〔2025〕156号",
        "2025-12-05",
        "2025-12-11",
        "其他类环境违法行为，水污染防治类",
        "《中华人民共和国水污染防治法》",
        "8",
    ]
    assert [gaps.draft[name] for name in ("decision_no", "decided_on", "county_code")] == [None, None, "411024"]


@pytest.mark.parametrize(
    ("encoding", "line_end"),
    [("utf-8", "\n"), ("utf-8", "\r\n"), ("utf-8-sig", "\r\n"), ("gb18030", "\r\n"), ("gbk", "\n")],
)
def test_every_encoding_and_line_end_gives_the_same_record(
    run_import: Import, database: Database, encoding: str, line_end: str
) -> None:
    result = run_import(f"{LABELS}{line_end}{ROW}{line_end}".encode(encoding))
    assert result.exit_code == 0, result.output
    (one,) = imported(database)
    assert one.draft["party_name"] == "许昌宏源环境检测技术有限公司" and one.draft["violation_facts"] == "稀释样品。"


def test_a_quoted_cell_keeps_its_commas_quotes_and_lines(run_import: Import, database: Database) -> None:
    facts = '"一是稀释样品,二是""补记""。\n三是停运。"'
    assert run_import([CODES, ROW.replace("稀释样品。", facts)]).exit_code == 0
    assert imported(database)[0].draft["violation_facts"] == '一是稀释样品,二是"补记"。\n三是停运。'


def test_what_is_imported_waits_for_another_person_and_is_not_public(
    run_import: Import, database: Database, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    run_import([CODES, ROW])
    (one,) = imported(database)
    assert (one.state, one.author_id) == ("in_review", publisher.editor.user_id)
    checked(client, f"/penalties/{one.id}", 404)
    assert "宏源" not in checked(client, "/penalties").text()
    assert b"<item>" not in client.get("/feeds/penalties.rss").data
    publisher.approve(one.id, clock.now())
    assert "宏源" in checked(client, f"/penalties/{one.id}").text()
    with database.read() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"penalty:{one.id}")).all()
    assert actions == [f"disclosure.{step}" for step in ("draft", "submit", "approve", "publish")]


def test_who_imports_cannot_approve_it_even_as_an_administrator(
    run_import: Import, database: Database, publisher: Publisher, people: dict[str, User], clock: TestClock
) -> None:
    run_import([CODES, ROW], author="administrator")
    with pytest.raises(SelfApproval):
        publisher.approve(imported(database)[0].id, clock.now(), by=people["administrator"].as_actor())


def test_bad_rows_are_listed_with_row_column_value_and_reason_while_good_ones_go_in(
    run_import: Import, database: Database, tmp_path: Path
) -> None:
    rows = [
        ROW,
        another(ROW, 13).replace("2026/10/8", "去年秋天"),
        another(ROW, 14).replace(",5.00,", ",五万,"),
        another(ROW, 15).replace(",5.00,", ",-3,"),
        another(ROW, 16).replace("法人及非法人组织", "机器人"),
        "",
        another(ROW, 17).replace(",1,罚款", ",P77,罚款"),
        another(ROW, 18).replace("许昌宏源环境检测技术有限公司,", "名" * 201 + ","),
        another(ROW, 19).replace("2026/10/8", "2026-02-30"),
        another(ROW, 20) + ",多,余",
        another(ROW, 21),
    ]
    result = run_import([CODES, *rows], "--rejects", str(tmp_path / "out.csv"))
    assert result.exit_code == 0, result.output
    assert "待审核 2 条，需补充的草稿 0 条，已有 0 条，不能导入 8 行。" in result.output
    assert states(database) == ["in_review", "in_review"]
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as written:
        head, *listed = csv.reader(written)
    assert head == ["行", "列", "值", "原因"]
    assert [row[:3] for row in listed] == [
        ["3", "处罚决定日期", "去年秋天"],
        ["4", "罚款金额（万元）", "五万"],
        ["5", "罚款金额（万元）", "-3"],
        ["6", "行政相对人类别", "机器人"],
        ["8", "处罚类别", "P77"],
        ["9", "行政相对人名称", "名" * 80],
        ["10", "处罚决定日期", "2026-02-30"],
        ["11", "", "多"],
    ]
    for line, column, value, reason in listed:
        assert reason and f"第 {line} 行 {column} “{value}”：{reason}" in result.output


def test_a_row_without_a_party_or_an_authority_names_the_column_as_the_standard_does(run_import: Import) -> None:
    result = run_import(
        [CODES, ROW.replace("许昌宏源环境检测技术有限公司", ""), ROW.replace("许昌市生态环境局禹州分局", "")]
    )
    assert "不能导入 2 行" in result.output
    assert "第 2 行 行政相对人名称 “”：这一列不能为空。" in result.output
    assert "第 3 行 处罚机关 “”：这一列不能为空。" in result.output


def test_personal_numbers_keep_a_row_back_as_a_draft(run_import: Import, database: Database) -> None:
    leaking = ROW.replace("稀释样品。", "联系电话13812345678。")
    result = run_import([CODES, leaking])
    assert "待审核 0 条，需补充的草稿 1 条" in result.output
    assert states(database) == ["draft"]


@pytest.mark.parametrize("lines", [[CODES, ROW, another(ROW, 13)], [SAMPLE, SAMPLE_ROW, SAMPLE_GAPS]])
def test_running_it_twice_changes_nothing(
    run_import: Import, database: Database, clock: TestClock, lines: list[str]
) -> None:
    run_import(lines)
    before = [(one.id, one.state, one.draft, one.changed_at) for one in imported(database)]
    clock.moves_on(days=1)
    again = run_import(lines)
    assert "待审核 0 条，需补充的草稿 0 条，已有 2 条，不能导入 0 行。" in again.output
    assert [(one.id, one.state, one.draft, one.changed_at) for one in imported(database)] == before


def test_a_row_of_the_standard_without_a_number_is_not_drafted_twice(run_import: Import, database: Database) -> None:
    lines = [CODES, ROW.replace("豫1000环罚决字[2026]第012号", "")]
    run_import(lines)
    run_import(lines)
    assert states(database) == ["draft"]


def test_one_decision_written_in_two_ways_in_one_file_goes_in_once(run_import: Import, database: Database) -> None:
    result = run_import([CODES, ROW, ROW.replace("[2026]第012号", "〔2026〕12 号")])
    assert "待审核 1 条，需补充的草稿 0 条，已有 1 条" in result.output
    assert len(imported(database)) == 1


def test_the_same_number_of_another_authority_is_another_decision(run_import: Import, database: Database) -> None:
    run_import([CODES, ROW, ROW.replace("禹州分局", "魏都分局")])
    assert {one.draft["county_code"] for one in imported(database)} == {"411081", "411002"}


def test_a_published_record_is_not_touched_by_a_later_import(
    run_import: Import, database: Database, publisher: Publisher, clock: TestClock
) -> None:
    run_import([CODES, ROW])
    publisher.approve(imported(database)[0].id, clock.now())
    assert "已有 1 条" in run_import([CODES, ROW.replace(",5.00,", ",9.00,")]).output
    with database.read() as session:
        assert session.scalars(select(PublicRecord)).one().body["fine_wan_yuan"] == "5"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b,c\n1,2,3\n", "第一行缺少列：行政相对人名称、处罚机关。"),
        (CODES.replace("CF_CFJG,", "").encode() + b"\n", "第一行缺少列：处罚机关。"),
        (ROW.encode(), "第一行缺少列"),
        (b"", "第一行缺少列"),
        (b"PK\x03\x04\x00\x00workbook", "这不是文本文件"),
        (b"\xff\xff\xff\xff", "编码不是 UTF-8、GB18030"),
        (f'{CODES}\n"{"没有结束的引号，" * 20_000}\n'.encode(), "引号"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_clear_sentence(
    run_import: Import, database: Database, content: bytes, said: str
) -> None:
    result = run_import(content)
    assert result.exit_code == 1
    assert said in result.output and "Traceback" not in result.output
    assert imported(database) == []


@pytest.mark.parametrize(("author", "said"), [("nobody", "没有登录名为 nobody 的账号"), ("officer", "officer")])
def test_only_somebody_who_may_import_can_be_the_author(
    run_import: Import, database: Database, author: str, said: str
) -> None:
    result = run_import([SAMPLE, SAMPLE_ROW, SAMPLE_GAPS], author=author)
    assert result.exit_code == 1
    assert said in result.output
    assert imported(database) == []


def test_an_author_without_the_permission_leaves_no_draft_either(run_import: Import, database: Database) -> None:
    run_import([SAMPLE, SAMPLE_GAPS], author="officer")
    assert imported(database) == []


def test_more_rows_than_one_batch_all_go_in(run_import: Import, database: Database) -> None:
    result = run_import([CODES, *(another(ROW, number) for number in range(1, 232))])
    assert "待审核 231 条" in result.output
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Disclosure)) == 231


def test_what_a_spreadsheet_could_run_is_kept_as_text(
    run_import: Import, database: Database, client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    hostile = "=HYPERLINK(1)<script>alert(1)</script>'; DROP TABLE disclosure;--😀"
    run_import([CODES, ROW.replace("稀释样品。", hostile)])
    (one,) = imported(database)
    assert one.draft["violation_facts"] == hostile
    publisher.approve(one.id, clock.now())
    assert hostile in checked(client, f"/penalties/{one.id}").text()


def test_the_real_sample_goes_in(run_import: Import, database: Database) -> None:
    folder = os.environ.get("MINGJIAN_REAL_DATA")
    if not folder:
        pytest.skip("MINGJIAN_REAL_DATA is not set: the real files are not part of the project")
    result = run_import((Path(folder) / "env_penalties_sample.csv").read_bytes())
    assert "待审核 0 条，需补充的草稿 6 条，已有 0 条，不能导入 0 行。" in result.output
    assert "另有 2 条留作草稿" in result.output, "decided in 2019: their three years of publication are over"
    assert len(imported(database)) == 8


def test_a_decision_whose_publication_is_over_stays_a_draft_and_says_why(
    run_import: Import, database: Database
) -> None:
    old = another(ROW, 13).replace("2026", "2016")
    result = run_import([CODES, ROW, old])
    assert "待审核 1 条" in result.output
    assert "另有 1 条留作草稿" in result.output
    assert "第 3 行：公示期到" in result.output
    assert sorted(states(database)) == ["draft", "in_review"]


def test_every_column_of_the_standard_has_its_own_head() -> None:
    heads = [name for row in PENALTY.rows for name in (row.get("code"), row["label"], *row.get("aliases", [])) if name]
    assert len(heads) == len(set(heads))
