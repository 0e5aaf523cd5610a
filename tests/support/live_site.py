"""The whole product running for a browser: web threads, one worker, a clock that stands where the test put it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """The address of the running site; the worker runs beside it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, daemon=True),
        threading.Thread(target=app.extensions["create_worker"]().run, args=(stop,), kwargs={"pause": 0.05}),
    ]
    for one in threads:
        one.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stop.set()
        server.shutdown()
        for one in threads:
            one.join()
        server.server_close()
