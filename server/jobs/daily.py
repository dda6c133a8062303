"""What is done once a day or once an hour: enqueued by any worker in its first minutes, done by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.domain.calendar import SHANGHAI, local_day
from server.services.house import House
from server.services.ports.jobs import DAILY_KEY


def enqueue_daily(house: House, kinds: Sequence[str], hourly: Sequence[str] = ()) -> None:
    """Enqueue the jobs of today and of this hour; their keys outlive them, so that a second worker or a second minute
    adds none."""
    now = house.clock.now()
    today = local_day(now).isoformat()
    hour = f"{now.astimezone(SHANGHAI):%Y-%m-%dT%H}"
    keys: Mapping[str, str] = {f"{DAILY_KEY}{kind}:{today}": kind for kind in kinds} | {
        f"{DAILY_KEY}{kind}:{hour}": kind for kind in hourly
    }
    with house.units.read() as asking:
        missing = keys.keys() - asking.jobs.known_keys(keys)
    if missing:
        with house.units.write() as uow:
            for key in sorted(missing):
                uow.enqueue(keys[key], {"day": today}, once_key=key)
            uow.commit()
