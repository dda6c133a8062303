"""The web server as it is started: bodies come straight from the line, the next request is whole, and silence ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, request

from server.cli import web
from server.web.bodies import body_reader
from tests.support.server import free_port

_FORK = multiprocessing.get_context("fork")
_SILENT = 1


def _application() -> Flask:
    """Answers with what was read: `?most=` bytes of the body at most, `?piece=` at a time."""
    app = Flask("reading")

    @app.post("/read")
    def read() -> str:
        most, piece = int(request.args.get("most", 1 << 30)), int(request.args.get("piece", 1 << 16))
        line, came, pieces, broken = body_reader(), b"", 0, ""
        try:
            while len(came) < most and (some := line.read(min(piece, most - len(came)))):
                came += some
                pieces += 1
        except OSError as error:
            broken = type(error).__name__
        return f"{len(came)} bytes in {pieces} {came[:20].decode()} {broken}".strip()

    return app


def _serve(port: int) -> None:
    web.WebServer(_application, ("127.0.0.1", port), processes=1, threads=4).serve()


def _serve_and_tell(port: int, told: Path) -> None:
    try:
        _serve(port)
    finally:
        with told.open("a") as ended:
            ended.write(f"{os.getpid()} ")


def _wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "_SILENT_SECONDS", _SILENT)
        found = free_port()
        process = _FORK.Process(target=_serve, args=(found,))
        process.start()
    try:
        _wait_for(partial(_listens, found))
        yield found
    finally:
        process.terminate()
        process.join(20)


@pytest.fixture
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        yield opened


def _post(query: str, body: bytes, length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return f"POST /read?{query} HTTP/1.1\r\nHost: a\r\nContent-Length: {told}\r\n\r\n".encode() + body


def _chunked(*chunks: bytes) -> bytes:
    head = b"POST /read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)


def _answer(line: socket.socket) -> str:
    """The body of the next answer."""
    came = b""
    while b"\r\n\r\n" not in came:
        some = line.recv(1)
        assert some, came
        came += some
    (length,) = (int(row[15:]) for row in came.lower().split(b"\r\n") if row.startswith(b"content-length:"))
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return body.decode()


def test_a_body_that_came_with_its_head_ends_where_the_next_request_begins(line: socket.socket) -> None:
    line.sendall(_post("piece=4", b"first body") + _post("", b"second"))
    assert _answer(line) == "10 bytes in 3 first body"
    assert _answer(line) == "6 bytes in 1 second"


def test_a_body_is_read_from_the_line_to_its_last_byte_and_no_further(line: socket.socket) -> None:
    body = b"x" * 1_000_000
    line.sendall(_post("", body) + _post("", b"next"))
    assert _answer(line).startswith("1000000 bytes in ")
    assert _answer(line) == "4 bytes in 1 next"


def test_the_rest_of_a_body_that_nobody_read_is_no_request(line: socket.socket) -> None:
    line.sendall(_post("most=2", b"ab" + b"GET / HTTP/1.1\r\n\r\n" * 3))
    assert _answer(line) == "2 bytes in 1 ab"
    line.sendall(_post("", b"next"))
    assert _answer(line) == "4 bytes in 1 next"


def test_a_line_with_too_much_that_nobody_read_is_closed(line: socket.socket) -> None:
    line.sendall(_post("most=2", b"ab" + b"GET / HTTP/1.1\r\n\r\n" * 9000))
    assert _answer(line) == "2 bytes in 1 ab"
    with suppress(ConnectionError):
        assert line.recv(1) == b""


def test_chunks_are_given_as_they_come_and_the_next_request_stands_behind_them(line: socket.socket) -> None:
    line.sendall(_chunked(b"one", b"two"))
    line.sendall(b"0\r\n\r\n" + _post("", b"next"))
    assert _answer(line) == "6 bytes in 2 onetwo"
    assert _answer(line) == "4 bytes in 1 next"


def test_a_line_after_chunks_that_are_none_is_closed(line: socket.socket) -> None:
    line.sendall(_chunked(b"one") + b"nonsense\r\n" + _post("", b"smuggled"))
    assert _answer(line) == "3 bytes in 1 one OSError"
    assert line.recv(1) == b""


def test_a_body_that_goes_silent_ends_and_what_came_is_there(line: socket.socket) -> None:
    began = time.monotonic()
    line.sendall(_post("", b"the beginning", 1000))
    assert _answer(line) == "13 bytes in 1 the beginning BlockingIOError"
    assert _SILENT / 2 < time.monotonic() - began < 5 * _SILENT
    assert line.recv(1) == b""


def test_a_head_that_goes_silent_holds_no_thread(line: socket.socket) -> None:
    line.sendall(b"POST /read HTTP/1.1\r\nHost:")
    assert line.recv(1) == b""


def test_a_body_that_is_cut_ends(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(_post("", b"the beginning", 1000))
        line.shutdown(socket.SHUT_WR)
        assert _answer(line) == "13 bytes in 1 the beginning"


def test_a_worker_that_ends_does_not_go_on_where_its_parent_served(tmp_path: Path) -> None:
    told, port = tmp_path / "told", free_port()
    parent = _FORK.Process(target=_serve_and_tell, args=(port, told))
    parent.start()
    assert parent.pid is not None
    try:
        _wait_for(partial(_listens, port))
        (first,) = _wait_for_workers(parent.pid)
        os.kill(first, signal.SIGTERM)
        _wait_for(lambda: first not in _workers(parent.pid or 0))
        assert not told.exists()
    finally:
        parent.terminate()
        parent.join(20)
    assert told.read_text().split() == [str(parent.pid)]
    assert parent.exitcode == 0


def _workers(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _wait_for_workers(parent: int) -> list[int]:
    _wait_for(lambda: bool(_workers(parent)))
    return _workers(parent)
