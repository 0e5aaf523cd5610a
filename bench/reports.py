"""Reports filed a second: routed, sealed, audited and on the disk, beside a bare insert of as many bytes.

Then the whole way: 32 reporters press "send" at once over HTTP, the receipt's keys derived for each.
"""

import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import structlog

from bench import load, site, table
from bench.table import Line
from core.accounts.actor import ANONYMOUS
from core.config import Settings
from core.database import SQLITE_PRAGMAS, unit_of_work
from core.envelopes import STEP
from core.web.current import House
from core.working_calendar import WorkingCalendar
from intake import proof_of_work
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Identity, Submission
from intake.timeline import Desk
from portal.app import create_app

PER_SECOND, P95_MS = 100, 150
WITH_DERIVATION_PER_SECOND = 10
CLIENTS, EACH = 32, 3
ANSWERS = {
    "channel": "12369",
    "subject": "water",
    "county": "411082",
    "accused_kind": "unknown",
    "words": "每天夜里有人往河里倒黑水。",
    "identity_kind": "anonymous",
}
SUBMISSION = Submission(
    category_channel="12369",
    received_by="web",
    subject="data_fraud",
    acts=("T08",),
    county="411081",
    place="污水处理厂南门",
    accused=Accused("company", "禹州恒信污水处理有限公司"),
    when="最近一个月",
    words="每次检查前半小时，有人把在线监测的进样管插进一桶清水里，检查完再换回来。" * 10,
    identity=Identity("某人", "某处"),
)


def run(house: House, folder: Path, count: int) -> Iterator[Line]:
    bare = _times(_bare_insert(folder / "bare.db"), count)
    filed = _times(lambda: _file(house), count)
    rate, peer = count / sum(filed) * 1000, count / sum(bare) * 1000
    yield table.at_least("reports filed (peer: sqlite3, one insert)", rate, PER_SECOND, unit="/s", peer=peer)
    p95 = load.quantile(sorted(filed), 0.95)
    yield table.at_most("  p95", p95, P95_MS, unit="ms", peer=load.quantile(sorted(bare), 0.95))


def pressed(place: Path) -> Iterator[Line]:
    """The demo city in `place`, under gunicorn: as many as CLIENTS press at once until all are through."""
    clients = CLIENTS
    settings = Settings.from_environ({"MINGJIAN_DATA_DIR": str(place), "MINGJIAN_DEMO": "yes"})
    drafts = _drafts(settings, clients * EACH)
    times: list[float] = []
    failures: list[int] = []
    with site.served("wsgi:app", place) as address, ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        list(pool.map(lambda draft: _press(address, draft, times, failures), drafts))
        seconds = time.perf_counter() - started
    label = f"reports sent by {clients} at once, receipt derived"
    yield table.at_least(label, len(times) / seconds, WITH_DERIVATION_PER_SECOND, unit="/s")
    yield table.at_most("  errors", float(len(failures)), 0, unit="")
    yield table.at_most("  p95", load.quantile(sorted(times), 0.95), unit="ms")


def _drafts(settings: Settings, count: int) -> list[tuple[str, str]]:
    """(cookie, form) of reporters before the button, whose browsers have done their work."""
    app = create_app(settings)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    made = []
    for number in range(count):
        client = app.test_client()
        with client.session_transaction() as session:
            session["report"] = {**ANSWERS, "words": f"{ANSWERS['words']}{number}"}
        page = client.get("/report/check").get_data(as_text=True)
        cookie = client.get_cookie("mingjian")
        fields = dict(re.findall(r'name="(csrf_token|challenge)"[^>]*value="([^"]+)"', page))
        fields["answer"] = proof_of_work.solve(fields["challenge"])
        made.append((cookie.value if cookie else "", urlencode(fields)))
    return made


def _press(address: str, draft: tuple[str, str], times: list[float], failures: list[int]) -> None:
    cookie, form = draft
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {"Cookie": f"mingjian={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
    started = time.perf_counter()
    connection.request("POST", "/report/send", form, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    times.append((time.perf_counter() - started) * 1000)
    if answer.status != 302 or not (answer.headers["Location"] or "").endswith("/report/done"):
        failures.append(answer.status)


def _file(house: House) -> None:
    with unit_of_work(house.database) as session:
        desk = Desk(WorkingCalendar.load(session), ANONYMOUS, house.clock.now())
        file_report(session, SUBMISSION, keys=ReceiptKeys.of_nobody(), desk=desk)


def _bare_insert(file: Path) -> Callable[[], None]:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE report (id INTEGER PRIMARY KEY, words BLOB)")
    return lambda: _commit_one(connection)


def _commit_one(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO report(words) VALUES (?)", (bytes(2 * STEP),))
    connection.execute("COMMIT")


def _times(work: Callable[[], None], count: int) -> list[float]:
    work()
    return [_time(work) for _ in range(count)]


def _time(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
