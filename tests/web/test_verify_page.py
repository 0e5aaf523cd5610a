"""The page where anybody brings a record or a proof and reads, in plain words, what it proves and what it does not."""

import hashlib
import io
import json
from collections.abc import Callable
from functools import partial

from flask.testing import FlaskClient

from tests.conftest import TestClock
from tests.support.disclosures import Publisher
from tests.support.page import Page, check, checked


def outcome_of(client: FlaskClient, **fields: object) -> str:
    """What the page says to what was brought."""
    hidden = checked(client, "/verify").hidden_fields()
    response = client.post("/verify", data={**hidden, **fields}, content_type="multipart/form-data")
    return check(Page("/verify", response.status_code, response.get_data(as_text=True))).text()


def test_the_button_of_a_record_says_what_is_proved_and_what_is_not(
    client: FlaskClient, records: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(client, f"/penalties/{records[1]}")
    links = [one for one in page.find("//main//a/@href") if str(one).startswith("/verify")]
    assert len(links) == 2
    for link in links:
        checked = open_page(client, str(link))
        assert "核验通过" in checked.text()
        assert "这不证明" in checked.text()


def test_a_pasted_record_that_was_changed_does_not_pass(
    client: FlaskClient, records: list[str], open_page: Callable[..., Page]
) -> None:
    body = client.get(f"/records/{records[0]}.json").get_data(as_text=True)
    proof = client.get(f"/records/{records[0]}.tlog-proof").get_data(as_text=True)
    outcome = partial(outcome_of, client)
    assert "核验通过" in outcome(record=body, proof=proof)
    assert "核验通过" in outcome(record=json.dumps(json.loads(body), indent=2), proof=proof.replace("\n", "\r\n"))
    assert "核验没有通过" in outcome(record=body.replace("五万", "五千"), proof=proof)
    assert "核验没有通过" in outcome(record=body, proof=proof.replace("index 0", "index 1"))
    assert "核验没有通过" in outcome(record=body, proof="随便写的")
    assert "核验没有通过" in outcome(record="<script>", proof=proof)
    assert "请粘贴或选择一条记录" in outcome(record="", proof="")


def test_a_proof_alone_proves_the_entry_and_says_that_the_text_is_open(client: FlaskClient, records: list[str]) -> None:
    proof = client.get(f"/records/{records[1]}.tlog-proof").get_data(as_text=True)
    said = outcome_of(client, record="", proof=proof)
    assert "账本里有这一条；文字还没有核对" in said
    assert "更正" in said
    assert "把记录的文字也贴上" in said


def test_a_record_alone_is_found_by_its_text_also_an_old_version(client: FlaskClient, records: list[str]) -> None:
    for version in (1, 2):
        body = client.get(f"/records/{records[1]}.json?version={version}").get_data(as_text=True)
        said = outcome_of(client, record=json.dumps(json.loads(body), indent=1), proof="")
        assert "核验通过" in said
        assert f"版本 {version}" in said
    changed = body.replace("稀释", "没有稀释")
    assert "没有哪一条公开的记录和它一字不差" in outcome_of(client, record=changed, proof="")
    for nonsense in ("[1]", "{}", "1", "null", "不是 JSON", '{"decided_on": 5}', "[" * 50_000):
        assert "没有哪一条公开的记录和它一字不差" in outcome_of(client, record=nonsense, proof="")


def test_a_record_is_found_by_its_number_and_by_its_address(client: FlaskClient, records: list[str]) -> None:
    for brought in (records[0], f"https://jiance.example.cn/penalties/{records[0]}", f" {records[0]}\n"):
        assert "核验通过" in outcome_of(client, record=brought, proof="")


def test_a_withdrawn_record_is_told_as_such(
    client: FlaskClient, records: list[str], publisher: Publisher, clock: TestClock
) -> None:
    publisher.withdraw(records[0], clock.now())
    hidden = checked(client, "/verify").hidden_fields()
    response = client.post("/verify", data={**hidden, "record": records[0], "proof": ""})
    assert response.status_code == 410


def test_files_can_be_uploaded(client: FlaskClient, records: list[str]) -> None:
    body = client.get(f"/records/{records[0]}.json").get_data()
    proof = client.get(f"/records/{records[0]}.tlog-proof").get_data()

    def outcome(record: bytes, proof: bytes) -> str:
        return outcome_of(
            client,
            record_file=(io.BytesIO(record), "record.json"),
            proof_file=(io.BytesIO(proof), "record.tlog-proof"),
        )

    assert "核验通过" in outcome(body, proof)
    assert "核验没有通过" in outcome(body[:-1], proof)
    assert "核验没有通过" in outcome(b"\xff" * 100, proof)


def test_the_button_in_the_browser_says_that_it_is_a_convenience(
    client: FlaskClient, records: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(client, f"/penalties/{records[0]}")
    box = page.find("//section[@data-check]")[0]
    assert box.get("hidden") is not None, "without JavaScript there is nothing to press"
    assert "图个方便" in "".join(box.itertext())


def test_a_proved_record_names_its_files_with_their_digests(
    client: FlaskClient, publisher: Publisher, clock: TestClock
) -> None:
    def verdict(record: str) -> str:
        return checked(client, f"/verify?record={record}").text("//section[contains(@class, 'verdict')]")

    record = publisher.penalty(clock.now(), files=[("决定书.txt", "罚款".encode())])
    digest = hashlib.sha256(client.get(f"/records/{record}/attachments/1").get_data()).hexdigest()
    assert "决定书.txt" in verdict(record) and digest in verdict(record)
    assert "SHA-256" not in verdict(publisher.notice(clock.now()))
