"""Reading station files: what is a value, what is a gap, what is refused and why."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.monitoring.importers import MissingColumns, Reject, Row, UnreadableFile, open_source
from portal.monitoring.models import hour_at

CNEMC = (
    "timepoint,stationcode,longitude,latitude,area,positionname,aqi,quality,primarypollutant,"
    "pm2_5,pm2_5_24h,pm10,pm10_24h,so2,so2_24h,no2,no2_24h,o3,o3_24h,o3_8h,o3_8h_24h,co,co_24h"
)
GOOD = (
    "2018-02-20T07:00:00,2396A,113.8331,34.0117,许昌市,监测站,67,良,细颗粒物(PM2.5),"
    "48,58,54,78,5,8,21,20,109,58,76,64,0.7,0.8"
)
PRSA = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station"
PRSA_GOOD = "1,2013,3,1,0,4,4,4,7,300,77,-0.7,1023,-18.8,0,NNW,4.4,Aotizhongxin"


def read(*lines: str, encoding: str = "utf-8", area: str = "") -> list[Row | Reject]:
    return list(open_source(io.BytesIO("\n".join(lines).encode(encoding)), area=area).rows())


def only(*lines: str) -> Row | Reject:
    (one,) = read(*lines)
    return one


def accepted(*lines: str) -> tuple[Row, dict[str, float | None]]:
    source = open_source(io.BytesIO("\n".join(lines).encode()))
    (row,) = source.rows()
    assert isinstance(row, Row), row
    return row, dict(zip(source.columns, row.values, strict=True))


def refused(*lines: str) -> Reject:
    reject = only(*lines)
    assert isinstance(reject, Reject), reject
    return reject


def test_a_cnemc_row_is_read() -> None:
    row, values = accepted(CNEMC, GOOD)
    assert row.station == ("2396A", "监测站", "许昌市", 113.8331, 34.0117)
    assert hour_at(row.hour) == datetime(2018, 2, 19, 23, tzinfo=UTC)
    assert (values["pm25"], values["pm10"], values["co"], values["o3_8h"]) == (48, 54, 0.7, 76)
    assert (values["pm25_24h"], values["published_aqi"]) == (58, 67)


def test_the_order_of_the_columns_does_not_matter() -> None:
    names, cells = CNEMC.split(","), GOOD.split(",")
    turned = accepted(",".join(reversed(names)), ",".join(reversed(cells)))
    assert turned == accepted(CNEMC, GOOD)


@pytest.mark.parametrize("gap", ["", "-;", "—", "NA", " "])
def test_a_gap_is_a_missing_value(gap: str) -> None:
    _, values = accepted(CNEMC, GOOD.replace(",54,", f",{gap},"))
    assert values["pm10"] is None


def test_a_prsa_row_is_read_in_milligrams_of_co() -> None:
    row, values = accepted(PRSA, PRSA_GOOD)
    assert row.station == ("Aotizhongxin", "Aotizhongxin", "", None, None)
    assert hour_at(row.hour) == datetime(2013, 2, 28, 16, tzinfo=UTC)
    assert (values["co"], values["pm25"], "o3_8h" in values) == (0.3, 4, False)


def test_prsa_stations_stand_in_the_city_that_the_caller_names() -> None:
    (row,) = read(PRSA, PRSA_GOOD, area="北京市")
    assert isinstance(row, Row) and row.station.area == "北京市"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_utf_8_with_or_without_a_mark_and_gb18030_are_read(encoding: str) -> None:
    (row,) = read(CNEMC, GOOD, encoding=encoding)
    assert isinstance(row, Row) and row.station.name == "监测站"


def test_quoted_headers_and_windows_line_ends_are_read() -> None:
    quoted = ",".join(f'"{name}"' for name in PRSA.split(","))
    source = open_source(io.BytesIO(f"{quoted}\r\n{PRSA_GOOD}\r\n\r\n".encode()))
    assert [type(one) for one in source.rows()] == [Row]


@pytest.mark.parametrize(
    ("old", "new", "column", "value", "words"),
    [
        (",48,", ",4x8,", "PM2.5", "4x8", "不是数字"),
        (",48,", ",-48,", "PM2.5", "-48", "不能是负数"),
        (",48,", ",1e3,", "PM2.5", "1e3", "不是数字"),
        (",48,", ",nan0,", "PM2.5", "nan0", "不是数字"),
        (",48,", ",99999,", "PM2.5", "99999", "超出合理范围"),
        (",0.7,", ",700,", "CO", "700", "超出合理范围"),
        ("2018-02-20T07:00:00", "2018-02-20T07:30:00", "timepoint", "2018-02-20T07:30:00", "不是整点时间"),
        ("2018-02-20T07:00:00", "2018-02-30T07:00:00", "timepoint", "2018-02-30T07:00:00", "没有这一天"),
        ("2018-02-20T07:00:00", "2018-02-20T25:00:00", "timepoint", "2018-02-20T25:00:00", "0 到 24"),
        ("2018-02-20T07:00:00", "1018-02-20T07:00:00", "timepoint", "1018-02-20T07:00:00", "不能早于 1992 年"),
        ("2396A", "<b>", "stationcode", "<b>", "站点编码"),
        ("监测站", "", "positionname", "", "不能为空"),
        ("113.8331", "1138331", "longitude", "1138331", "不是经纬度"),
        ("34.0117", "inf", "latitude", "inf", "不是经纬度"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_says_why(old: str, new: str, column: str, value: str, words: str) -> None:
    reject = refused(CNEMC, GOOD.replace(old, new, 1))
    assert (reject.line, reject.column, reject.value) == (2, column, value)
    assert words in str(reject.reason)


@pytest.mark.parametrize(("old", "new", "column"), [(",3,1,0,", ",3,1,x,", "hour"), (",3,1,0,", ",3,32,0,", "day")])
def test_a_bad_prsa_time_refuses_its_row(old: str, new: str, column: str) -> None:
    assert refused(PRSA, PRSA_GOOD.replace(old, new)).column == column


def test_bad_rows_do_not_stop_the_good_ones() -> None:
    rows = read(CNEMC, GOOD, "too,short", GOOD.replace(",48,", ",?,"), GOOD)
    assert [type(one) for one in rows] == [Row, Reject, Reject, Row]
    assert [one.line for one in rows] == [2, 3, 4, 5]


def test_a_row_of_the_wrong_width_is_refused() -> None:
    assert "应有 23 列，实有 2 列" in str(refused(CNEMC, "too,short").reason)


def test_missing_columns_are_named() -> None:
    with pytest.raises(MissingColumns) as caught:
        read("timepoint,stationcode,positionname,area,pm2_5,pm10,so2,no2", "")
    assert str(caught.value.message) == "文件缺少这些列：CO、O3。"
    assert caught.value.data["columns"] == ["co", "o3"]


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00xl/workbook.xml",
        "时间,站点".encode("utf-16"),
        b"\xff\xff\xff timepoint",
        b"",
        b"\n\n",
    ],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        open_source(io.BytesIO(content))


def test_an_endless_quote_refuses_its_row_only() -> None:
    rows = read(CNEMC, '"' + "x" * 200_000, GOOD)
    assert isinstance(rows[0], Reject)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        source = open_source(io.BytesIO(f"{PRSA}\n".encode() + content))
    except UnreadableFile:
        return
    assert all(isinstance(one, Row | Reject) for one in source.rows())


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12), max_size=30))
def test_no_cells_break_the_reader(cells: list[str]) -> None:
    content = f"{CNEMC}\n{','.join(cells)}\n".encode()
    assert all(isinstance(one, Row | Reject) for one in open_source(io.BytesIO(content)).rows())
