"""Work orders of 12345 come in by file, each once, and the answer goes back with the case numbers."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.accounts.models import User
from core.database import Database
from intake.models import Deadline, Report, ReportDepartment
from tests.support.officer import Officer
from tests.support.page import Page, check

SignIn = Callable[[FlaskClient, str], None]
OpenPage = Callable[..., Page]
FILE = """工单编号,诉求内容,诉求类别,区县,被反映对象,诉求人,联系电话,办理时限
XC202611200001,河里夜里有黑水,水污染,长葛市,蓝鲸制革厂,欧阳不具名,13912345678,2026-11-30
XC202611200002,分局的人让改数据,监测数据造假,长葛市,许昌市生态环境局长葛分局,,,
,没有编号,水污染,长葛市,,,,
XC202611200004,小区旁边一直响,物业,魏都区,,,,
"""


@pytest.fixture
def operator(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client, "operator")
    return client


def upload(client: FlaskClient, open_page: OpenPage, content: bytes, name: str = "工单.csv") -> Page:
    fields = {**open_page(client, "/desk/12345").hidden_fields(), "file": (io.BytesIO(content), name), "submit": "1"}
    response = client.post("/desk/12345", data=fields, content_type="multipart/form-data", follow_redirects=True)
    return check(Page(response.request.path, response.status_code, response.get_data(as_text=True)))


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.scalars(select(Report).order_by(Report.case_number)))


def answer(client: FlaskClient) -> list[dict[str, str]]:
    response = client.get("/desk/12345/acknowledgement.csv")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_operator_uploads_and_gets_the_answer_for_12345(
    operator: FlaskClient, open_page: OpenPage, database: Database, encoding: str
) -> None:
    page = upload(operator, open_page, FILE.encode(encoding))
    assert page.url == "/desk/12345/done"
    assert "新登记 3 件" in page.text()
    assert "工单编号为空" in page.text()
    filed = reports(database)
    assert {one.received_by for one in filed} == {"12345_transfer"}
    rows = answer(operator)
    assert [row["结果"] for row in rows] == ["已登记", "已登记", "未登记", "已登记"]
    assert {row["受理编号"] for row in rows} - {""} == {one.case_number for one in filed}
    assert rows[2]["行号"] == "4"
    assert not {"13912345678", "欧阳不具名", "蓝鲸"} & {word for row in rows for word in row.values()}


def test_the_words_and_the_caller_are_sealed_and_the_department_reads_them(
    app: Flask, operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    upload(operator, open_page, FILE.encode())
    with database.engine.connect() as connection:
        tables = ("report", "imported_work_order", "case_event", "report_key")
        stored = b"".join(
            cell if isinstance(cell, bytes) else str(cell).encode()
            for table in tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
            for cell in row
        )
    for word in ("河里夜里有黑水", "13912345678", "欧阳不具名", "XC202611200001", "蓝鲸"):
        assert word.encode() not in stored
    water = next(one for one in reports(database) if one.subject == "water")
    text = Officer(app, "county_officer").step(water.case_number, "open").text()
    assert "河里夜里有黑水" in text
    assert "XC202611200001" in text


def test_the_same_file_again_files_nothing_and_tells_the_same_numbers(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    upload(operator, open_page, FILE.encode())
    first = {row["工单编号"]: row["受理编号"] for row in answer(operator)}
    page = upload(operator, open_page, FILE.replace("XC202611200001", "xc202611200001").encode())
    assert "以前已登记 3 件" in page.text()
    again = {row["工单编号"].upper(): row["受理编号"] for row in answer(operator)}
    assert again == first
    assert len(reports(database)) == 3


def test_one_number_twice_in_a_file_is_one_report(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    upload(operator, open_page, "工单编号,诉求内容\n20261120,灰尘\n20261120,灰尘\n".encode())
    assert len(reports(database)) == 1
    assert [row["结果"] for row in answer(operator)] == ["已登记", "以前已登记"]


def test_the_hotlines_own_limit_runs_beside_and_the_work_orders_day_wins(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    upload(operator, open_page, FILE.encode())
    with database.read() as session:
        rows = session.execute(select(Report.subject, Deadline).join(Deadline, Deadline.report_id == Report.id))
        found = {(subject, one.regime): one for subject, one in rows}
    named = found["water", "hotline_12345"]
    assert (named.due_on, named.unit, named.days) == (date(2026, 11, 30), "working", 5)
    assert "工单" in named.source
    assert ("water", "environment") in found, "the department's own limit runs too"
    assert found["other", "hotline_12345"].days == 15


def test_the_accused_department_is_kept_out_and_what_nobody_sorted_goes_to_the_duty_desk(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    upload(operator, open_page, FILE.encode())
    by_subject = {one.subject: one for one in reports(database)}
    with database.read() as session:
        kept_out = set(
            session.scalars(
                select(ReportDepartment.department_code).where(
                    ReportDepartment.report_id == by_subject["data_fraud"].id, ReportDepartment.part == "excluded"
                )
            )
        )
    assert "xc-ecology-changge" in kept_out
    assert by_subject["data_fraud"].responsible_code not in kept_out
    assert by_subject["other"].responsible_code == "xc-duty"


def test_a_file_that_cannot_be_read_files_nothing(
    operator: FlaskClient, open_page: OpenPage, database: Database
) -> None:
    page = upload(operator, open_page, b"\x00\x01")
    assert "读不了" in page.text("//*[contains(@class,'govuk-error-summary')]")
    assert "请选择文件" in upload(operator, open_page, b"", "").text()
    assert "缺少这些列：工单编号" in upload(operator, open_page, "甲,诉求内容\n1,2\n".encode()).text()
    assert reports(database) == []


def test_only_who_records_reports_imports(client: FlaskClient, sign_in: SignIn, open_page: OpenPage) -> None:
    sign_in(client, "officer")
    open_page(client, "/desk/12345", status=403)


def test_the_command_imports_once_names_the_bad_rows_and_writes_the_answer(
    app: Flask, people: dict[str, User], database: Database, tmp_path: Path
) -> None:
    assert people
    file, back = tmp_path / "工单.csv", tmp_path / "回执.csv"
    file.write_bytes(FILE.encode("gb18030"))
    run = app.test_cli_runner().invoke
    done = run(args=["import", "12345", str(file), "--answer", str(back)])
    assert done.exit_code == 1
    assert "登记 3 件，以前已登记 0 件，没有登记 1 行" in done.output
    assert "第 4 行" in done.output
    told = list(csv.DictReader(io.StringIO(back.read_bytes().decode("utf-8-sig"))))
    assert {row["受理编号"] for row in told} - {""} == {one.case_number for one in reports(database)}
    assert "以前已登记 3 件" in run(args=["import", "12345", str(file)]).output
    assert len(reports(database)) == 3
