"""The web server of this house: gunicorn with threads, as `run`, `serve` and the door for phones start it.

Owns its settings and what a line may cost: one that says nothing for a minute is let go, in the middle of a body too.
Refuses settings from elsewhere (files, GUNICORN_CMD_ARGS), and HTTP/2, over which no upload was ever tried.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

_KEPT_LINES = 2048  # open and silent between two requests, beside those that are served
_KEPT_SECONDS = 20
_MOMENT_MS = 5
_SILENT_SECONDS = 60
_STOPPING_SECONDS = 10
_LONGEST_LINE = 8190  # of a request, its address with all it asks for; gunicorn takes no more
_TIMEVAL = struct.Struct("@ll")


class WebServer(BaseApplication):
    """`serve` answers until it is told to stop (SIGTERM, SIGINT); SIGHUP has new processes take over from the old."""

    def __init__(
        self,
        application: Callable[[], Flask],
        address: tuple[str, int],
        *,
        processes: int,
        threads: int,
        tls: Path | None = None,
    ) -> None:
        """`application` is called in each process; `tls` is a file with certificate and key."""
        self._application = application
        host, port = address
        self._settings: dict[str, object] = {
            "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
            "worker_class": _Worker,
            "workers": processes,
            "threads": threads,
            "worker_connections": threads + _KEPT_LINES,
            "keepalive": _KEPT_SECONDS,
            "graceful_timeout": _STOPPING_SECONDS,
            "limit_request_line": _LONGEST_LINE,
            "http_protocols": "h1",
            "loglevel": "error",
            "control_socket_disable": True,
            "when_ready": _let_silent_lines_go,
        }
        if tls is not None:
            self._settings |= {"certfile": str(tls), "keyfile": str(tls), "ssl_context": _Context()}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application()

    def serve(self) -> None:
        """Until it is stopped. A forked worker ends here: what its parent does after serving, such as to stop the
        worker of jobs, is not for it to do."""
        parent = os.getpid()
        try:
            self.run()
        except SystemExit as ended:
            if os.getpid() == parent:
                raise
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(ended.code if isinstance(ended.code, int) else 1)


class _Worker(ThreadWorker):
    """Stays with a line for a moment: who sends a file asks the next thing at once, and the way back to whoever looks
    at all lines costs two changes of threads."""

    def handle(self, conn: Any) -> Any:
        kept = super().handle(conn)
        while kept is True and self.alive and _says_more(conn):
            kept = super().handle(conn)
        return kept


def _says_more(conn: Any) -> bool:
    if conn.parser.unreader.buf.getvalue() or (isinstance(conn.sock, ssl.SSLSocket) and conn.sock.pending()):
        return True
    waiting = select.poll()
    waiting.register(conn.sock, select.POLLIN)
    return bool(waiting.poll(_MOMENT_MS))


class _Context:
    """The certificate read once a process; gunicorn would read it anew for each line."""

    def __init__(self) -> None:
        self._read: dict[int, ssl.SSLContext] = {}

    def __call__(self, _config: object, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        process = os.getpid()
        if process not in self._read:
            self._read = {process: usual()}
        return self._read[process]


def _let_silent_lines_go(server: Any) -> None:
    """A line inherits it from the port where it was opened; reading and writing then end as on one that broke."""
    for listener in server.LISTENERS:
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, direction, _TIMEVAL.pack(_SILENT_SECONDS, 0))
