"""The house as phones meet it: at a port of its own, its clock going on from noon of 10 March 2026."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright
from werkzeug.serving import make_server

from server.app import create_app
from server.bootstrap import build
from server.clock import SystemClock
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from tests.conftest import NOON, Desk
from tests.support.browser import driver
from tests.support.on_site import PLACE, OnSite, on_site
from tests.support.phone_app import Phone, assert_built

NONCE = "5c1e" * 16


@dataclass
class Field:
    """A started house with a visit of today, and phones to be taken along."""

    url: str
    desk: Desk
    site: OnSite
    take: Callable[..., Phone]
    environment: dict[str, str]


class GoingClock(SystemClock):
    """The machine's time as if it were another day, which a test moves on where hours pass in a minute."""

    def advance(self, by: timedelta) -> None:
        self._offset += by


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    assert_built()
    with driver() as started:
        yield started


@pytest.fixture
def desk_of_today(environment: dict[str, str]) -> Iterator[Desk]:
    """The house with a clock that goes, from noon on: phones measure, and what stands still has no length."""
    clock = GoingClock(NOON - SystemClock().now())
    built = build(
        read_settings(environment), clock=clock, wake=lambda: None, passwords=Argon2Passwords(cheap=True)
    )
    yield Desk(create_app(built).test_client(), built, clock)  # type: ignore[arg-type]
    built.engine.dispose()


@pytest.fixture
def field(
    desk_of_today: Desk, environment: dict[str, str], playwright: Playwright, tmp_path: Path
) -> Iterator[Field]:
    desk = desk_of_today
    server = make_server("127.0.0.1", 0, desk.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    phones: list[Phone] = []

    def take(**options: Any) -> Phone:
        folder = tmp_path / f"phone{len(phones)}"
        place = options.pop("place", (PLACE["latitude"], PLACE["longitude"]))
        phones.append(Phone(playwright, url, folder, place, **options))
        return phones[-1]

    try:
        yield Field(url, desk, on_site(desk, consents=False, capture_nonce=NONCE), take, environment)
    finally:
        for phone in phones:
            phone.close()
        server.shutdown()
        thread.join()
        server.server_close()
    assert [error for phone in phones for error in phone.errors] == []
