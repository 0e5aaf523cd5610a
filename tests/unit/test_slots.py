"""At most so many at once, over threads and processes; a slot comes back when its holder dies."""

import subprocess
import sys
import threading
import time
from pathlib import Path

from core.slots import Slots

HOLDS = """
import sys, time
from pathlib import Path
from core.slots import Slots
with Slots(Path(sys.argv[1]), "test", 2).taken():
    print("held", flush=True)
    time.sleep(60)
"""


def test_never_more_than_two_work_at_once(tmp_path: Path) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def work() -> None:
        with Slots(tmp_path, "test", 2).taken():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.02)
            with lock:
                now[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [2]


def test_the_slots_of_a_killed_process_are_free_again(tmp_path: Path) -> None:
    holders = [
        subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in holders:
        assert one.stdout is not None and one.stdout.readline() == "held\n"
    got = threading.Event()

    def wait() -> None:
        with Slots(tmp_path, "test", 2).taken():
            got.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not got.wait(0.2)
    for one in holders:
        one.kill()
        one.wait()
        assert one.stdout is not None
        one.stdout.close()
    waiting.join(10)
    assert got.is_set()
