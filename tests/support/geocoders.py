"""Providers of geocodes on 127.0.0.1: a real HTTP server that answers in the formats of Baidu, Amap and Nominatim."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "7b1d-key-of-the-firm"
PROVIDERS = ("baidu", "amap", "nominatim")


@dataclass(frozen=True)
class Place:
    """What a provider knows of a text: degrees in its own datum, its word for the precision."""

    latitude: float = 35.0
    longitude: float = 113.9
    level: str = "门牌号"
    confidence: int = 80
    box: tuple[str, str, str, str] = ("34.999", "35.001", "113.899", "113.901")


class Provider:
    """`knows` texts; others it has never heard of. `answers` come first: a status with a body, or a function."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.knows: dict[str, Place] = {}
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]] = []

    @property
    def texts(self) -> list[str]:
        return [query.get("address") or query["q"] for query in self.asked]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        asked = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self.asked.append(query)
        self.paths.append(asked.path)
        self.headers.append(dict(handler.headers))
        if self.answers:
            answer = self.answers.pop(0)
            if callable(answer):
                answer(handler)
                return
            status, content = answer
        else:
            status, content = 200, json.dumps(self._answer(asked.path, query)).encode()
        handler.send_response(status)
        if 300 <= status < 400:
            handler.send_header("Location", f"{self.url}/elsewhere?{asked.query}")
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _answer(self, path: str, query: dict[str, str]) -> Any:
        place = self.knows.get(query.get("address") or query.get("q", ""))
        match path:
            case "/geocoding/v3/":
                return _baidu(query, place)
            case "/v3/geocode/geo":
                return _amap(query, place)
            case "/search":
                return _nominatim(place)
        return {"page": "not found"}


def _baidu(query: dict[str, str], place: Place | None) -> dict[str, Any]:
    if query.get("ak") != KEY:
        return {"status": 200, "message": "APP不存在，AK有误请检查再重试"}
    if place is None:
        return {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}
    location = {"lng": place.longitude, "lat": place.latitude}
    found = {
        "location": location,
        "precise": 1,
        "confidence": place.confidence,
        "comprehension": 100,
        "level": place.level,
    }
    return {"status": 0, "result": found}


def _amap(query: dict[str, str], place: Place | None) -> dict[str, Any]:
    if query.get("key") != KEY:
        return {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}
    found = [] if place is None else [_amap_place(query["address"], place)]
    return {"status": "1", "info": "OK", "infocode": "10000", "count": str(len(found)), "geocodes": found}


def _amap_place(text: str, place: Place) -> dict[str, Any]:
    return {
        "formatted_address": text,
        "province": "河南省",
        "street": [],
        "number": [],
        "adcode": "410725",
        "location": f"{place.longitude:.6f},{place.latitude:.6f}",
        "level": place.level,
    }


def _nominatim(place: Place | None) -> list[dict[str, Any]]:
    if place is None:
        return []
    found = {
        "place_id": 1,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0",
        "lat": f"{place.latitude:.7f}",
        "lon": f"{place.longitude:.7f}",
        "class": "place",
        "type": "house",
        "addresstype": place.level,
        "display_name": "河南省",
        "boundingbox": list(place.box),
    }
    return [found]


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.take(self)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Provider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
