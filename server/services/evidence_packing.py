"""What goes into an evidence pack, and the making of it: originals, lists, report, one archive (S11, S16).

Owns the order and the names within a pack (docs/packs.md). Refuses to pack bytes that are not those of their receipt: a
pack that began with a damaged file would prove nothing.
"""

from __future__ import annotations

import dataclasses
import io
import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from server.domain.audit import AuditEntry, AuditLine
from server.domain.evidence import EvidenceItem
from server.domain.evidence_packs import (
    DIGITS,
    LARGEST_PACK,
    LOWER,
    PACK_DAYS,
    PASSWORD_LENGTH,
    SYMBOLS,
    UPPER,
    PackState,
    password_is_strong,
    path_in_pack,
)
from server.domain.integrity import Difference, Found
from server.domain.pack_guide import GUIDE
from server.domain.visits import Visit
from server.services import evidence_integrity, evidence_packs
from server.services.capture_segments import read_segments
from server.services.evidence_pack_chain import add_chains
from server.services.evidence_pack_facts import PackedVisit, PackFacts, gather, packed_visits
from server.services.evidence_pack_report import pack_report
from server.services.house import House
from server.services.ids import new_id
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing
from server.services.ports.packs import PackArchive, Packed

FORMAT = "fieldvisit-pack-1"
_AROUND = 64 << 20  # lists, report and headers beside the originals
_STEP = 20  # progress is told so often in all, for each telling takes the writer's turn

Progress = Callable[[int, int], None]


class PackDamaged(Exception):
    """Bytes of an item are not those of its receipt."""

    def __init__(self, item: EvidenceItem, damage: Difference) -> None:
        super().__init__(f"{item.id}: {damage}")
        self.item = item
        self.damage = damage


def make(house: House, pack_id: str, progress: Progress) -> None:
    """Pack, store, and only then the row that says so. A second run of a pack that is ready does nothing."""
    with house.units.read() as uow:
        if uow.evidence_packs.need(pack_id).state is not PackState.PACKING:
            return
        visits = packed_visits(uow, uow.evidence_packs.need(pack_id))
    _read_segments(house, visits)
    with house.units.read() as uow:
        facts = gather(uow, house.signatures, pack_id)
    password = fresh_password()
    key = f"packs/{pack_id}/{new_id(house.clock.now())}"
    try:
        with TemporaryFile(dir=house.receiving) as file:
            with house.packs.archive(file, password) as archive:
                _fill(house, archive, facts, progress)
            file.seek(0)
            stored = house.objects.write(key, file, limit=LARGEST_PACK + _AROUND)
    except PackDamaged as damaged:
        with house.units.write() as uow:
            seen = Found(damaged.item.id, damaged.item.object_key, damaged.damage, None)
            evidence_integrity.tell(uow, evidence_integrity.record(uow, [seen]))
            evidence_packs.failed(uow, pack_id, str(damaged))
            uow.commit()
        return
    with house.units.write() as uow:
        pack = uow.evidence_packs.need(pack_id)
        if pack.state is not PackState.PACKING:  # another worker was first; the sweep takes these bytes
            return
        pack = dataclasses.replace(
            pack,
            state=PackState.READY,
            items=len(facts.items),
            object_key=key,
            size=stored.size,
            sha256=stored.sha256,
            password=password,
            ready_at=uow.now,
            expires_at=uow.now + PACK_DAYS,
        )
        uow.evidence_packs.save(pack)
        detail = {"sha256": stored.sha256, "size": stored.size, "items": [item.id for item in facts.items]}
        uow.audit(AuditEntry("pack.made", "evidence_pack", pack_id, detail, purpose=pack.purpose))
        evidence_packs.tell_both(uow, pack, "pack_ready", {})
        uow.commit()


def fresh_password() -> str:
    """S11: from the machine's own randomness, drawn again until every sort of character is in it."""
    while True:
        password = "".join(secrets.choice(UPPER + LOWER + DIGITS + SYMBOLS) for _ in range(PASSWORD_LENGTH))
        if password_is_strong(password):
            return password


def _read_segments(house: House, visits: Sequence[Visit]) -> None:
    """A pack tells what is known of its chains: a segment that no job has read yet would look altered in it."""
    for visit in visits:
        with suppress(
            ObjectMissing, ObjectKeyDestroyed, ObjectDamaged
        ):  # the item is named when it is packed
            read_segments(house, visit.id, lambda *_: None)


def _fill(house: House, archive: PackArchive, facts: PackFacts, progress: Progress) -> None:
    """Every file, the lists last; what is listed was measured while it was written."""
    others = [_add_report(house, archive, facts), _add(archive, "guide.txt", GUIDE.encode())]
    others.append(_add_json(archive, "receipts.json", [_receipt(item) for item in facts.items]))
    others.append(_add_json(archive, "trail.json", _trail(facts)))
    chain_files, chain_lines = add_chains(house.signatures, archive, facts)
    others += chain_files
    packed: list[Packed] = []
    done, total, told = 0, sum(item.size for item in facts.items), 0
    for item in facts.items:
        packed.append(_add_original(house, archive, item))
        done += item.size
        if done * _STEP // max(1, total) > told:
            told = done * _STEP // max(1, total)
            progress(done, total)
    manifest = _add_json(archive, "manifest.json", _manifest(facts, packed, others, chain_lines))
    lines = "".join(f"{one.sha256}  {one.path}\n" for one in (manifest, *others, *packed))
    _add(archive, "sha256sums.txt", lines.encode())


def _add_original(house: House, archive: PackArchive, item: EvidenceItem) -> Packed:
    try:
        with house.objects.open(item.object_key) as source:
            packed = archive.add(path_in_pack(item), source, item.size)
    except ObjectMissing as error:
        raise PackDamaged(item, Difference.BYTES_MISSING) from error
    except ObjectKeyDestroyed as error:
        raise PackDamaged(item, Difference.KEY_GONE) from error
    except ObjectDamaged as error:
        raise PackDamaged(item, Difference.FRAME_DAMAGED) from error
    if (packed.size, packed.sha256) != (item.size, item.sha256):
        sizes_differ = packed.size != item.size
        raise PackDamaged(item, Difference.SIZE_DIFFERS if sizes_differ else Difference.DIGEST_DIFFERS)
    return packed


def _add_report(house: House, archive: PackArchive, facts: PackFacts) -> Packed:
    with TemporaryFile(dir=house.receiving) as file:
        house.packs.write_report(file, pack_report(house, facts))
        size = file.tell()
        file.seek(0)
        return archive.add("report.pdf", file, size)


def _add(archive: PackArchive, path: str, content: bytes) -> Packed:
    source: BinaryIO = io.BytesIO(content)
    return archive.add(path, source, len(content))


def _add_json(archive: PackArchive, path: str, told: Any) -> Packed:
    return _add(archive, path, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _receipt(item: EvidenceItem) -> dict[str, Any]:
    """What the sender was given (S10)."""
    received_at = item.received_at.isoformat()
    return {"id": item.id, "sha256": item.sha256, "size": item.size, "received_at": received_at}


def _trail(facts: PackFacts) -> dict[str, Any]:
    """The lines of the items as the chain of the trail was reckoned over them (`server.domain.audit`)."""
    names = AuditLine.__slots__
    lines = [{name: getattr(line, name) for name in names} for line in facts.trail]
    for line in lines:
        line["at"] = line["at"].isoformat(timespec="microseconds")
        line["detail"] = dict(line["detail"])
    return {"lines": lines}


def _manifest(
    facts: PackFacts, packed: Sequence[Packed], others: Sequence[Packed], chains: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    pack, (seq, digest) = facts.pack, facts.trail_head
    of_item = zip(packed, facts.items, strict=True)
    return {
        "format": FORMAT,
        "pack": {
            "id": pack.id,
            "made_at": facts.now.isoformat(),
            "recipient": pack.recipient,
            "recipient_name": pack.recipient_name,
            "purpose": pack.purpose,
            "case_number": facts.placement.case_number,
            "visit_id": pack.visit_id,
            "proposed": _signed(facts, pack.proposed_by, pack.proposed_post, pack.proposed_at),
            "confirmed": _signed(facts, pack.decided_by, pack.decided_post, pack.decided_at),
        },
        "trail_head": {"seq": seq, "digest": digest},
        "visits": [_visit(one) for one in facts.visits],
        "items": [_item(file, item) for file, item in of_item],
        "files": [dataclasses.asdict(one) for one in others],
        "capture_manifests": list(chains),
    }


def _signed(
    facts: PackFacts, account_id: str | None, post: str | None, at: datetime | None
) -> dict[str, Any]:
    account = facts.people.get(account_id or "")
    return {"name": account and account.display_name, "post": post, "at": at and at.isoformat()}


def _visit(packed: PackedVisit) -> dict[str, Any]:
    """With the ids of files that are listed and not here, or here and not listed, and may yet come to be both."""
    visit = packed.visit
    return {
        "id": visit.id,
        "started_at": visit.started_at and visit.started_at.isoformat(),
        "ended_at": visit.ended_at and visit.ended_at.isoformat(),
        "voided_at": visit.voided_at and visit.voided_at.isoformat(),
        "awaited": sorted(packed.chain.judged.awaited),
    }


def _item(file: Packed, item: EvidenceItem) -> dict[str, Any]:
    return {
        "path": file.path,
        "size": file.size,
        "sha256": file.sha256,
        "id": item.id,
        "visit_id": item.visit_id,
        "kind": item.kind,
        "media_type": item.media_type,
        "received_at": item.received_at.isoformat(),
        "late": item.late,
        "source": item.source,
        "account_id": item.account_id,
        "captured_at": item.captured_at and item.captured_at.isoformat(),
        "latitude": item.latitude,
        "longitude": item.longitude,
        "accuracy_m": item.accuracy_m,
        "datum": item.datum,
        "duration_ms": item.duration_ms,
        "run": item.run,
        "notes": list(item.notes),
    }
