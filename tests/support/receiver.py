"""A receiver of group robots' messages: a real HTTP server on 127.0.0.1 that checks signatures as the makers do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROBOT_SECRET = "SEC-lantern-for-tests"  # pragma: allowlist secret


class Receiver:
    """What it got, and how it answers: `answers` are taken one by one, then everything is accepted.

    An answer is a status with a body, or a function that does something else with the connection.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answers: list[tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        return [(body.get("text") or {}).get("content") or body["content"]["text"] for body in self.got]

    def url(self, flavour: str) -> str:
        paths = {
            "wecom": "/cgi-bin/webhook/send?key=7b1d-key-of-the-group",
            "dingtalk": "/robot/send?access_token=7b1d-key-of-the-group",
            "feishu": "/open-apis/bot/v2/hook/7b1d-key-of-the-group",
        }
        return f"http://{self.host}{paths[flavour]}"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.got.append(body)
        self.paths.append(handler.path)
        if self.answers:
            answer = self.answers.pop(0)
            if callable(answer):
                answer(handler)
                return
        else:
            answer = 200, json.dumps(self._verdict(handler.path, body)).encode()
        status, content = answer
        handler.send_response(status)
        if 300 <= status < 400:
            handler.send_header("Location", f"http://{self.host}/elsewhere")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _verdict(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The maker's answer: each checks the signature in its own way, when the robot is one that signs."""
        asked = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        match asked.path:
            case "/cgi-bin/webhook/send":
                return _said("errcode", "errmsg", 0 if query == {"key": "7b1d-key-of-the-group"} else 93000)
            case "/robot/send":
                stamp = query.get("timestamp", "")
                expected = _sign(ROBOT_SECRET, f"{stamp}\n{ROBOT_SECRET}")
                right = len(stamp) == 13 and query.get("sign") == expected
                return _said("errcode", "errmsg", 0 if right else 310000)
            case "/open-apis/bot/v2/hook/7b1d-key-of-the-group":
                stamp = body.get("timestamp", "")
                right = len(stamp) == 10 and body.get("sign") == _sign(f"{stamp}\n{ROBOT_SECRET}", "")
                return _said("code", "msg", 0 if right else 19021)
        return {"page": "not found"}


def _sign(key: str, content: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), content.encode(), hashlib.sha256).digest()).decode()


def _said(code: str, words: str, value: int) -> dict[str, Any]:
    return {code: value, words: "ok" if value == 0 else "sign not match"}


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
