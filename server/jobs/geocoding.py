"""The job that asks where addresses lie: one text after the other, outside any transaction: providers are slow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import JobFailed, Progress
from server.services import geocoding
from server.services.house import House
from server.services.ports.places import GeocodingFailed, Trouble

_A_RUN = 50  # texts; then other jobs have their turn


def ask_for_points(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Ask for what waits. By day it also takes up addresses that came while no provider was set."""
    if not house.geocoder.provider:
        return
    if "day" in payload:
        with house.units.write() as uow:
            geocoding.want_unasked(uow)
            uow.commit()
    for done in range(_A_RUN):
        if not _ask_one(house):
            return
        progress(done + 1, done + 1)
    with house.units.write() as uow:
        geocoding.go_on(uow)
        uow.commit()


def _ask_one(house: House) -> bool:
    """Whether there was a text to ask. A provider out of reach raises: the runner tries again, later and later."""
    with house.units.write() as uow:
        asked = geocoding.begin(uow, house.geocoder)
        uow.commit()
    if asked is None:
        return False
    try:
        answer = house.geocoder.ask(asked.normalized)
    except GeocodingFailed as failure:
        with house.units.write() as uow:
            geocoding.failed(uow, asked, failure.words, this_text=failure.trouble is Trouble.TEXT)
            uow.commit()
        if failure.trouble is Trouble.SETTING:
            raise JobFailed(failure.words) from None
        if failure.trouble is Trouble.PROVIDER:
            raise
        return True
    with house.units.write() as uow:
        geocoding.answered(uow, house.outlines, asked, answer)
        uow.commit()
    return True
