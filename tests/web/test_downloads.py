"""Whole datasets as files, and the daily packages: right in every format, gone with what they held."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import openpyxl
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from lxml import etree

from core.database import Database
from portal.opendata.downloads.formats import SHEET_ROWS
from tests.conftest import TestClock
from tests.support.disclosures import COMPANY, Publisher

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
USCC = "91411000MA3X4TWT1J"
FULL, CHANGES = "mingjian-full-2026-11-22.zip", "mingjian-changes-2026-11-22.zip"


@pytest.fixture
def penalty(publisher: Publisher) -> str:
    return publisher.penalty(AT, fine_wan_yuan="35.2", acts=["T03", "F02"], violation_facts="=1+1；含“引号”，\n换行")


def content(client: FlaskClient, address: str) -> bytes:
    with client.get(address) as answer:
        assert answer.status_code == 200, address
        assert "attachment" in answer.headers["Content-Disposition"]
        return answer.get_data()


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula(client: FlaskClient, penalty: str) -> None:
    raw = content(client, "/data/penalties.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 2, "a head and one row, the line break inside is the text's own"
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert (row["id"], row["party_name"], row["fine_wan_yuan"], row["acts"]) == (penalty, COMPANY, "35.2", "T03;F02")
    assert row["violation_facts"] == "'=1+1；含“引号”，\n换行"


def test_json_lines_are_what_the_api_says(client: FlaskClient, penalty: str) -> None:
    (line,) = content(client, "/data/penalties.jsonl").splitlines()
    assert json.loads(line) == client.get(f"/api/v1/penalties/{penalty}").get_json()


def test_a_sheet_keeps_codes_as_text_and_sums_as_numbers(client: FlaskClient, publisher: Publisher) -> None:
    publisher.penalty(AT, party_uscc="911100001000000001", fine_wan_yuan="35.2")
    sheet = openpyxl.load_workbook(io.BytesIO(content(client, "/data/penalties.xlsx"))).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    said = dict(zip(head, row, strict=True))
    assert (said["party_uscc"], said["fine_wan_yuan"]) == ("911100001000000001", 35.2)
    assert SHEET_ROWS < 1_048_576


def test_parquet_has_types(client: FlaskClient, penalty: str) -> None:
    table = pq.read_table(io.BytesIO(content(client, "/data/penalties.parquet")))
    (row,) = table.select(["id", "decided_on", "acts", "fine_wan_yuan", "published_at"]).to_pylist()
    assert (row["id"], row["decided_on"], row["acts"]) == (penalty, date(2026, 10, 8), ["T03", "F02"])
    assert (str(row["fine_wan_yuan"]), row["published_at"]) == ("35.200000", AT)


@pytest.mark.parametrize("name", ["penalties", "blacklist", "notices", "stations", "observations"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "parquet"])
def test_every_dataset_comes_in_every_format_also_empty(client: FlaskClient, name: str, form: str) -> None:
    content(client, f"/data/{name}.{form}")


def test_every_dataset_has_a_page_a_dictionary_and_a_place_in_the_catalogue(
    client: FlaskClient, open_page: Callable[..., object]
) -> None:
    catalogue = json.loads(client.get("/data/catalogue.jsonld").get_data())
    listed = {one.get("dct:identifier") for one in catalogue["dcat:dataset"]}
    for name in ("penalties", "blacklist", "notices", "stations", "observations"):
        open_page(client, f"/data/{name}")
        assert "含义" in client.get(f"/data/{name}").get_data(as_text=True)
        rows = list(
            csv.DictReader(io.StringIO(client.get(f"/data/{name}/dictionary.csv").get_data().decode("utf-8-sig")))
        )
        assert all(row["name"] and row["label"] for row in rows)
        assert name in listed
    open_page(client, "/data/nothing", 404)


def test_packages_of_a_day_hold_what_was_public_and_what_changed(
    client: FlaskClient, penalty: str, run_jobs: Callable[[], int]
) -> None:
    assert "还没有数据包" in client.get("/data").get_data(as_text=True)
    run_jobs()
    page = client.get("/data").get_data(as_text=True)
    assert FULL in page
    assert CHANGES in page
    raw = content(client, f"/data/packages/{FULL}")
    assert hashlib.sha256(raw).hexdigest() in page
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(manifest["sha256"]) == set(archive.namelist()) - {"manifest.json"}
        for name, digest in manifest["sha256"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert json.loads(archive.read("penalties.jsonl"))["id"] == penalty
    with zipfile.ZipFile(io.BytesIO(content(client, f"/data/packages/{CHANGES}"))) as archive:
        assert json.loads(archive.read("changes.jsonl"))["event"] == "publish"


def test_a_package_with_a_withdrawn_record_is_not_served_until_it_is_made_anew(
    client: FlaskClient, penalty: str, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    publisher.withdraw(penalty, clock.now())
    refused = client.get(f"/data/packages/{FULL}")
    assert refused.status_code == 503
    assert FULL not in client.get("/data").get_data(as_text=True)
    clock.moves_on(minutes=2)
    run_jobs()
    for name in (FULL, CHANGES):
        with zipfile.ZipFile(io.BytesIO(content(client, f"/data/packages/{name}"))) as archive:
            assert archive.read("penalties.jsonl") == b""


def test_old_packages_go_away(client: FlaskClient, penalty: str, clock: TestClock, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    clock.moves_on(days=1)
    run_jobs()
    assert client.get(f"/data/packages/{FULL}").status_code == 404, "one full package is enough"
    content(client, f"/data/packages/{CHANGES}")
    clock.moves_on(days=40)
    run_jobs()
    assert client.get(f"/data/packages/{CHANGES}").status_code == 404


def test_the_site_map_leads_to_every_record_and_to_no_reporters_page(
    client: FlaskClient, penalty: str, database: Database
) -> None:
    index = etree.fromstring(client.get("/sitemap.xml").get_data())
    found: list[str] = []
    for one in index.iter("{*}loc"):
        address = str(one.text).removeprefix("http://127.0.0.1:8000")
        found += [str(loc.text) for loc in etree.fromstring(client.get(address).get_data()).iter("{*}loc")]
    assert any(one.endswith(f"/penalties/{penalty}") for one in found)
    robots = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /report" in robots
    assert not [one for one in found if "/report" in one or "/track" in one]
    for one in found:
        assert client.get(one.removeprefix("http://127.0.0.1:8000") or "/").status_code == 200, one


def test_a_package_whose_record_has_ended_is_not_served_with_the_worker_stopped(
    client: FlaskClient, publisher: Publisher, clock: TestClock, run_jobs: Callable[[], int]
) -> None:
    publisher.penalty(AT, decided_on="2025-11-24", penalty_types=["P12"], fine_wan_yuan="")
    until = client.get("/api/v1/penalties").get_json()["items"][0]["publicity_until"]
    run_jobs()
    content(client, f"/data/packages/{FULL}")
    clock.moves_on(days=(date.fromisoformat(until) - date(2026, 11, 23)).days + 1)
    assert client.get("/api/v1/penalties").get_json()["items"] == []
    assert client.get(f"/data/packages/{FULL}").status_code == 503
    assert FULL not in client.get("/data").get_data(as_text=True)
