"""flask import air: what gets in, what is refused, and that running it twice harms nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from core.audit import AuditEvent
from core.database import Database
from portal.monitoring.cli import air
from portal.monitoring.models import ImportBatch, Observation, Station

CNEMC = "timepoint,stationcode,longitude,latitude,area,positionname,aqi,pm2_5,pm10,so2,no2,o3,co"
HOUR_7 = "2018-02-20T07:00:00,2396A,113.8331,34.0117,许昌市,监测站,67,48,54,5,21,109,0.7"
HOUR_8 = "2018-02-20T08:00:00,2396A,113.8331,34.0117,许昌市,监测站,70,51,-;,5,21,109,0.7"
PRSA = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,station"
PRSA_ROW = "1,2013,3,1,0,NA,4,4,7,300,77,Aotizhongxin"

Import = Callable[..., Result]


@pytest.fixture
def run_import(app: Flask, tmp_path: Path) -> Import:
    """run_import(content, *options): as at the command line; the content is lines or bytes."""

    def run(content: list[str] | bytes, *options: str) -> Result:
        path = tmp_path / "hours.csv"
        path.write_bytes(content if isinstance(content, bytes) else "\n".join(content).encode())
        return app.test_cli_runner().invoke(air, [str(path), *options])

    return run


def observations(database: Database) -> list[Observation]:
    with database.read() as session:
        return list(session.scalars(select(Observation).order_by(Observation.hour_end)))


def stations(database: Database) -> list[Station]:
    with database.read() as session:
        return list(session.scalars(select(Station).order_by(Station.valid_from)))


def test_hours_and_their_station_are_written(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC, HOUR_7, HOUR_8])
    assert result.exit_code == 0, result.output
    assert "共 2 行：新增 2，更新 0，没有变化 0，重复 0，退回 0。" in result.output
    first, second = observations(database)
    assert (first.pm25, first.pm10, first.published_aqi) == (48, 54, 67)
    assert second.pm10 is None
    (station,) = stations(database)
    assert (station.code, station.area, station.county_code, station.level) == ("2396A", "许昌市", "411002", "national")
    assert (station.valid_from.isoformat(), station.valid_to) == ("2018-02-20", None)


def test_running_it_twice_changes_nothing(run_import: Import, database: Database) -> None:
    run_import([CNEMC, HOUR_7, HOUR_8])
    again = run_import([CNEMC, HOUR_7, HOUR_8])
    assert "新增 0，更新 0，没有变化 2" in again.output
    assert "同一个文件" in again.output
    assert {one.batch_id for one in observations(database)} == {1}


def test_a_corrected_value_replaces_and_a_gap_does_not_erase(run_import: Import, database: Database) -> None:
    run_import([CNEMC, HOUR_7])
    corrected = HOUR_7.replace(",48,", ",49,").replace(",54,", ",-;,")
    assert "新增 0，更新 1，没有变化 0" in run_import([CNEMC, corrected]).output
    (one,) = observations(database)
    assert (one.pm25, one.pm10, one.batch_id) == (49, 54, 2)


def test_a_repeated_hour_counts_once_and_the_first_stands(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC, HOUR_7, HOUR_7.replace(",48,", ",99,")])
    assert "重复 1，退回 0" in result.output
    assert observations(database)[0].pm25 == 48


def test_refused_rows_are_listed_with_line_column_value_and_reason(
    run_import: Import, database: Database, tmp_path: Path
) -> None:
    bad = [HOUR_8.replace(",51,", ",x51,"), "only,three,cells"]
    result = run_import([CNEMC, HOUR_7, *bad], "--rejects", str(tmp_path / "out.csv"))
    assert result.exit_code == 0, result.output
    assert "新增 1，更新 0，没有变化 0，重复 0，退回 2。" in result.output
    assert "3\tPM2.5\t'x51'\t不是数字。" in result.output
    written = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert written[:2] == ["行号,列,值,原因", "3,PM2.5,x51,不是数字。"]
    assert len(observations(database)) == 1


def test_an_hour_that_has_not_been_is_refused(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC, HOUR_7.replace("2018-02-20T07", "2026-11-23T15")])
    assert "时间晚于现在" in result.output
    assert observations(database) == []


def test_a_station_that_moves_gets_a_new_row_under_its_code(run_import: Import, database: Database) -> None:
    moved = HOUR_7.replace("2018-02-20T07", "2022-01-01T00").replace("113.8331,34.0117", "113.8276,34.0159")
    run_import([CNEMC, HOUR_7])
    run_import([CNEMC, moved])
    run_import([CNEMC, HOUR_8])
    before, after = stations(database)
    assert (before.valid_from.isoformat(), str(before.valid_to)) == ("2018-02-20", "2021-12-30")
    assert (after.valid_from.isoformat(), after.valid_to) == ("2021-12-31", None)
    assert [one.station_id for one in observations(database)] == [before.id, before.id, after.id]


def test_older_hours_lengthen_the_station_backwards(run_import: Import, database: Database) -> None:
    run_import([CNEMC, HOUR_7])
    run_import([CNEMC, HOUR_7.replace("2018-02-20", "2017-05-01")])
    (station,) = stations(database)
    assert station.valid_from.isoformat() == "2017-05-01"


def test_one_code_for_two_places_on_one_day_is_refused(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC, HOUR_7, HOUR_8.replace("监测站", "市一中")])
    assert "两个不同的名称或位置" in result.output
    assert len(stations(database)) == 1


def test_prsa_gaps_and_units_are_read_and_the_city_is_the_named_one(run_import: Import, database: Database) -> None:
    assert run_import([PRSA, PRSA_ROW], "--station-area", "北京市").exit_code == 0
    (one,) = observations(database)
    assert (one.pm25, one.co) == (None, 0.3)
    assert stations(database)[0].area == "北京市"


def test_an_unknown_city_stays_empty_until_it_is_named(run_import: Import, database: Database) -> None:
    run_import([PRSA, PRSA_ROW])
    assert stations(database)[0].area == ""
    run_import([PRSA, PRSA_ROW], "--station-area", "北京市")
    assert [one.area for one in stations(database)] == ["北京市"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_other_encodings_are_read(run_import: Import, database: Database, encoding: str) -> None:
    assert run_import(f"{CNEMC}\r\n{HOUR_7}\r\n".encode(encoding)).exit_code == 0
    assert stations(database)[0].name == "监测站"


def test_a_dry_run_writes_nothing(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC, HOUR_7], "--dry-run")
    assert "试运行" in result.output and "新增 1" in result.output
    assert observations(database) == [] and stations(database) == []


def test_missing_columns_are_named_and_nothing_is_written(run_import: Import, database: Database) -> None:
    result = run_import([CNEMC.replace(",pm10,so2", ""), HOUR_7])
    assert result.exit_code == 1
    assert "文件缺少这些列：SO2、PM10。" in result.output
    assert stations(database) == []


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"PK\x03\x04\x00\x00workbook", b""])
def test_a_disguised_or_empty_file_is_refused_in_plain_words(run_import: Import, content: bytes) -> None:
    result = run_import(content)
    assert result.exit_code == 1
    assert "文件" in result.output and "Traceback" not in result.output


def test_every_import_is_recorded_and_audited(run_import: Import, database: Database) -> None:
    run_import([CNEMC, HOUR_7, "bad"])
    with database.read() as session:
        batch = session.scalars(select(ImportBatch)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "monitoring.import")).one()
    assert (batch.format, batch.file_name, batch.row_count, batch.inserted, batch.rejects) == (
        "cnemc",
        "hours.csv",
        2,
        1,
        1,
    )
    assert event.subject == f"import_batch:{batch.id}" and event.detail["inserted"] == 1


def test_the_real_files_are_read_to_the_last_row(app: Flask, database: Database) -> None:
    folder = os.environ.get("MINGJIAN_REAL_DATA")
    if not folder:
        pytest.skip("MINGJIAN_REAL_DATA is not set: the real files are not part of the project")
    for name, rows in (
        ("cnemc_henan_stations_2018022007.csv", 75),
        ("cnemc_xuchang_2022010100.csv", 2),
        ("prsa_guanyuan_2013_2017.csv", 35064),
    ):
        result = app.test_cli_runner().invoke(air, [str(Path(folder) / name)])
        assert f"共 {rows} 行：新增 {rows}，更新 0，没有变化 0，重复 0，退回 0。" in result.output
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 35141
