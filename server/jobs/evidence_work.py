"""Jobs on a kept file: sizes, fingerprint and likenesses; and on a visit: what its rules find."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from typing import Any

from server.domain.evidence import EvidenceItem
from server.jobs.runner import JobFailed, Progress
from server.services import evidence_flags, evidence_work
from server.services.house import House
from server.services.local_copies import fetched
from server.services.ports.media import MediaRefused
from server.services.ports.objects import ObjectDamaged, ObjectExists, ObjectKeyDestroyed, ObjectMissing

_LARGEST_PICTURE = 4 << 20


def work_evidence(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Derive what there is of a photo or a recording, then look for the same one in other visits."""
    with house.units.read() as uow:
        item = uow.evidence_items.need(str(payload["evidence_id"]))
    try:
        found = _photo(house, item) if item.media_type.startswith("image/") else _recording(house, item)
    except (MediaRefused, ObjectMissing, ObjectKeyDestroyed, ObjectDamaged) as error:
        raise JobFailed(f"nothing can be derived of {item.id}: {error}") from error
    with house.units.write() as uow:
        for visit_id, raised in found.items():
            evidence_flags.raise_flags(uow, uow.visits.need(visit_id), raised)
        evidence_work.look_again(uow, item.visit_id)
        uow.commit()


def flag_visit(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Hold a visit against the rules, after its files or its check-ins changed."""
    visit_id = str(payload["visit_id"])
    with house.units.read() as uow:
        found = evidence_flags.look_over(uow, house.outlines, uow.visits.need(visit_id))
    if found:  # a whole visit is read for it: nobody waits for the writer's turn meanwhile
        with house.units.write() as uow:
            evidence_flags.raise_flags(uow, uow.visits.need(visit_id), found)
            uow.commit()


def _photo(house: House, item: EvidenceItem) -> evidence_work.Found:
    with house.objects.open(item.object_key) as source:
        work = house.media.photo_work(source)
    if work.sha256 != item.sha256:
        raise JobFailed(f"the bytes of {item.id} are not those that were kept")
    beside = f"evidence/{item.visit_id}/{item.id}"
    thumbnail, screen = f"{beside}/thumbnail", f"{beside}/screen"
    _store(house, thumbnail, work.thumbnail)
    _store(house, screen, work.screen)
    with house.units.write() as uow:
        evidence_work.keep_photo(uow, item, work, thumbnail, screen)
        uow.commit()
    return evidence_work.photos_alike(house, item, work)


def _recording(house: House, item: EvidenceItem) -> evidence_work.Found:
    with fetched(house, item.object_key) as copy:
        work = house.media.recording_work(copy, item.media_type)
    with house.units.write() as uow:
        evidence_work.keep_sound(uow, item, work)
        uow.commit()
    return evidence_work.sounds_alike(house, item, work)


def _store(house: House, key: str, content: bytes) -> None:
    # A worker that died before it could name it has made the same picture.
    with contextlib.suppress(ObjectExists):
        house.objects.write(key, io.BytesIO(content), limit=_LARGEST_PICTURE)
