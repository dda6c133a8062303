"""The state of the house for IT: queues, what runs, the last checks of evidence, room, what waits to leave.

Owns the gathering, from rows and folders that answer at once: as many queries for a long queue as for none. Refuses to
measure what takes long; what a job found is read from the line that it left in the trail.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.jobs import JobKind, JobState
from server.services.house import House
from server.services.ports.addresses import DivisionEdition
from server.services.ports.house_state import OutboxState, UnsentOnPhones
from server.services.ports.jobs import Job
from server.services.ports.unit_of_work import UnitOfWork
from server.services.simulations import SnapshotShown, read_snapshot

_RUNNING = 50
DIFFERENCES = 100
LITTLE_ROOM = 10  # a tenth of the disk
# What each check of evidence leaves in the trail: its act, what it counted, how many differed.
_CHECKS = {
    JobKind.GLANCE: ("evidence.glanced", "seen"),
    JobKind.VERIFY: ("evidence.verified", "checked"),
    JobKind.ROWS: ("evidence.rows_checked", "rows"),
}


@dataclass(frozen=True, slots=True)
class Queue:
    """The jobs of a kind that are not done. `oldest_due_at` is of those that wait; None where none does."""

    kind: str
    waiting: int
    running: int
    failed: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When a check of evidence ended last, how much it saw, how much differed; None where it never ran."""

    kind: JobKind
    at: datetime | None
    seen: int
    damaged: int


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk with the folders on it, in bytes."""

    folders: Sequence[str]
    total: int
    free: int

    @property
    def little(self) -> bool:
        return self.free * LITTLE_ROOM < self.total


@dataclass(frozen=True, slots=True)
class HouseState:
    """Everything at one moment. `differences` open ones of evidence are counted up to `DIFFERENCES`."""

    at: datetime
    queues: Sequence[Queue]
    running: Sequence[Job]
    checks: Sequence[LastCheck]
    differences: int
    disks: Sequence[Disk]
    database_bytes: int
    divisions: DivisionEdition
    snapshot: SnapshotShown
    outbox: OutboxState
    unsent: UnsentOnPhones


def state_of(house: House, uow: UnitOfWork) -> HouseState:
    """The house as it is now."""
    return HouseState(
        at=uow.now,
        queues=_queues(uow),
        running=uow.jobs.running(_RUNNING),
        checks=[_last(uow, kind) for kind in _CHECKS],
        differences=len(uow.evidence_differences.opened(DIFFERENCES)),
        disks=_disks(house),
        database_bytes=uow.house_state.database_bytes(),
        divisions=house.addresses.edition(),
        snapshot=read_snapshot(uow),
        outbox=uow.house_state.outbox(),
        unsent=uow.house_state.unsent(),
    )


def _queues(uow: UnitOfWork) -> list[Queue]:
    counts: dict[str, dict[JobState, int]] = {}
    oldest: dict[str, datetime] = {}
    for one in uow.jobs.counts():
        counts.setdefault(one.kind, {})[one.state] = one.count
        if one.state is JobState.WAITING:
            oldest[one.kind] = one.oldest_due_at
    return [
        Queue(
            kind,
            found.get(JobState.WAITING, 0),
            found.get(JobState.RUNNING, 0),
            found.get(JobState.FAILED, 0),
            oldest.get(kind),
        )
        for kind, found in counts.items()
    ]


def _last(uow: UnitOfWork, kind: JobKind) -> LastCheck:
    action, counted = _CHECKS[kind]
    line = uow.trail.newest(action)
    if line is None:
        return LastCheck(kind, None, 0, 0)
    detail: Mapping[str, Any] = line.detail
    return LastCheck(kind, line.at, int(detail[counted]), int(detail["damaged"]))


def _disks(house: House) -> list[Disk]:
    """Each disk once, however many folders lie on it."""
    found: dict[int, Disk] = {}
    for folder in house.folders:
        if not folder.exists():
            continue
        usage, device = shutil.disk_usage(folder), folder.stat().st_dev
        names = [*found[device].folders, str(folder)] if device in found else [str(folder)]
        found[device] = Disk(names, usage.total, usage.free)
    return list(found.values())
