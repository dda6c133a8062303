"""The pulse of a web process: it asks its own door while bodies are received, and at no other time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from server.web.pulse import Door, start_pulse


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        opened.settimeout(10)
        yield opened


def test_it_asks_again_and_again_while_bodies_are_received_and_then_no_more(listener: socket.socket) -> None:
    asked, ended = [True, True, False], threading.Event()
    looked = threading.Event()

    def busy() -> bool:
        answer = asked.pop(0) if asked else False
        if not asked:
            looked.set()
        return answer

    beating = start_pulse(Door("127.0.0.1", listener.getsockname()[1], tls=False), busy, ended)
    for _ in range(2):
        line, _ = listener.accept()
        with line:
            assert line.recv(200).startswith(b"GET /healthz HTTP/1.1\r\n")
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    assert looked.wait(10)
    ended.set()
    beating.join(10)
    listener.settimeout(0)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("tls", [False, True])
def test_a_door_that_is_closed_or_speaks_otherwise_is_no_error(listener: socket.socket, *, tls: bool) -> None:
    port = listener.getsockname()[1]
    Door("127.0.0.1", port, tls).ask()  # accepted by the kernel, answered by nobody
    listener.close()
    Door("127.0.0.1", port, tls).ask()
