"""Limits of resumable uploads: for a file of each kind, for a day, for a device."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from server.app import create_app
from server.domain.evidence import LARGEST, EvidenceKind
from tests.conftest import Desk
from tests.support import builders, tus
from tests.support import evidence as files
from tests.support.cast import AGENT, PARTNER, PASSWORD
from tests.support.tus import PDF


@pytest.mark.parametrize("kind", ["attachment", "photo_far", "recording"])
@pytest.mark.parametrize(("over", "status"), [(-1, 201), (0, 201), (1, 413)])
def test_each_kind_has_its_largest_file(desk: Desk, kind: str, over: int, status: int) -> None:
    answer = tus.create(
        desk, tus.metadata(files.make_visited(desk), kind=kind), LARGEST[EvidenceKind(kind)] + over
    )
    assert answer.status_code == status
    if status == 413:
        body = desk.refused(answer, 413, "upload_file_too_large")
        assert body["errors"][0]["facts"]["limit"] == LARGEST[EvidenceKind(kind)]


def limited(desk: Desk, **limits: int) -> None:
    """The application anew, with these limits."""
    house = desk.installation.house
    changed = dataclasses.replace(house, upload_limits=house.upload_limits._replace(**limits))
    desk.client = create_app(dataclasses.replace(desk.installation, house=changed)).test_client()


@pytest.mark.parametrize(("over", "status"), [(-1, 201), (0, 201), (1, 429)])
def test_a_day_has_its_limit_and_the_next_one_its_own(
    desk: Desk, later: Callable[..., None], over: int, status: int
) -> None:
    visit = files.make_visited(desk)
    limited(desk, day_bytes=3 * len(PDF))
    desk.ok(files.send(desk, AGENT, visit, PDF, "attachment", filename="a.pdf"), 201)
    path = tus.begun(desk, tus.metadata(visit), len(PDF))
    tus.patch(desk, path, 0, PDF)
    answer = tus.create(desk, tus.metadata(visit), len(PDF) + over)
    assert answer.status_code == status, answer.text
    if status == 201:
        return
    body = desk.refused(answer, 429, "upload_day_full")
    assert body["errors"][0]["facts"] == {"asked": len(PDF) + 1, "used": 2 * len(PDF), "limit": 3 * len(PDF)}
    assert tus.create(desk, tus.metadata(visit), len(PDF) + 1, member=PARTNER).status_code == 201
    later(hours=12)  # the clock stands at noon in Shanghai
    desk.forget(AGENT)
    assert tus.create(desk, tus.metadata(visit), len(PDF) + 1).status_code == 201


def test_a_file_that_grows_meets_the_limit_on_its_way(desk: Desk) -> None:
    limited(desk, day_bytes=1000)
    path = tus.begun(desk, tus.metadata(files.make_visited(desk), kind="recording"), None)
    assert tus.patch(desk, path, 0, b"x" * 999).status_code == 204
    desk.refused(tus.patch(desk, path, 999, b"xx"), 429, "upload_day_full")
    assert tus.patch(desk, path, 999, b"x").status_code == 204
    desk.refused(tus.patch(desk, path, 1000, b"x"), 429, "upload_day_full")
    assert tus.offset_of(desk, path) == 1000


def test_a_device_has_its_limit(desk: Desk) -> None:
    visit = files.make_visited(desk)
    device = builders.make_device(desk, AGENT).id
    limited(desk, device_bytes=100)
    assert tus.create(desk, tus.metadata(visit), 101).status_code == 201, (
        "a desk without a device has the day's"
    )
    body = {"username": AGENT.username, "password": PASSWORD}
    token = desk.client.post("/api/v1/auth/login", json=body, headers={"X-Device": device}).get_json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = tus.create(desk, tus.metadata(visit), 100, headers=headers, member=None)
    assert answer.status_code == 201, answer.text
    answer = tus.create(desk, tus.metadata(visit), 1, headers=headers, member=None)
    desk.refused(answer, 429, "upload_device_full")
