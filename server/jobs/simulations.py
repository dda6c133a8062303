"""The job of the simulator: once a day, and when somebody asks, the facts of all cases are written as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services import simulations
from server.services.house import House


def take_snapshot(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    simulations.take_snapshot(house, progress)
