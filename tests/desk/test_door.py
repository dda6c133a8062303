"""The desk's door: refusals first, then cookies, their renewal, the way back, the end of a login (S1 to S3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask_jwt_extended import create_access_token

from tests.conftest import Desk
from tests.desk.conftest import Browser, seen, token_of
from tests.support.cast import DISPATCHER, IT, PASSWORD

SIGN_IN = "/desk/sign-in"
NEXT = "harbour2026"


def test_without_a_login_every_page_leads_to_the_door_and_back(nobody: Browser) -> None:
    answer = nobody.get("/desk/requests?state=filed")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{SIGN_IN}?next=%2Fdesk%2Frequests%3Fstate%3Dfiled"
    back = nobody.sign_in(DISPATCHER.username, PASSWORD, next="/desk/requests?state=filed")
    assert back.headers["Location"] == "/desk/requests?state=filed"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/desk",
        "//evil.example/desk",
        "/desk//evil.example",
        "/desk/\\evil.example",
        "/deskevil",
        "javascript:alert(1)",
        "/api/v1/auth/me",
        "/desk/\r\nSet-Cookie: a=b",
    ],
)
def test_the_way_back_stays_in_the_desk(nobody: Browser, elsewhere: str) -> None:
    assert nobody.sign_in(DISPATCHER.username, PASSWORD, next=elsewhere).headers["Location"] == "/desk"


def test_a_wrong_password_is_refused_in_words_and_the_third_locks(nobody: Browser) -> None:
    for _ in range(3):
        answer = nobody.sign_in(DISPATCHER.username, "wrong2026")
        assert answer.status_code == 401
        assert "用户名或密码不正确" in seen(answer.text)
        assert f'value="{DISPATCHER.username}"' in answer.text  # what was typed is still there
    assert nobody.sign_in(DISPATCHER.username, PASSWORD).status_code == 423
    assert nobody.token == ""


@pytest.mark.parametrize("username", ["", "x" * 201, "a\x00b", "陌生人"])
def test_what_is_no_name_is_refused_and_never_an_error(nobody: Browser, username: str) -> None:
    assert nobody.sign_in(username, "x").status_code in (401, 422)


def test_a_form_from_another_site_does_not_sign_in(desk: Desk, nobody: Browser) -> None:
    sent = {"username": DISPATCHER.username, "password": PASSWORD}
    answer = nobody.client.post(SIGN_IN, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert nobody.client.get_cookie("desk_access", path="/desk") is None


def test_the_cookies_are_out_of_reach_of_scripts_and_of_the_api(desk: Desk, nobody: Browser) -> None:
    answer = nobody.sign_in(DISPATCHER.username, PASSWORD)
    cookies = {line.split("=", 1)[0]: line for line in answer.headers.getlist("Set-Cookie")}
    for name in ("desk_access", "desk_refresh"):
        assert "HttpOnly" in cookies[name]
    for line in cookies.values():
        assert "Path=/desk" in line
        assert "SameSite=Lax" in line
    assert "HttpOnly" not in cookies["desk_csrf"]
    assert nobody.client.get("/api/v1/auth/me").status_code == 401


def test_a_form_needs_the_token_of_its_own_login(desk: Desk, dispatcher: Browser) -> None:
    other = Browser(desk, DISPATCHER)
    for token in ("", "0" * 64, other.token):
        answer = dispatcher.post("/desk/sign-out", token=token)
        assert answer.status_code == 403, token
        assert "另一次登录" in seen(answer.text)
    assert dispatcher.get("/desk").status_code == 200


def test_a_login_whose_access_ran_out_is_renewed_in_passing(desk: Desk, dispatcher: Browser) -> None:
    token = dispatcher.token
    run_out(dispatcher)
    answer = dispatcher.get("/desk/account")
    assert answer.status_code == 200
    assert any(line.startswith("desk_access=") for line in answer.headers.getlist("Set-Cookie"))
    assert token_of(answer.text) == token == dispatcher.token  # a form opened before can still be sent
    run_out(dispatcher)
    assert dispatcher.post("/desk/sign-out", token="0" * 64).status_code == 403
    assert dispatcher.post("/desk/sign-out").status_code == 303


def test_without_both_cookies_a_piece_says_so_where_the_reader_is(dispatcher: Browser) -> None:
    dispatcher.client.delete_cookie("desk_access", path="/desk")
    answer = dispatcher.client.get(
        "/desk/clauses/R1",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/desk/requests?state=filed"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#note-body"
    assert "/desk/sign-in?next=/desk/requests%3Fstate%3Dfiled" in answer.text


def test_signing_out_ends_the_session_for_good(dispatcher: Browser) -> None:
    kept = dispatcher.client.get_cookie("desk_access", path="/desk")
    assert kept is not None
    assert dispatcher.post("/desk/sign-out").headers["Location"] == f"{SIGN_IN}?note=signed_out"
    assert dispatcher.client.get_cookie("desk_access", path="/desk") is None
    dispatcher.client.set_cookie("desk_access", kept.value, path="/desk")
    assert dispatcher.get("/desk").status_code == 303


def test_a_password_over_its_period_is_changed_at_the_door(
    nobody: Browser, later: Callable[..., None]
) -> None:
    later(days=400)
    answer = nobody.sign_in(IT.username, PASSWORD)
    assert answer.status_code == 403
    assert 'name="new_password"' in answer.text
    change = {
        "username": IT.username,
        "password": PASSWORD,
        "new_password": NEXT,
        "again": "harbour2027",
    }
    assert nobody.client.post("/desk/password", data=change).status_code == 422
    assert nobody.client.post("/desk/password", data=change | {"again": NEXT}).status_code == 303
    assert nobody.sign_in(IT.username, PASSWORD).status_code == 401
    assert nobody.sign_in(IT.username, NEXT).status_code == 303


def test_other_sessions_are_seen_and_ended(desk: Desk, dispatcher: Browser) -> None:
    other = Browser(desk, DISPATCHER)
    page = dispatcher.page("/desk/account")
    (ending,) = {part.split('"')[0] for part in page.split('action="/desk/account/sessions/')[1:]} - {
        "end-others"
    }
    dispatcher.done(f"/desk/account/sessions/{ending}", part=False)
    assert other.get("/desk").status_code == 303
    third = Browser(desk, DISPATCHER)
    dispatcher.done("/desk/account/sessions/end-others", part=False)
    assert third.get("/desk").status_code == 303
    assert dispatcher.get("/desk").status_code == 200


def run_out(browser: Browser) -> None:
    """Put an access token in place that ran out, as a quarter of an hour does."""
    app = browser.client.application
    with app.app_context():
        old = create_access_token(
            "x", expires_delta=timedelta(seconds=-1), additional_claims={"csrf": browser.token}
        )
    browser.client.set_cookie("desk_access", old, path="/desk")
