"""The load of the upload bench: whole files as fast as they go, and slow phones; raw sockets, as the cores are few."""

from __future__ import annotations

import os
import socket
import statistics
import struct
import threading
import time
from itertools import count
from queue import Empty, SimpleQueue

import requests

from tests.bench.upload_servers import Target

_PIECE = 1 << 16
OFFSET_TYPE = "application/offset+octet-stream"
_numbers = count()


class Content:
    """Bytes of one size that no two files share: a head of their own, and a rest that is the same for all."""

    def __init__(self, size: int, kind: str) -> None:
        self.size = size
        self._kind = kind
        self._rest = memoryview(os.urandom(size - 100).replace(b"%", b"x") + b"\n%%EOF\n".rjust(20))

    def parts(self) -> tuple[bytes, memoryview]:
        own = f"{next(_numbers):012d}{time.monotonic_ns():018d}".encode()
        if self._kind == "recording":
            head = (
                b"RIFF"
                + struct.pack("<I", self.size - 8)
                + b"WAVEfmt "
                + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
            )
            head += b"data" + struct.pack("<I", self.size - 44) + own
        else:
            head = b"%PDF-1.7\n%" + own
        head = head.ljust(self.size - len(self._rest), b" ")
        return head, self._rest


def throughput(target: Target, content: Content, at_a_time: int, files: int) -> float:
    """MB/s of so many files, so many at a time. Any answer but success ends the bench."""
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(files):
        waiting.put(number)
    failed: list[BaseException] = []

    def send() -> None:
        try:
            with socket.create_connection(("127.0.0.1", target.port)) as line:
                while True:
                    waiting.get_nowait()
                    upload(line, target, content)
        except Empty:
            return
        except BaseException as error:
            failed.append(error)

    senders = [threading.Thread(target=send) for _ in range(at_a_time)]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    took = time.perf_counter() - began
    if failed:
        raise failed[0]
    return files * content.size / took / 1e6


def upload(line: socket.socket, target: Target, content: Content) -> None:
    head, rest = content.parts()
    if not target.tus:
        _ask(
            line, "PUT", f"/{head[10:40].decode().strip()}", {"Content-Length": str(content.size)}, head, rest
        )
        return
    told = target.headers | target.metadata() | _bytes_of(content.size)
    del told["Upload-Offset"]
    _ask(line, "POST", target.path, told | {"Upload-Length": str(content.size)}, head, rest)


def created(line: socket.socket, target: Target, size: int) -> str:
    """The path of a new upload."""
    headers = target.headers | target.metadata()
    headers |= {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Content-Length": "0"}
    answer = _ask(line, "POST", target.path, headers)
    (location,) = [
        text.partition(":")[2].strip()
        for text in answer.split("\r\n")
        if text.lower().startswith("location:")
    ]
    return location if location.startswith("/") else "/" + location.split("/", 3)[3]


def _bytes_of(size: int) -> dict[str, str]:
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": OFFSET_TYPE,
        "Content-Length": str(size),
    }


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _ask(
    line: socket.socket, method: str, path: str, headers: dict[str, str], *body: bytes | memoryview
) -> str:
    line.sendall(_head(method, path, headers))
    for part in body:
        line.sendall(part)
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = line.recv(_PIECE)
        if not piece:
            raise RuntimeError(f"{method} {path}: the line ended: {answer[:300]!r}")
        answer += piece
    text, _, came = answer.partition(b"\r\n\r\n")
    told = text.decode("latin-1")
    if told.split(" ", 2)[1] not in ("200", "201", "204"):
        raise RuntimeError(f"{method} {path}: {told[:300]} {came[:500]!r}")
    length = next(
        (int(row.split(":")[1]) for row in told.split("\r\n") if row.lower().startswith("content-length:")), 0
    )
    while len(came) < length:
        came += line.recv(_PIECE)
    return told


class SlowPhones:
    """So many phones that send so many bytes a second, each into an upload of its own, until they are stopped."""

    def __init__(self, target: Target, phones: int, bytes_a_second: int) -> None:
        self._share = bytes_a_second // 4
        self._size = 19 << 20
        self._stopped = threading.Event()
        self.sent = 0
        self._lines = [self._begin(target) for _ in range(phones)]
        self._thread = threading.Thread(target=self._trickle)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        for line in self._lines:
            line.close()

    def _begin(self, target: Target) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", target.port))
        where = created(line, target, self._size)
        line.sendall(_head("PATCH", where, target.headers | _bytes_of(self._size)))
        line.sendall(b"%PDF-1.7\n")
        line.setblocking(False)
        return line

    def _trickle(self) -> None:
        share = b"x" * self._share
        turn = 0
        while not self._stopped.wait(0.05):
            # a fifth of the phones each twentieth of a second: every phone sends four times a second
            for line in self._lines[turn % 5 :: 5]:
                try:
                    self.sent += line.send(share)
                except BlockingIOError:
                    continue
            turn += 1


def latencies(session: requests.Session, url: str, seconds: float) -> tuple[float, int]:
    """p95 in milliseconds of a list that the phone asks for, asked one after the other; and how many timed out."""
    took: list[float] = []
    lost = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            answer = session.get(url, timeout=5)
            assert answer.status_code == 200, answer.text
            took.append((time.perf_counter() - began) * 1000)
        except requests.Timeout:
            lost += 1
    return statistics.quantiles(took, n=20)[18], lost
