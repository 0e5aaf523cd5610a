"""A virus scanner beside the house: what it finds is not taken, and where it is away evidence is taken and marked."""

import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from core import virus_scan
from core.config import ConfigError, Settings
from core.virus_scan import CLEAN, INFECTED, UNSCANNED, Verdict, scan
from core.web.current import EXTENSION
from intake import attachments
from tests.support.officer import Officer
from tests.support.reporter import WORDS, Reporter

# In two halves, so that scanners leave this file alone: eicar.org, "anti-malware test file".
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = Verdict(INFECTED, "Eicar-Test-Signature")


class Scanner:
    """A socket that speaks clamd's INSTREAM: counted pieces, an empty one at the end, one answer."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.heard: list[bytes] = []
        self._most = most
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def stops(self) -> None:
        """Also for whoever waits in accept, which closing alone would not wake."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                connection.sendall(self._answer(stream) + b"\0")

    def _answer(self, stream) -> bytes:  # type: ignore[no-untyped-def]
        content = b""
        while length := struct.unpack(">I", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self._most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.heard.append(content)
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    one = Scanner()
    yield one
    one.stops()


@pytest.fixture
def scanned(app: Flask, scanner: Scanner) -> Flask:
    house = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, clamd_url=scanner.address))
    return app


def test_the_pieces_arrive_whole_and_the_answer_is_read(scanner: Scanner) -> None:
    assert scan(scanner.address, [b"a" * 70_000, b"", b"b"]) == Verdict(CLEAN)
    assert scan(scanner.address, [b"mail ", EICAR[:20], EICAR[20:]]) == FOUND
    assert scanner.heard == [b"a" * 70_000 + b"b", b"mail " + EICAR]


def test_a_scanner_that_is_away_or_has_had_enough_counts_as_no_scan(scanner: Scanner, tmp_path: Path) -> None:
    assert scan(f"unix://{tmp_path}/none", [b"a"]) == Verdict(UNSCANNED)
    small = Scanner(most=10)
    assert scan(small.address, [b"a" * 1000] * 50) == Verdict(UNSCANNED)
    small.stops()
    scanner.stops()


def test_a_file_with_a_virus_is_named_and_not_kept_and_the_report_goes_out(scanned: Flask, people: object) -> None:
    reporter = Reporter(scanned.test_client())
    reporter.tells(until="files")
    reporter.attaches(("清单.txt", EICAR), ("说明.txt", "夜里十一点".encode()))
    [problem] = reporter.problems()
    assert "“清单.txt”里查出病毒（Eicar-Test-Signature），没有接收" in problem
    assert "说明.txt" in reporter.page.text() and "夜里" not in reporter.page.text()
    folder = attachments.folder(scanned.extensions[EXTENSION].settings.data_dir)
    assert len(list(folder.iterdir())) == 1


def test_an_officer_is_told_whether_a_file_was_scanned(scanned: Flask, people: object, scanner: Scanner) -> None:
    reporter = Reporter(scanned.test_client())
    reporter.tells(until="files")
    reporter.attaches(("查过.txt", WORDS.encode()))
    scanner.stops()
    reporter.attaches(("没查.txt", WORDS.encode()))
    reporter.goes_on()
    reporter.goes_on()
    case = f"/desk/{reporter.sends().case_number}"
    text = Officer(scanned, "county_officer").post(f"{case}/open", at=case).text()
    assert "查过.txt" in text and "没查.txt" in text
    assert text.count("没有查过病毒") == 1


def test_without_the_setting_nobody_is_asked(app: Flask, people: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virus_scan, "scan", lambda *_: pytest.fail("asked"))
    reporter = Reporter(app.test_client())
    reporter.tells(until="files")
    reporter.attaches(("清单.txt", EICAR))
    assert reporter.problems() == []


@pytest.mark.parametrize("address", ["localhost:3310", "http://127.0.0.1", "/run/clamd.ctl"])
def test_an_address_that_is_none_is_refused_at_start(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CLAMD_URL"):
        Settings.from_environ({"MINGJIAN_DATA_DIR": str(tmp_path), "MINGJIAN_CLAMD_URL": address})


@pytest.mark.nightly
@pytest.mark.timeout(120)
@pytest.mark.skipif(shutil.which("clamd") is None, reason="no clamd on this machine")
def test_a_real_clamd_finds_the_test_file(tmp_path: Path) -> None:
    """With one signature of our own, so that no database has to be fetched: the md5 of EICAR's 68 bytes."""
    (tmp_path / "own.hdb").write_text("44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n")
    settings = tmp_path / "clamd.conf"
    settings.write_text(f"LocalSocket {tmp_path}/clamd.ctl\nDatabaseDirectory {tmp_path}\nForeground yes\n")
    program = subprocess.Popen([str(shutil.which("clamd")), "-c", str(settings)], stdout=subprocess.DEVNULL)
    address = f"unix://{tmp_path}/clamd.ctl"
    try:
        until = time.monotonic() + 60
        while scan(address, [b"a"]).state == UNSCANNED and time.monotonic() < until:
            time.sleep(0.2)
        assert scan(address, [b"only words"]) == Verdict(CLEAN)
        found = scan(address, [EICAR[:30], EICAR[30:]])
        assert (found.state, "Eicar" in found.virus) == (INFECTED, True)
    finally:
        program.terminate()
        program.wait()
