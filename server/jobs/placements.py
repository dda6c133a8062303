"""Jobs of placements: ending what is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services.house import House
from server.services.placements import end_due


def end_due_placements(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    """R14, daily: in short turns, for the end of a month ends thousands."""
    done = 0
    while True:
        with house.units.write() as uow:
            ended = end_due(uow)
            uow.commit()
        if ended == 0:
            return
        done += ended
        progress(done, done)
