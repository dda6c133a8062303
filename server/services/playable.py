"""Copies of recordings that are made to be heard, and the waveform drawn of them (S8).

Owns which recordings have them and where they lie. It refuses to let one stand for the original: evidence is what came,
and its digest is the receipt's.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import BinaryIO

from server.domain.access import Actor, Permission
from server.domain.audit import AuditEntry
from server.domain.evidence import EvidenceItem
from server.domain.evidence_problems import PLAYABLE_NOT_READY
from server.domain.problems import problem
from server.services import evidence_reading
from server.services.evidence_reading import ByteRange
from server.services.house import House
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PlayableCopy:
    """The copy of a recording: where it lies, what it is, how many bytes it has."""

    item: EvidenceItem
    key: str
    media_type: str
    size: int


def name_copies(
    uow: UnitOfWork, evidence_id: str, playable_key: str, playable_type: str, peaks_key: str
) -> None:
    """The row names what the job has stored."""
    item = uow.evidence_items.need(evidence_id)
    named = dataclasses.replace(
        item, playable_key=playable_key, playable_type=playable_type, peaks_key=peaks_key
    )
    uow.evidence_items.save(named)


def copy_to_hear(
    house: House, uow: UnitOfWork, actor: Actor, evidence_id: str, purpose: str | None
) -> tuple[PlayableCopy, str | None]:
    """The copy if the actor may hear the recording, with the purpose that the trail names."""
    item, purpose = evidence_reading.look(uow, actor, evidence_id, purpose)
    if item.playable_key is None or item.playable_type is None:
        raise problem(PLAYABLE_NOT_READY, id=item.id)
    with evidence_reading.told_of_damage(item):
        size = house.objects.stat(item.playable_key).size
    return PlayableCopy(item, item.playable_key, item.playable_type, size), purpose


def open_copy(
    house: House, uow: UnitOfWork, copy: PlayableCopy, part: ByteRange, purpose: str | None
) -> BinaryIO:
    """The bytes of a range of the copy; hearing it is hearing the recording, and stands on the trail as such."""
    stream = evidence_reading.open_part(house, copy.item, copy.key, part)
    detail = evidence_reading.heard_detail(copy.item, part, copy.size) | {"copy": True}
    uow.audit(AuditEntry("evidence.listened", "evidence", copy.item.id, detail, purpose=purpose))
    return stream


def peaks(house: House, uow: UnitOfWork, actor: Actor, evidence_id: str) -> tuple[EvidenceItem, bytes]:
    """The waveform, ten pairs of bytes a second; it shows when somebody spoke and nothing of what was said."""
    item, _ = evidence_reading.evidence_within(uow, actor, evidence_id, Permission.EVIDENCE_READ)
    if item.peaks_key is None:
        raise problem(PLAYABLE_NOT_READY, id=item.id)
    with (
        evidence_reading.told_of_damage(item),
        evidence_reading.open_part(house, item, item.peaks_key, None) as stream,
    ):
        drawn = stream.read()
    detail = {"visit_id": item.visit_id, "peaks": True}
    uow.audit(AuditEntry("evidence.read", "evidence", item.id, detail))
    return item, drawn
