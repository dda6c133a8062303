"""A browser without scripts: it keeps cookies, sends forms with the page's own token and follows nowhere by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Desk
from tests.support import cast

_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')
_PART = {"HX-Request": "true"}


class Browser:
    """One window: signed in as a member, or as nobody."""

    def __init__(self, desk: Desk, member: cast.Member | None = None) -> None:
        self.client: FlaskClient = desk.client.application.test_client()
        self.member = member
        if member is not None:
            answer = self.sign_in(member.username, cast.PASSWORD)
            assert answer.status_code == 303, answer.text

    def sign_in(self, username: str, password: str, **fields: str) -> TestResponse:
        return self.client.post("/desk/sign-in", data={"username": username, "password": password, **fields})

    @property
    def token(self) -> str:
        cookie = self.client.get_cookie("desk_csrf", path="/desk")
        return "" if cookie is None else cookie.value

    def get(self, path: str, *, part: bool = False, **options: object) -> TestResponse:
        return self.client.get(path, headers=_PART if part else {}, **options)  # type: ignore[arg-type]

    def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        part: bool = False,
        token: str | None = None,
    ) -> TestResponse:
        sent = {"csrf_token": self.token if token is None else token, **(fields or {})}
        return self.client.post(path, data=sent, headers=_PART if part else {})

    def page(self, path: str, *, part: bool = False) -> str:
        """The text of a page that must be there."""
        answer = self.get(path, part=part)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.text

    def done(self, path: str, fields: Mapping[str, str] | None = None, *, part: bool = True) -> str:
        """Send a form that must be taken."""
        answer = self.post(path, fields, part=part)
        assert answer.status_code in (200, 204, 303), f"{path}: {answer.status_code} {seen(answer.text)}"
        return answer.text


def seen(html: str) -> str:
    """What a reader sees of a page: its text without the tags."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))).strip()


def token_of(html: str) -> str:
    """The token that a page's forms carry."""
    found = _TOKEN.search(html)
    assert found is not None, "the page has no form with a token"
    return found[1]


@pytest.fixture
def nobody(desk: Desk) -> Browser:
    return Browser(desk)


@pytest.fixture
def dispatcher(desk: Desk) -> Browser:
    return Browser(desk, cast.DISPATCHER)
