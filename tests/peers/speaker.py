"""A tus server of anybody, as the cases of the protocol speak to it: over real HTTP, a connection each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

import requests

from tests.bench.upload_servers import Target
from tests.support.tus import OFFSET_TYPE, PDF

Headers = Mapping[str, object]
_SECONDS = 30
NUMBER = re.compile(r"[0-9]+")


class Speaker:
    """`said` are headers besides the usual ones, or instead of them; None leaves a usual one out."""

    def __init__(self, target: Target) -> None:
        self.name = target.name
        self._target = target
        self.where = f"http://127.0.0.1:{target.port}{target.path}"
        self.offered = self.told("Tus-Extension")

    def ask(
        self, method: str, where: str, said: Headers | None = None, data: bytes = b""
    ) -> requests.Response:
        headers = {"Tus-Resumable": "1.0.0"} | self._target.headers | dict(said or {})
        sent = {name: str(value) for name, value in headers.items() if value is not None}
        return requests.request(method, where, headers=sent, data=data or None, timeout=_SECONDS)

    def options(self, said: Headers | None = None) -> requests.Response:
        return self.ask("OPTIONS", self.where, {"Tus-Resumable": None} | dict(said or {}))

    def told(self, header: str) -> list[str]:
        """A list that OPTIONS gives; empty where it does not."""
        return [word for word in self.options().headers.get(header, "").split(",") if word]

    def create(self, said: Headers | None = None, data: bytes = b"") -> requests.Response:
        usual = self._target.metadata() | {"Upload-Length": len(PDF)}
        return self.ask("POST", self.where, usual | dict(said or {}), data)

    def begun(self, said: Headers | None = None, data: bytes = b"") -> str:
        """The address of a new upload of PDF, or of what `said` says."""
        answer = self.create(said, data)
        assert answer.status_code == 201, f"{answer.status_code} {answer.text[:300]}"
        return self.address(answer)

    def address(self, created: requests.Response) -> str:
        return urljoin(self.where, created.headers["Location"])

    def patch(
        self, where: str, offset: object, data: bytes, said: Headers | None = None
    ) -> requests.Response:
        usual = {"Upload-Offset": offset, "Content-Type": OFFSET_TYPE}
        return self.ask("PATCH", where, usual | dict(said or {}), data)

    def head(self, where: str) -> requests.Response:
        return self.ask("HEAD", where)

    def offset(self, where: str) -> int:
        told = self.head(where).headers["Upload-Offset"]
        assert NUMBER.fullmatch(told), told
        return int(told)

    def metadata(self) -> dict[str, str]:
        return self._target.metadata()


def refused(answer: requests.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
