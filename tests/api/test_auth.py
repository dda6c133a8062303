"""Signing in: S1, S2, S3, tokens that rotate."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server.services.ports.paging import PageRequest
from tests.conftest import Desk
from tests.support.cast import AGENT, COLLECTOR, IT, PASSWORD, Member


def sign_in(desk: Desk, member: Member, password: str = PASSWORD, **headers: str) -> Any:
    return desk.client.post(
        "/api/v1/auth/login", json={"username": member.username, "password": password}, headers=headers
    )


def refresh(desk: Desk, token: str, **headers: str) -> Any:
    return desk.client.post("/api/v1/auth/refresh", headers={"Authorization": f"Bearer {token}", **headers})


def test_without_a_token_everything_is_refused(desk: Desk) -> None:
    desk.refused(desk.get(None, "/api/v1/auth/me"), 401, "unauthenticated")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(desk: Desk) -> None:
    wrong = desk.refused(sign_in(desk, AGENT, "wrong2026"), 401, "wrong_credentials")
    unknown = desk.refused(sign_in(desk, Member("nobody", "无", ())), 401, "wrong_credentials")
    assert wrong == unknown


def test_the_third_wrong_try_locks_for_thirty_minutes_and_is_logged(
    desk: Desk, later: Callable[..., None]
) -> None:
    for _ in range(3):
        desk.refused(sign_in(desk, AGENT, "wrong2026"), 401, "wrong_credentials")
    desk.refused(sign_in(desk, AGENT), 423, "account_locked")
    later(minutes=29, seconds=59)
    desk.refused(sign_in(desk, AGENT), 423, "account_locked")
    later(seconds=1)
    desk.ok(sign_in(desk, AGENT))
    with desk.installation.house.units.read() as uow:
        actions = [
            line.action for line in uow.trail.page(PageRequest(), subject_id=AGENT.id, actor_id=None).items
        ]
    assert actions.count("account.locked") == 1


def test_two_wrong_tries_and_a_right_one_start_the_count_anew(desk: Desk) -> None:
    for _ in range(2):
        for _ in range(2):
            desk.refused(sign_in(desk, AGENT, "wrong2026"), 401, "wrong_credentials")
        desk.ok(sign_in(desk, AGENT))


def test_parallel_guesses_are_counted(desk: Desk) -> None:
    def guess(_: int) -> int:
        return int(sign_in(desk, AGENT, "wrong2026").status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(401) == 3
    assert answers.count(423) == 9


def test_it_unlocks_with_a_reason(desk: Desk) -> None:
    for _ in range(3):
        sign_in(desk, AGENT, "wrong2026")
    desk.refused(
        desk.post(COLLECTOR, f"/api/v1/accounts/{AGENT.id}/unlock", {"reason": "本人来电"}), 403, "forbidden"
    )
    desk.ok(desk.post(IT, f"/api/v1/accounts/{AGENT.id}/unlock", {"reason": "本人来电"}))
    desk.ok(sign_in(desk, AGENT))


def test_a_password_expires_after_thirty_days(desk: Desk, later: Callable[..., None]) -> None:
    later(days=29, hours=23)
    desk.ok(sign_in(desk, AGENT))
    later(hours=1)
    assert desk.refused(sign_in(desk, AGENT), 403, "password_expired")["clause"] == "S2"


@pytest.mark.parametrize("weak", ["short1", "onlyletters", "12345678", "abc 123"])
def test_a_weak_password_is_refused(desk: Desk, weak: str) -> None:
    body = {"username": AGENT.username, "password": PASSWORD, "new_password": weak}
    desk.refused(desk.client.post("/api/v1/auth/password", json=body), 422, "password_weak")


def test_a_former_password_is_never_used_again_and_a_change_ends_every_session(desk: Desk) -> None:
    access = desk.ok(sign_in(desk, AGENT))["access_token"]

    def change(old: str, new: str) -> Any:
        body = {"username": AGENT.username, "password": old, "new_password": new}
        return desk.client.post("/api/v1/auth/password", json=body)

    desk.refused(change(PASSWORD, PASSWORD), 422, "password_reused")
    assert change(PASSWORD, "harvest2027").status_code == 204
    desk.refused(
        desk.client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {access}"}),
        401,
        "unauthenticated",
    )
    desk.refused(change("harvest2027", PASSWORD), 422, "password_reused")
    desk.ok(sign_in(desk, AGENT, "harvest2027"))


def test_a_refresh_token_rotates_and_its_reuse_ends_the_session(
    desk: Desk, later: Callable[..., None]
) -> None:
    first = desk.ok(sign_in(desk, AGENT))["refresh_token"]
    second = desk.ok(refresh(desk, first))["refresh_token"]
    assert second != first
    later(seconds=61)
    desk.refused(refresh(desk, first), 401, "unauthenticated")
    desk.refused(refresh(desk, second), 401, "unauthenticated")


def test_a_repeat_by_the_same_device_within_sixty_seconds_gets_the_same_successor(
    desk: Desk, later: Callable[..., None]
) -> None:
    first = desk.ok(sign_in(desk, AGENT, **{"X-Device": "phone-1"}))["refresh_token"]
    second = desk.ok(refresh(desk, first, **{"X-Device": "phone-1"}))["refresh_token"]
    later(seconds=60)
    assert desk.ok(refresh(desk, first, **{"X-Device": "phone-1"}))["refresh_token"] == second
    desk.ok(refresh(desk, second, **{"X-Device": "phone-1"}))


def test_a_repeat_by_another_device_ends_the_session(desk: Desk) -> None:
    first = desk.ok(sign_in(desk, AGENT, **{"X-Device": "phone-1"}))["refresh_token"]
    second = desk.ok(refresh(desk, first, **{"X-Device": "phone-1"}))["refresh_token"]
    desk.refused(refresh(desk, first, **{"X-Device": "phone-2"}), 401, "unauthenticated")
    desk.refused(refresh(desk, second, **{"X-Device": "phone-1"}), 401, "unauthenticated")


def test_an_access_token_is_no_refresh_token(desk: Desk) -> None:
    desk.refused(refresh(desk, desk.ok(sign_in(desk, AGENT))["access_token"]), 401, "unauthenticated")


def test_signing_out_ends_the_session(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.ok(sign_in(desk, AGENT))['access_token']}"}
    assert desk.client.post("/api/v1/auth/logout", headers=headers).status_code == 204
    desk.refused(desk.client.get("/api/v1/auth/me", headers=headers), 401, "unauthenticated")
