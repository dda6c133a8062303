"""Jobs of a month's figures and of what its lines pay: counted outside the writer's turn, kept in it (M6, F1)."""

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
        of_pay = reading.pay_sums.of_month(month)
    with house.units.write() as uow:
        if uow.month_figures.replace(month, counted, at):
            uow.pay_sums.replace(month, of_pay, at)
        uow.commit()


def renew_figures(house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
    """Once a day what nobody said of a change is seen all the same."""
    with house.units.write() as uow:
        touch_recent(uow)
        uow.commit()
