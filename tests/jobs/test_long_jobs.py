"""Jobs that take minutes wait until nothing else is due, and are left alone where somebody asks for the rest only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import JobRunner, Progress
from server.services.house import House
from tests.conftest import Desk


def test_a_long_job_waits_for_everything_that_is_due(desk: Desk) -> None:
    ran: list[str] = []

    def run(_house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
        ran.append(payload["name"])

    house = desk.installation.house
    runner = JobRunner(house, {"test.long": run, "test.short": run}, long=["test.long"])
    with house.units.write() as uow:
        for kind, name in (("test.long", "copy"), ("test.short", "credit"), ("test.short", "notice")):
            uow.enqueue(kind, {"name": name})
        uow.commit()
    assert runner.run_due(but=["test.long"]) == 2
    assert sorted(ran) == ["credit", "notice"]
    with house.units.write() as uow:
        uow.enqueue("test.short", {"name": "late"})
        uow.commit()
    assert runner.run_due() == 2
    assert ran[2:] == ["late", "copy"]
