"""The main job over HTTP against a started server, from an empty database to the month's statement, with real files.

Once on SQLite with a folder, once on PostgreSQL with an S3-compatible store. Nothing is written past the API.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest

from server.clock import SystemClock
from server.domain.calendar import SHANGHAI
from tests.conftest import BOTH
from tests.house import journey_month, journey_people, journey_requests, journey_visits
from tests.house.journey_people import FIRST_PASSWORD, OWN_PASSWORD, command, first_account, today_of
from tests.support.cast import IT
from tests.support.over_http import Firm
from tests.support.postgres import postgres_server
from tests.support.receiver import Receiver, receiving
from tests.support.seaweed import seaweed
from tests.support.server import Server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as got:
        yield got


@pytest.fixture(params=BOTH)
def environment(
    request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver
) -> Iterator[dict[str, str]]:
    """An empty house whose clock says ten in the morning, whenever the test runs (V9)."""
    at_machine = SystemClock().now()
    ten = datetime.combine(at_machine.astimezone(SHANGHAI).date(), time(10), SHANGHAI)
    settings = {
        **os.environ,
        "FIELDVISIT_DATA_DIR": str(tmp_path / "data"),
        "FIELDVISIT_WEBHOOK_HOSTS": receiver.host,
        "FIELDVISIT_CLOCK_OFFSET": str(int((ten - at_machine).total_seconds())),
    }
    if request.param == "sqlite":
        yield settings
        return
    with postgres_server() as url, seaweed(tmp_path) as store:
        yield settings | {
            "FIELDVISIT_DATABASE_URL": url,
            "FIELDVISIT_OBJECT_STORE": f"s3://{store.bucket}",
            "FIELDVISIT_S3_ENDPOINT": store.endpoint,
            "FIELDVISIT_S3_ACCESS_KEY": store.access_key,
            "FIELDVISIT_S3_SECRET_KEY": store.secret_key,
        }


@pytest.mark.slow
def test_the_main_job(environment: dict[str, str], tmp_path: Path, receiver: Receiver) -> None:
    clock = SystemClock(journey_people.offset_of(environment))
    command(environment, "migrate")
    first_account(environment, clock.now().astimezone(SHANGHAI).date())
    server = Server(environment, tmp_path / "server.log")
    server.start()
    try:
        _journey(Firm(server.url, clock), receiver)
    finally:
        server.stop()
    assert "whole" in command(environment, "audit", "verify")


def _journey(firm: Firm, receiver: Receiver) -> None:
    firm.enter(IT, FIRST_PASSWORD, OWN_PASSWORD)
    today = today_of(firm)
    journey_people.frame(firm)
    journey_people.people(firm, today)
    journey_people.cases(firm, today)
    journey_people.facts(firm, today)
    journey_requests.refusals(firm, today)
    journey_requests.accepted(firm)
    journey_requests.robot(firm, receiver)
    journey_requests.plan(firm, today, receiver)
    visiting = journey_visits.Visiting(firm, today)
    journey_visits.relayed(visiting)
    began, started = journey_visits.followed(visiting)
    journey_visits.back_in(visiting)
    journey_month.repayments(firm, today, began, started)
    journey_month.month(firm, today)
