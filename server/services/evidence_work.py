"""What is derived of a kept file, and the search for the same one in other visits (V8).

Owns the order: first the fingerprint is committed, then it is searched, so that of two files that come at once one sees
the other; whichever it is, the later of the two is flagged. It refuses to hold a transaction while pictures or sounds
are compared.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from server.domain.evidence import EvidenceItem
from server.domain.evidence_flags import Raised
from server.domain.fingerprints import Fingerprint, PrintKind
from server.domain.flag_rules import LIMITS, copy_and_first, photo_flag, sound_flag
from server.services.house import House
from server.services.ports.likeness import KnownPrint, PhotoCandidate
from server.services.ports.media import PhotoWork, SoundWork
from server.services.ports.objects import ObjectMissing
from server.services.ports.unit_of_work import UnitOfWork

WORK_JOB = "evidence.work"
FLAGS_JOB = "evidence.flags"
# A transaction may commit later than one that began after it.
_OVERLAP = timedelta(minutes=10)
_BATCH = 200
_TRIES_A_PHOTO = 3  # candidate frames of one known photo
_NO_PHOTO: Mapping[str, None] = dict.fromkeys(("width", "height", "make", "model", "software"))

Found = Mapping[str, Sequence[Raised]]  # by the visit to flag


def look_again(uow: UnitOfWork, visit_id: str) -> None:
    """Have a visit held against the rules once more; ten photos that come at once are one cause."""
    uow.enqueue(FLAGS_JOB, {"visit_id": visit_id}, once_key=f"{FLAGS_JOB}:{visit_id}")


def keep_photo(uow: UnitOfWork, item: EvidenceItem, work: PhotoWork, thumbnail: str, screen: str) -> None:
    """Name the two pictures, and keep the fingerprint; a second run changes nothing."""
    current = uow.evidence_items.need(item.id)
    if current.thumbnail_key is None or current.screen_key is None:
        uow.evidence_items.save(dataclasses.replace(current, thumbnail_key=thumbnail, screen_key=screen))
    if uow.fingerprints.get(item.id) is None:
        uow.fingerprints.add(
            Fingerprint(
                item.id, item.visit_id, PrintKind.PHOTO, work.print,
                work.width, work.height, work.make, work.model, work.software, None, None, uow.now,
            )
        )  # fmt: skip


def keep_sound(uow: UnitOfWork, item: EvidenceItem, work: SoundWork) -> None:
    """Keep the fingerprint of a recording; a second run changes nothing."""
    if uow.fingerprints.get(item.id) is None:
        uow.fingerprints.add(
            Fingerprint(
                item.id, item.visit_id, PrintKind.SOUND, work.prints[0], **_NO_PHOTO,
                silent_share=work.silent_share, clipped_share=work.clipped_share, made_at=uow.now,
            )
        )  # fmt: skip


def photos_alike(house: House, item: EvidenceItem, work: PhotoWork) -> Found:
    """The photos of other visits that are this picture."""
    _refresh(house)
    with house.units.read() as uow:
        own = [one.id for one in uow.fingerprints.having(visit_id=item.visit_id)]
        candidates = house.likeness.photos.near(work.print, own)
        others = uow.evidence_items.by_ids({each.id for each in candidates})
    tries: dict[str, list[PhotoCandidate]] = defaultdict(list)
    for each in candidates:
        tries[each.id].append(each)
    found: dict[str, list[Raised]] = defaultdict(list)
    for other in others.values():
        known = None if other.visit_id == item.visit_id else _thumbnail(house, other)
        if known is None:
            continue
        best = _best(house, work.thumbnail, known, tries[other.id])
        copy, first = copy_and_first(item, other)
        if (flag := photo_flag(copy.id, first.id, first.visit_id, best)) is not None:
            found[copy.visit_id].append(flag)
    return found


def sounds_alike(house: House, item: EvidenceItem, work: SoundWork) -> Found:
    """The recordings of other visits that hold the same sound, looked for in all of them."""
    found: dict[str, list[Raised]] = defaultdict(list)
    for batch in _sounds(house):
        known = (KnownPrint(id_, print_) for id_, visit_id, print_ in batch if visit_id != item.visit_id)
        likes = house.likeness.sounds(work.prints, known)
        with house.units.read() as uow:
            others = uow.evidence_items.by_ids(like.id for like in likes)
        for like in likes:
            copy, first = copy_and_first(item, others[like.id])
            begins = (like.at, like.known_at) if copy is item else (like.known_at, like.at)
            flag = sound_flag(copy.id, first.id, first.visit_id, (like.seconds, like.share, *begins))
            if flag is not None:
                found[copy.visit_id].append(flag)
    return found


def _refresh(house: House) -> None:
    """Bring the index of photos up to the rows."""
    photos = house.likeness.photos
    since = None if photos.seen_until is None else photos.seen_until - _OVERLAP
    with house.units.read() as uow:
        rows = uow.fingerprints.since(PrintKind.PHOTO, since)
    photos.add(KnownPrint(id_, print_) for id_, print_, _ in rows)
    if rows:
        photos.seen_until = rows[-1][2]


def _best(house: House, asked: bytes, known: bytes, frames: Sequence[PhotoCandidate]) -> float:
    best = 0.0
    for frame in frames[:_TRIES_A_PHOTO]:
        best = max(best, house.likeness.agreement(asked, known, frame))
        if best >= LIMITS.photo_agreement:
            break
    return best


def _thumbnail(house: House, other: EvidenceItem) -> bytes | None:
    if other.thumbnail_key is None:
        return None
    try:
        with house.objects.open(other.thumbnail_key) as stream:
            return stream.read()
    except ObjectMissing:
        return None  # the daily check tells IT of it


def _sounds(house: House) -> Iterator[list[tuple[str, str, bytes]]]:
    after = ""
    while True:
        with house.units.read() as uow:
            batch = uow.fingerprints.following(PrintKind.SOUND, after, _BATCH)
        if not batch:
            return
        yield batch
        after = batch[-1][0]
