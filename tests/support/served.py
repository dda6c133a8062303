"""The house at a port of its own within the test's process, for a browser; its clock is the test's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import Flask
from werkzeug.serving import make_server

from tests.conftest import Desk


def served(desk: Desk) -> AbstractContextManager[str]:
    """The house at a port of its own."""
    return serving(desk.client.application)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application at a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
