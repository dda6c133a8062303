"""The stored bytes of each segment that a phone signed, read and digested (V2, V8).

Owns one pass over each file, whatever its manifests list. It refuses to judge: `server.services.capture_chain` does.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from typing import BinaryIO

from server.domain.capture_chain import bytes_of, in_file_order
from server.domain.capture_manifests import CaptureKind, ListedCapture
from server.domain.evidence import EvidenceItem
from server.services.house import House

_PIECE = 1 << 20


def read_segments(house: House, visit_id: str, progress: Callable[[int, int], None]) -> None:
    """Read what no run has read yet, one pass over each file. What the store raises passes through."""
    with house.units.read() as uow:
        unread = [
            capture
            for capture in uow.captures.having(visit_id=visit_id, stored_sha256=None)
            if capture.kind is CaptureKind.SEGMENT
        ]
        items = uow.evidence_items.by_ids(capture.item_id for capture in unread)
    done = 0
    for item in items.values():
        pieces = [capture for capture in unread if capture.item_id == item.id]
        digests = _digests(house, item, pieces) if item.visit_id == visit_id else {}
        done += len(pieces)
        progress(done, len(unread))
        with house.units.write() as uow:
            for capture in uow.captures.by_ids(digests).values():
                uow.captures.save(dataclasses.replace(capture, stored_sha256=digests[capture.id]))
            uow.commit()


def _digests(house: House, item: EvidenceItem, pieces: Iterable[ListedCapture]) -> dict[str, str]:
    """By capture the digest of its bytes. What begins before the last piece's end is not read: one pass, whatever
    a manifest lists; the same place listed again has the same digest."""
    found: dict[str, str] = {}
    known: dict[tuple[int, int], str] = {}
    reached = 0
    with house.objects.open(item.object_key) as stream:
        for piece in in_file_order(pieces):
            begins, ends = bytes_of(piece)
            if (begins, ends) in known:
                found[piece.id] = known[begins, ends]
            if begins < reached or ends > item.size:
                continue
            _read(stream, begins - reached)
            found[piece.id] = known[begins, ends] = _read(stream, ends - begins)
            reached = ends
    return found


def _read(stream: BinaryIO, size: int) -> str:
    """The digest of so many bytes of the stream, or of as many as there are."""
    digest = hashlib.sha256()
    while size > 0 and (piece := stream.read(min(size, _PIECE))):
        digest.update(piece)
        size -= len(piece)
    return digest.hexdigest()
