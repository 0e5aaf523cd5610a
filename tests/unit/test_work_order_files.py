"""Files of work orders as hotlines send them: heads, encodings, workbooks, and what is wrong with a row."""

import io
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from intake.workorders.filing import sorted_as, submission
from intake.workorders.reading import Reject, UnreadableWorkOrders, WorkOrder, work_orders

HEAD = "工单编号,诉求内容,诉求类别,区县,事发地址,被反映对象,诉求人,联系电话,办理时限"
GOOD = "XC20261120000012,河里夜里有黑水,水污染,长葛市,石梁河大桥南头,蓝鲸制革厂,欧阳不具名,13912345678,2026-12-01"


def read(*lines: str, encoding: str = "utf-8") -> list[WorkOrder | Reject]:
    return work_orders("\r\n".join(lines).encode(encoding))


def reason(*lines: str) -> str:
    (one,) = read(*lines)
    assert isinstance(one, Reject)
    return str(one.reason)


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_row_is_read_in_each_encoding(encoding: str) -> None:
    (one,) = read(HEAD, GOOD, encoding=encoding)
    assert isinstance(one, WorkOrder)
    assert (one.line, one.number, one.words) == (2, "XC20261120000012", "河里夜里有黑水")
    assert (one.name, one.contact, one.due_on) == ("欧阳不具名", "13912345678", date(2026, 12, 1))


def test_a_workbook_is_read_with_its_dates_and_figures() -> None:
    raw = workbook(["工单号 *", "来电内容", "截止时间"], [202611200012, "灰尘", date(2026, 12, 1)], [None, None, None])
    (one,) = work_orders(raw)
    assert isinstance(one, WorkOrder)
    assert (one.number, one.due_on) == ("202611200012", date(2026, 12, 1))


def test_a_number_that_has_lost_its_digits_is_refused() -> None:
    assert "丢失" in reason("工单编号,诉求内容", "2.02611E+14,灰尘")
    (one,) = work_orders(workbook(["工单编号", "诉求内容"], [2026112000000123456, "灰尘"]))
    assert isinstance(one, Reject)
    assert "丢失" in str(one.reason)


@pytest.mark.parametrize("wrapped", ['"=""20261120"""', "'20261120", "\t20261120 "])
def test_a_number_wrapped_to_stay_text_is_unwrapped(wrapped: str) -> None:
    (one,) = read("工单编号,诉求内容", f"{wrapped},灰尘")
    assert one.number == "20261120"


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (",灰尘", "工单编号"),
        ("=HYPERLINK(1),灰尘", "工单编号"),
        ("20261120,", "诉求内容"),
        ("20261120,灰尘,多出的", "引号"),
        (f"20261120,{'字' * 10_001}", "10000"),
    ],
)
def test_a_bad_row_says_why(row: str, named: str) -> None:
    assert named in reason("工单编号,诉求内容", row)


def test_a_limit_that_is_no_day_is_refused() -> None:
    assert "办理时限" in reason("工单编号,诉求内容,办理时限", "20261120,灰尘,尽快")
    assert "办理时限" in reason("工单编号,诉求内容,办理时限", "20261120,灰尘,2026-02-30")


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"PK\x03\x04broken", "标题,内容\n1,2".encode(), b""])
def test_what_is_no_file_of_work_orders_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableWorkOrders):
        work_orders(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_break(raw: bytes) -> None:
    with suppress(UnreadableWorkOrders):
        assert isinstance(work_orders("工单编号,诉求内容\n".encode() + raw), list)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("生态环境/水污染", ("12369", "water")),
        ("噪音 夜间施工扰民", ("12369", "construction_noise")),
        ("市场监管/计量器具", ("12365", "instrument")),
        ("检验检测机构", ("12365", "institution")),
        ("物业管理", ("12369", "other")),
        ("", ("12369", "other")),
    ],
)
def test_the_category_of_the_hotline_leads_to_a_matter_or_to_nobodys_guess(
    category: str, expected: tuple[str, str]
) -> None:
    assert sorted_as(category) == expected


def test_nothing_of_a_work_order_is_left_out() -> None:
    (one,) = read(HEAD, GOOD)
    assert isinstance(one, WorkOrder)
    sent = submission(one)
    for word in ("XC20261120000012", "水污染", "河里夜里有黑水"):
        assert word in sent.words
    assert sent.place == "长葛市 石梁河大桥南头"
    assert (sent.county, sent.accused.kind, sent.accused.name) == ("411082", "company", "蓝鲸制革厂")
    assert sent.identity is not None
    assert (sent.identity.name, sent.identity.contact) == ("欧阳不具名", "13912345678")
