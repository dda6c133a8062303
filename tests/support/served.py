"""The house at a port of its own within the test's process, for a browser; its clock is the test's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from tests.conftest import Desk


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The house at a port of its own."""
    server = make_server("127.0.0.1", 0, desk.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
