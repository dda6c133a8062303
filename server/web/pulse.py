"""A small question to the own door while bodies are received: whoever was left without a thread gets one.

Granian makes a thread when a request comes and none is free. Now and then it takes one for free that has just gone to a
slow body, and then the request waits until the next one comes; on a quiet evening that is when the body has ended
(src/blocking.rs of 2.8.9, `run`). Owns that next request. Refuses to ask while nothing is received.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_SECONDS = 0.25
_QUESTION = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Door:
    """Where this machine's web processes answer, all at one port; the kernel chooses which of them hears."""

    host: str
    port: int
    tls: bool

    def ask(self) -> None:
        """The answer is of no use; a door that does not open now, while all stops or starts, is asked again anyway."""
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=_SECONDS) as line:
            if not self.tls:
                line.sendall(_QUESTION)
                line.recv(1)
                return
            # Nobody is to be told apart here and nothing is told: it is our own machine.
            with ssl._create_unverified_context().wrap_socket(line) as sealed:  # noqa: S323
                sealed.sendall(_QUESTION)
                sealed.recv(1)


def start_pulse(
    door: Door, busy: Callable[[], bool], ended: threading.Event | None = None
) -> threading.Thread:
    """Ask while `busy`, four times a second, until `ended` or the process is."""
    ended = ended or threading.Event()

    def beat() -> None:
        while not ended.wait(_SECONDS):
            if busy():
                door.ask()

    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    return thread
