"""A recording in a real Chromium: its length is known before it plays, and it is sought in by ranges (S8)."""

from __future__ import annotations

import pytest

from server.services.ports.paging import PageRequest
from storage.media.invented_recordings import Container
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.browser import asked_ranges, chromium_page, load, play, seek
from tests.support.cast import AGENT, QA
from tests.support.served import served

SECONDS = 1800


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
@pytest.mark.parametrize("container", ["webm", "m4a", "amr"])
def test_chromium_seeks_anywhere_in_a_copy(desk: Desk, container: Container) -> None:
    visit = files.make_visited(desk)
    content = files.recording(1, SECONDS, container)
    id_ = desk.ok(files.send(desk, AGENT, visit, content, "recording"), 201)["id"]
    desk.work()
    path = f"/api/v1/evidence/{id_}/playable"
    with served(desk) as url, chromium_page(url, f"Bearer {desk.token(QA)}") as page:
        ranges = asked_ranges(page, path)
        assert load(page, f"{path}?purpose=test") == pytest.approx(SECONDS, abs=1)
        for second in (1700.0, 12.0, 900.0):
            _, at = seek(page, second)
            assert at == pytest.approx(second, abs=0.1)
            assert second < play(page) < second + 5
    assert all(asked is not None for asked in ranges)
    assert any(asked != "bytes=0-" for asked in ranges), ranges
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=200), subject_id=id_, actor_id=QA.id).items
    heard = [line.detail for line in lines if line.action == "evidence.listened"]
    assert any(not str(detail["bytes"]).startswith("0-") for detail in heard), "a range was given and logged"
    assert all(line.purpose == "test" for line in lines)
