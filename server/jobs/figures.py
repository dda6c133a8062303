"""Jobs of a month's figures: counted outside the writer's turn, kept in it (M6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services.house import House
from server.services.month_figures import count_everything, touch_recent


def count_figures(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Count one month. Of two workers at it, the one that began to read later is believed."""
    month = str(payload["month"])
    with house.units.read() as reading:
        counted, at = count_everything(reading, month), reading.now
    with house.units.write() as uow:
        uow.month_figures.replace(month, counted, at)
        uow.commit()


def renew_figures(house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
    """Once a day what nobody said of a change is seen all the same."""
    with house.units.write() as uow:
        touch_recent(uow)
        uow.commit()
