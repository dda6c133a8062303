"""A token that was verified a moment ago holds as long as it would have held anew, and no longer."""

from __future__ import annotations

import pytest

from server.web import known_tokens
from server.web.known_tokens import Bearer, KnownTokens
from tests.conftest import Desk
from tests.support.cast import AGENT, PASSWORD

ME = "/api/v1/auth/me"
EXPIRES = 1_000_000.0
CLAIMS = {"sub": "account", "sid": "session", "exp": EXPIRES}


def signed_in(desk: Desk) -> dict[str, str]:
    answer = desk.client.post("/api/v1/auth/login", json={"username": AGENT.username, "password": PASSWORD})
    return desk.ok(answer)  # type: ignore[no-any-return]


def asked(desk: Desk, token: str) -> int:
    return int(desk.client.get(ME, headers={"Authorization": f"Bearer {token}"}).status_code)


@pytest.mark.parametrize(("passed", "holds"), [(-1, True), (0, False), (1, False)])
def test_it_holds_until_its_end(monkeypatch: pytest.MonkeyPatch, passed: int, holds: bool) -> None:
    known = KnownTokens()
    known.keep("Bearer one", CLAIMS)
    monkeypatch.setattr(known_tokens.time, "time", lambda: EXPIRES + passed)
    assert known.find("Bearer one") == (Bearer("account", "session", EXPIRES) if holds else None)


def test_one_that_says_no_end_is_verified_anew_each_time() -> None:
    known = KnownTokens()
    known.keep("Bearer one", {"sub": "account", "sid": "session"})
    assert known.find("Bearer one") is None


def test_the_one_used_longest_ago_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_tokens.time, "time", lambda: 0.0)
    known = KnownTokens()
    for number in range(1024):
        known.keep(f"Bearer {number}", CLAIMS)
    assert known.find("Bearer 0") is not None
    known.keep("Bearer 1024", CLAIMS)
    assert (known.find("Bearer 1"), known.find("Bearer 0") is None) == (None, False)


def test_a_session_that_ended_and_a_token_that_was_altered_are_refused_though_it_is_known(desk: Desk) -> None:
    token = signed_in(desk)["access_token"]
    assert [asked(desk, token) for _ in range(2)] == [200, 200]
    head, body, seal = token.split(".")
    assert asked(desk, f"{head}.{body}.{seal[:-5]}AAAAA") == 401
    assert asked(desk, f"{head}.{body}.") == 401
    ended = desk.client.post("/api/v1/auth/logout", headers={"Authorization": f"Bearer {token}"})
    assert ended.status_code < 300
    assert asked(desk, token) == 401


def test_a_refresh_token_is_never_known_as_one_of_access(desk: Desk) -> None:
    told = signed_in(desk)
    assert [asked(desk, told["refresh_token"]) for _ in range(2)] == [401, 401]
    assert asked(desk, told["access_token"]) == 200
    answer = desk.client.post(
        "/api/v1/auth/refresh", headers={"Authorization": f"Bearer {told['access_token']}"}
    )
    assert answer.status_code == 401
