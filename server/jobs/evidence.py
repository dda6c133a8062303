"""Jobs of evidence: the daily sweep of bytes without rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from server.jobs.runner import JobFailed, Progress
from server.services import evidence_upkeep as upkeep
from server.services.house import House
from server.services.ports.objects import ObjectMissing

_BATCH = 500
_MOST_SWEPT = 10_000


def sweep_objects(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    """Remove bytes that have had no row for a day, and what killed writers and receivers left."""
    before = house.clock.now() - upkeep.SWEPT_AFTER
    seen, orphans = _orphans(house, before)
    with house.units.read() as uow:
        lost = upkeep.receipted(uow, orphans)
        leftovers = upkeep.leftovers(uow, orphans)
    kept_back = {found.object_key for found in lost}
    swept = [key for key in orphans if key not in kept_back]
    unexplained = [key for key in swept if key not in leftovers]
    too_many = upkeep.too_many_orphans(len(unexplained), seen)
    with house.units.write() as uow:
        upkeep.mended(uow, set(orphans) if too_many else kept_back)
        upkeep.record_without_row(uow, lost, upkeep.found_without_row(uow, unexplained) if too_many else [])
        if too_many:
            upkeep.tell_of_orphans(uow, len(unexplained), seen)
        uow.commit()
    if too_many:
        raise JobFailed(
            f"{len(unexplained)} of {seen} objects have no row: not swept, compare with the backup"
        )
    _sweep(house, swept)
    house.objects.discard_unfinished(before)
    for path in house.receiving.glob("*.part"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
    progress(len(swept), len(swept))


def _sweep(house: House, keys: list[str]) -> None:
    """Named in the trail first, then removed: a sweep that is killed half-way has said what it took."""
    for batch in _batches(keys):
        with house.units.write() as uow:
            still = upkeep.without_row(uow, batch)
            upkeep.record_sweep(uow, still)
            uow.commit()
        for key in still:
            house.objects.delete(key)


def _orphans(house: House, before: datetime) -> tuple[int, list[str]]:
    """How many objects there are, and the keys of those that are old enough and have no row."""
    seen, found = 0, []
    keys = (key for prefix in upkeep.SWEPT_PREFIXES for key in house.objects.keys(prefix))
    for batch in _batches(keys):
        seen += len(batch)
        with house.units.read() as uow:
            unknown = upkeep.without_row(uow, batch)
        found += [key for key in unknown if _older(house, key, before)]
        if len(found) > _MOST_SWEPT:
            break
    return seen, found


def _older(house: House, key: str, before: datetime) -> bool:
    try:
        return house.objects.stat(key).stored_at < before
    except ObjectMissing:
        return False  # its own writer took it back between the two looks


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    source = iter(keys)
    while batch := list(islice(source, _BATCH)):
        yield batch
