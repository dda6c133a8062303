"""The job that makes a recording's copy to hear and its waveform, after the commit of the recording (S8)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from server.domain.evidence import LARGEST, EvidenceItem, EvidenceKind
from server.jobs.runner import JobFailed, Progress
from server.services import playable
from server.services.house import House
from server.services.local_copies import fetched, local_copy
from server.services.ports.media import MediaRefused
from server.services.ports.objects import ObjectDamaged, ObjectExists, ObjectKeyDestroyed, ObjectMissing

# A copy in another container has a few bytes a packet more; one that is encoded anew may be larger than speech was.
_LARGEST_COPY = 2 * LARGEST[EvidenceKind.RECORDING]
_STEPS = 3


def make_copies(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Make the copy and the peaks of one recording; the original is only read."""
    with house.units.read() as uow:
        item = uow.evidence_items.need(str(payload["evidence_id"]))
    if item.playable_key is not None:
        return
    try:
        with fetched(house, item.object_key) as source, local_copy(house, "work-") as target:
            progress(1, _STEPS)
            media_type = house.media.playable(source, item.media_type, target)
            with target.open("rb") as copy:
                playable_key = _store(house, item, "playable", copy)
            progress(2, _STEPS)
            peaks_key = _store(house, item, "peaks", io.BytesIO(house.media.peaks(source, item.media_type)))
    except (MediaRefused, ObjectMissing, ObjectKeyDestroyed, ObjectDamaged) as error:
        raise JobFailed(f"no copy to hear of {item.id}: {error}") from error
    with house.units.write() as uow:
        playable.name_copies(uow, item.id, playable_key, media_type, peaks_key)
        uow.commit()
    progress(_STEPS, _STEPS)


def _store(house: House, item: EvidenceItem, name: str, content: BinaryIO) -> str:
    key = f"evidence/{item.visit_id}/{item.id}/{name}"
    with suppress(ObjectExists):  # a worker that died before it could name it has made the same copy
        house.objects.write(key, content, limit=_LARGEST_COPY)
    return key
