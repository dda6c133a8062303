"""What is done once a day: enqueued by any worker in the first minutes of the local day, done by one."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.calendar import local_day
from server.services.house import House
from server.services.ports.jobs import DAILY_KEY


def enqueue_daily(house: House, kinds: Sequence[str]) -> None:
    """Enqueue today's jobs; a day's key outlives its job, so that a second worker or a second minute adds none."""
    today = local_day(house.clock.now()).isoformat()
    keys = {f"{DAILY_KEY}{kind}:{today}": kind for kind in kinds}
    with house.units.read() as asking:
        missing = keys.keys() - asking.jobs.known_keys(keys)
    if missing:
        with house.units.write() as uow:
            for key in sorted(missing):
                uow.enqueue(keys[key], {"day": today}, once_key=key)
            uow.commit()
