"""Fixtures of every room: a database of each kind, an installation with a clock that stands, the cast, a client."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import move_in, routed
from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from storage.rows.database import open_engine
from storage.rows.migrate import migrate
from tests.support import cast
from tests.support.postgres import postgres_server

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # 10 March 2026, 12:00 in Shanghai
BOTH = os.environ.get("FIELDVISIT_TEST_DATABASES", "sqlite,postgresql").split(",")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a migrated SQLite database in which the cast stands; copied for each test."""
    folder = tmp_path_factory.mktemp("stage")
    prepare({"FIELDVISIT_DATA_DIR": str(folder)})
    return folder


@pytest.fixture(scope="session")
def postgres(stage: Path) -> Iterator[str]:
    """A PostgreSQL database in which the cast stands, and how it stood is remembered in a schema of its own."""
    with postgres_server() as url:
        prepare({"FIELDVISIT_DATA_DIR": str(stage), "FIELDVISIT_DATABASE_URL": url})
        _execute(url, _REMEMBER)
        yield url


@pytest.fixture(params=BOTH)
def environment(request: pytest.FixtureRequest, stage: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of an installation of its own, once on SQLite and once on PostgreSQL."""
    folder = tmp_path / "data"
    shutil.copytree(stage, folder)
    settings = {"FIELDVISIT_DATA_DIR": str(folder)}
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
        _execute(url, _RESTORE)
        settings["FIELDVISIT_DATABASE_URL"] = url
    return settings


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def installation(environment: dict[str, str], clock: FixedClock) -> Iterator[Installation]:
    """The house with the cast in it. Its clock stands at noon of 10 March 2026 until a test moves it."""
    built = build(
        read_settings(environment), clock=clock, wake=_nobody, passwords=Argon2Passwords(cheap=True)
    )
    yield built
    built.engine.dispose()


@dataclass
class Desk:
    """A client that speaks for members of the cast: `desk.get(AGENT, "/api/v1/…")`."""

    client: FlaskClient
    installation: Installation
    clock: FixedClock

    def token(self, member: cast.Member) -> str:
        """An access token by the front door; kept, for signing in is slow on purpose."""
        held: dict[str, str] = self.__dict__.setdefault("_tokens", {})
        if member.username not in held:
            answer = self.client.post(
                "/api/v1/auth/login", json={"username": member.username, "password": cast.PASSWORD}
            )
            assert answer.status_code == 200, answer.text
            held[member.username] = answer.get_json()["access_token"]
        return held[member.username]

    def forget(self, member: cast.Member) -> None:
        """Sign in anew the next time: the session has ended."""
        self.__dict__.setdefault("_tokens", {}).pop(member.username, None)

    def request(self, method: str, member: cast.Member | None, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if member is not None:
            headers["Authorization"] = f"Bearer {self.token(member)}"
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, member: cast.Member | None, path: str, **options: Any) -> TestResponse:
        return self.request("GET", member, path, **options)

    def post(self, member: cast.Member | None, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.request("POST", member, path, json=json, **options)

    def ok(self, answer: TestResponse, status: int = 200) -> Any:
        """The body of an answer that must have that status."""
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        return answer.get_json()

    def refused(self, answer: TestResponse, status: int, code: str) -> dict[str, Any]:
        """The problem document of an answer that must be refused with that code."""
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        assert answer.content_type == "application/problem+json"
        body: dict[str, Any] = answer.get_json()
        assert code in [error["code"] for error in body["errors"]], body
        return body

    def work(self) -> int:
        """Run the jobs that are due."""
        return self.installation.runner.run_due()


@pytest.fixture(scope="session")
def application() -> Flask:
    """One for the whole run: hundreds of routes are put together once, and each test's installation moves in."""
    return routed()


@pytest.fixture
def desk(application: Flask, installation: Installation, clock: FixedClock) -> Desk:
    move_in(application, installation)
    return Desk(application.test_client(), installation, clock)


@pytest.fixture
def later(clock: FixedClock) -> Callable[..., None]:
    """`later(days=3)` moves the clock on."""

    def advance(**by: float) -> None:
        clock.advance(timedelta(**by))

    return advance


def prepare(environment: dict[str, str]) -> None:
    """Migrate a database and let the cast enter."""
    installation = build(read_settings(environment), clock=FixedClock(NOON), wake=_nobody)
    migrate(installation.engine)
    with installation.house.units.write() as uow:
        cast.enter(uow, Argon2Passwords(cheap=True), NOON)
        uow.commit()
    installation.engine.dispose()


def _nobody() -> None:
    """Nobody is woken: tests run jobs when they want them."""


# A database of its own for each test costs PostgreSQL half a second; putting back what changed, a few milliseconds.
_REMEMBER = (
    "CREATE SCHEMA stage",
    """
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'CREATE TABLE stage.' || quote_ident(name) || ' AS TABLE public.' || quote_ident(name);
      END LOOP;
    END $$
    """,
)
_RESTORE = (
    "SET session_replication_role = replica",  # no foreign keys while tables are emptied one after the other
    """
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'stage' LOOP
        EXECUTE 'DELETE FROM public.' || quote_ident(name);
        EXECUTE 'INSERT INTO public.' || quote_ident(name) || ' SELECT * FROM stage.' || quote_ident(name);
      END LOOP;
    END $$
    """,
)


def _execute(url: str, statements: tuple[str, ...]) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
