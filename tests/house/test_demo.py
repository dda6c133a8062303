"""The demo branch: loads on both databases, shows every clause, reconciles to the fen, stays out of other data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from server.bootstrap import build
from server.demo.staff import PASSWORD
from server.jobs.kept_rows import check_rows
from server.settings import read_settings
from tests.conftest import BOTH
from tests.support.postgres import postgres_server
from tests.support.server import Server

AS_OF = "2026-06-15"
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
# Every reason of SCORING_FORMAT.md but letter_wrong_place: R6 sends nobody to an unconfirmed address (X9).
REASONS = {
    "no_visit", "voided", "not_two_present", "no_photo_or_recording", "superseded", "promise_pending", "debtor_gone",
    "phones_not_called", "message_not_sent", "letter_not_proven", "relay_not_confirmed", "no_effect",
    "after_placement", "after_police_referral", "contact_restored_by_collector", "window_passed",
}  # fmt: skip


@pytest.fixture(params=BOTH)
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty installation."""
    settings = {**os.environ, "FIELDVISIT_DATA_DIR": str(tmp_path / "data")}
    if request.param == "sqlite":
        yield settings
        return
    with postgres_server() as url:
        yield settings | {"FIELDVISIT_DATABASE_URL": url}


def fieldvisit(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_demo_shows_every_clause_and_reconciles(environment: dict[str, str], tmp_path: Path) -> None:
    loaded = fieldvisit(environment, "demo", "--small", "--as-of", AS_OF)
    assert loaded.returncode == 0, loaded.stderr
    assert PASSWORD in loaded.stdout
    again = fieldvisit(environment, "demo", "--small")
    assert (again.returncode, "accounts already" in again.stderr) == (1, True)
    assert "whole" in fieldvisit(environment, "audit", "verify").stdout
    _check_rows(environment)
    server = Server(environment, tmp_path / "server.log")
    server.start()
    try:
        _check(server.url)
    finally:
        server.stop()


def _check_rows(environment: dict[str, str]) -> None:
    """Each row of evidence is as the trail tells, also where the demo wrote it."""
    installation = build(read_settings(environment))
    check_rows(installation.house, {}, lambda *_: None)
    with installation.house.units.read() as uow:
        assert len(uow.evidence_items.having()) > 100
        assert uow.evidence_differences.having() == []
    installation.engine.dispose()


def _check(url: str) -> None:
    login = requests.post(
        f"{url}/api/v1/auth/login", json={"username": "manager1", "password": PASSWORD}, timeout=30
    )
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    lines: list[dict[str, Any]] = []
    for month in MONTHS:
        totals = requests.get(f"{url}/api/v1/statements/{month}/totals", headers=headers, timeout=60).json()
        assert totals["difference"] == "0.00", totals
        lines += _lines(url, month, headers)
    assert {line["reason"] for line in lines if line["reason"] is not None} == REASONS
    credited = [line for line in lines if line["reason"] is None]
    assert {line["clause"] for line in credited} == {"C1", "C2", "C3", "C4", "C5", "M3"}
    assert {line["collector_commission"] for line in lines} == {"normal", "to_visit", "none"}  # A3, A4
    assert any(line["window"]["extended"] for line in credited if line["window"] is not None)  # W3
    assert any(line["reverses_id"] is not None for line in lines)  # A5
    _check_places(url, headers)
    _check_registers(url, headers)


def _check_registers(url: str, headers: dict[str, str]) -> None:
    """Months over are published and closed, the last one's objections wait; no list is empty at first sight."""

    def items(path: str, **query: str) -> list[Any]:
        answer = requests.get(f"{url}/api/v1{path}", params=query, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    assert {one["month"]: one["state"] for one in items("/statements")} == {
        "2026-03": "closed", "2026-04": "closed", "2026-05": "published",
    }  # fmt: skip
    assert [one["ruling"] for one in items("/statements/2026-05/disputes")] == [None, None]
    ruled = [one["ruling"]["outcome"] for one in items("/statements/2026-04/disputes")]
    assert sorted(ruled) == ["dismissed", "upheld"]
    assert {one["state"] for one in items("/evidence-packs")} == {"ready", "declined", "proposed"}
    samples = items("/quality-samples")
    assert {one["month"] for one in samples} >= {"2026-04", "2026-05"}
    assert any(0 < one["checked"] < one["drawn"] for one in samples)


def _check_places(url: str, headers: dict[str, str]) -> None:
    """Recent visits say where they were, most at the address and some flagged; a day's routes have their lengths."""

    def get(path: str, **query: str) -> Any:
        answer = requests.get(f"{url}/api/v1{path}", params=query, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    listed = get("/visits", state="completed", limit="200")["items"]
    known = [visit["id"] for visit in listed if (visit["point"] or {}).get("against") == "geocoded"]
    places = [get(f"/visits/{id_}")["place"] for id_ in known]
    verdicts = [place["verdict"] for place in places if place is not None]
    assert verdicts.count("inside") > len(verdicts) / 2
    assert [place["flag"]["clause"] for place in places if place and place["verdict"] == "outside"]
    plans = get("/visit-plans", limit="5")["items"]
    totals = [
        route["entered"]["total_m"]
        for plan in plans
        for route in get(f"/visit-plans/{plan['id']}/routes")["items"]
    ]
    assert any(total > 0 for total in totals)


def _lines(url: str, month: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] | None = {"limit": 200, "all": "true"}
    while query is not None:
        page = requests.get(
            f"{url}/api/v1/statements/{month}", params=query, headers=headers, timeout=60
        ).json()
        found += page["items"]
        query = {"limit": 200, "all": "true", "after": page["next"]} if page["next"] else None
    return found
