"""Jobs of evidence: thumbnails after the commit, the daily sweep of bytes without rows, the daily check of bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from server.domain.calendar import local_day
from server.domain.evidence import EvidenceItem
from server.jobs.runner import JobFailed, Progress
from server.services import evidence_upkeep as upkeep
from server.services.house import House
from server.services.ports.media import MediaRefused
from server.services.ports.objects import ObjectExists, ObjectMissing

_BATCH = 500
_MOST_SWEPT = 10_000
_LARGEST_THUMBNAIL = 1 << 20
_BYTES_A_RUN = 2 << 30  # read by one run of the check: minutes, well within a lease


def make_thumbnail(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """The small picture of a photo, stored beside it and named by its row."""
    with house.units.read() as uow:
        item = uow.evidence_items.need(str(payload["evidence_id"]))
    if item.thumbnail_key is not None:
        return
    key = f"evidence/{item.visit_id}/{item.id}/thumbnail"
    try:
        with house.objects.open(item.object_key) as source:
            small = house.media.thumbnail(source)
        house.objects.write(key, io.BytesIO(small), limit=_LARGEST_THUMBNAIL)
    except ObjectExists:
        pass  # a worker that died before it could name it has made the same picture
    except (MediaRefused, ObjectMissing) as error:
        raise JobFailed(f"no thumbnail of {item.id}: {error}") from error
    with house.units.write() as uow:
        upkeep.name_thumbnail(uow, item.id, key)
        uow.commit()


def sweep_objects(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    """Remove bytes that have had no row for a day, and what killed writers and receivers left."""
    before = house.clock.now() - upkeep.SWEPT_AFTER
    seen, orphans = _orphans(house, before)
    if upkeep.too_many_orphans(len(orphans), seen):
        with house.units.write() as uow:
            upkeep.tell_of_orphans(uow, len(orphans), seen)
            uow.commit()
        raise JobFailed(f"{len(orphans)} of {seen} objects have no row: not swept, compare with the backup")
    for keys in _batches(orphans):
        with house.units.write() as uow:
            still = upkeep.without_row(uow, keys)
            upkeep.record_sweep(uow, still)
            uow.commit()
        for key in still:
            house.objects.delete(key)
    house.objects.discard_unfinished(before)
    for path in house.receiving.glob("*.part"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
    progress(len(orphans), len(orphans))


def verify_evidence(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Compare rows with bytes, all sizes and a share of the digests a day; what differs becomes an incident."""
    day = date.fromisoformat(str(payload.get("day") or local_day(house.clock.now())))
    after, read, checked, digests, damaged = str(payload.get("after", "")), 0, 0, 0, 0
    while read < _BYTES_A_RUN:
        with house.units.read() as uow:
            items = uow.evidence_items.following(after, _BATCH)
        if not items:
            after = ""
            break
        for item in items:
            whole = upkeep.digest_due(item, day)
            damaged += _verify(house, item, digest=whole)
            checked += 1
            digests += whole
            read += item.size if whole else 0
        after = items[-1].id
        progress(checked, checked)
    with house.units.write() as uow:
        upkeep.record_check(uow, checked, digests, damaged)
        if after:
            uow.enqueue(upkeep.VERIFY_JOB, {"day": day.isoformat(), "after": after})
        uow.commit()


def _verify(house: House, item: EvidenceItem, *, digest: bool) -> bool:
    damage = upkeep.damage_of(house, item, digest=digest)
    if damage is None:
        return False
    with house.units.write() as uow:
        upkeep.report_damage(uow, item, damage)
        uow.commit()
    return True


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
