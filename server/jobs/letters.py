"""Jobs of letters: a counterfoil that nobody ticked off goes to the manager (V6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services import letters
from server.services.house import House


def escalate_counterfoil(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Due when the days of the counterfoil are over; does nothing when it is back."""
    with house.units.write() as uow:
        letters.escalate(uow, payload["letter_id"])
        uow.commit()
