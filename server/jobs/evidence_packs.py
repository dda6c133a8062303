"""Jobs of evidence packs: making one, and the daily end of those that are older than thirty days (S11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services import evidence_packing, evidence_packs
from server.services.house import House
from server.services.ports.jobs import Job
from server.services.ports.unit_of_work import UnitOfWork


def make_pack(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Pack what was confirmed; bytes go before the row, so that a worker that dies leaves only what the sweep takes."""
    evidence_packing.make(house, str(payload["pack_id"]), progress)


def pack_given_up(uow: UnitOfWork, job: Job, _words: str) -> None:
    """The error stays with the job, for IT; the two names are told that there will be no pack."""
    evidence_packs.failed(uow, str(job.payload["pack_id"]), f"job {job.id}")


def expire_packs(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    """Passwords go with the commit, the bytes after it; a worker killed between the two leaves them to the sweep."""
    with house.units.write() as uow:
        keys = evidence_packs.expire(uow)
        uow.commit()
    for done, key in enumerate(keys, start=1):
        house.objects.delete(key)
        progress(done, len(keys))
