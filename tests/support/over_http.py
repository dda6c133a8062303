"""A firm at a started server, as its people meet it: by HTTP alone, each with a login of the own, files as files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import requests

from server.clock import SystemClock
from server.services.ids import new_id
from tests.support.cast import Member
from tests.support.sheets import csv_bytes, xlsx_bytes

_PATIENCE_ROUNDS = 600
_ROUND_SECONDS = 0.05


def fresh() -> str:
    """A client-made id."""
    return new_id(SystemClock().now())


class Firm:
    """Sessions of HTTP by member; `clock` is that of the server."""

    def __init__(self, url: str, clock: SystemClock) -> None:
        self.url = url
        self.clock = clock
        self._sessions: dict[str, requests.Session] = {}
        self.ids: dict[str, str] = {}

    def now(self) -> datetime:
        return self.clock.now()

    def id_of(self, member: Member) -> str:
        return self.ids[member.username]

    # signing in
    def sign_in(self, username: str, password: str) -> requests.Response:
        body = {"username": username, "password": password}
        return requests.post(f"{self.url}/api/v1/auth/login", json=body, timeout=30)

    def enter(self, member: Member, first: str, own: str) -> None:
        """Sign in for the first time: refused until the password that somebody else set is changed (S2)."""
        self.refused(self.sign_in(member.username, first), 403, "password_expired", "S2")
        change = {"username": member.username, "password": first, "new_password": own}
        self.ok(requests.post(f"{self.url}/api/v1/auth/password", json=change, timeout=30), 204)
        answer = self.ok(self.sign_in(member.username, own))
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {answer['access_token']}"
        # each of thirty people asks now and then: a line left open meets the moment in which the server closes it
        session.headers["Connection"] = "close"
        self._sessions[member.username] = session
        self.ids[member.username] = self.get(member, "/auth/me")["account_id"]

    # asking
    def ask(self, method: str, member: Member, path: str, **options: Any) -> requests.Response:
        return self._sessions[member.username].request(
            method, f"{self.url}/api/v1{path}", timeout=60, **options
        )

    def get(self, member: Member, path: str, **query: Any) -> Any:
        return self.ok(self.ask("GET", member, path, params=query))

    def file(self, member: Member, path: str, **query: Any) -> bytes:
        answer = self.ask("GET", member, path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    def post(
        self, member: Member, path: str, body: Mapping[str, Any] | None = None, status: int = 200
    ) -> Any:
        return self.ok(self.ask("POST", member, path, json=body), status)

    def create(self, member: Member, path: str, **body: Any) -> Any:
        """A write that makes something, with an id of the client's own unless one is given."""
        return self.post(member, path, {"id": fresh()} | body, 201)

    def change(
        self,
        member: Member,
        path: str,
        read: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        method: str = "POST",
    ) -> requests.Response:
        """A write that is based on what was read (If-Match)."""
        return self.ask(method, member, path, json=body, headers={"If-Match": f'"{read["version"]}"'})

    def ok(self, answer: requests.Response, status: int = 200) -> Any:
        assert answer.status_code == status, f"{answer.request.method} {answer.url}: {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, answer: requests.Response, status: int, code: str, clause: str) -> dict[str, Any]:
        """The error of that code; it must cite its clause and say what to do."""
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        errors = {error["code"]: error for error in answer.json()["errors"]}
        assert code in errors, answer.text
        error: dict[str, Any] = errors[code]
        assert error["clause"] == clause
        assert error["remedy"], error
        return error

    # waiting
    def until(self, read: Callable[[], Any], there: Callable[[Any], bool]) -> Any:
        """Ask again until the jobs behind the answers are there."""
        between = threading.Event()
        for _ in range(_PATIENCE_ROUNDS):
            seen = read()
            if there(seen):
                return seen
            between.wait(_ROUND_SECONDS)
        raise AssertionError(f"it did not come about: {seen}")

    # files in
    def upload(
        self, member: Member, kind: str, rows: Sequence[Mapping[str, object]], *, workbook: bool = False
    ) -> Any:
        """A file, opened and not yet applied."""
        name, content = (f"{kind}.csv", csv_bytes(rows, "gb18030"))
        if workbook:
            name, content = (f"{kind}.xlsx", xlsx_bytes(rows))
        answer = self.ask("POST", member, "/imports", data={"kind": kind}, files={"file": (name, content)})
        return self.ok(answer, 202)

    def settled(self, member: Member, opened: Mapping[str, Any], state: str) -> Any:
        """The import when it has come to that state; another end fails at once."""
        passing = {"checking", "applying"} - {state}
        path = f"/imports/{opened['file']['id']}"
        shown = self.until(lambda: self.get(member, path), lambda seen: seen["file"]["state"] not in passing)
        assert shown["file"]["state"] == state, shown
        return shown

    def bring(self, member: Member, kind: str, rows: Sequence[Mapping[str, object]], **options: Any) -> Any:
        return self.settled(member, self.upload(member, kind, rows, **options), "applied")
