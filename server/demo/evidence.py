"""Evidence of the demo's visits: real JPEGs and recordings, drawn ahead in a pool, kept as phones send them."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from types import TracebackType

from server.demo.firm import Firm
from server.demo.phones import Captured
from server.domain.evidence import Capture, EvidenceKind
from server.parent import end_with_parent
from server.services import capture_chain, evidence
from server.services.received import ReceivedFile
from storage.media.invented_photos import draw_photo
from storage.media.invented_recordings import Container, mux_recording

_CONTAINERS: tuple[Container, ...] = ("webm", "m4a", "amr")
_TYPES = {"webm": "audio/webm", "m4a": "audio/mp4", "amr": "audio/amr"}
_SIZE = (960, 720)
_ACCURACY_M = 12.0
_TREMBLES = 0.00004  # degrees


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file that is being made: what it will be and the bytes to come."""

    kind: EvidenceKind
    filename: str
    media_type: str
    at: datetime
    latitude: float
    longitude: float
    content: Future[bytes]
    seconds: int = 0


class Studio(AbstractContextManager["Studio"]):
    """Draws photographs and muxes recordings ahead of time in two processes; each file has a seed of its own."""

    def __init__(self, firm: Firm) -> None:
        self._firm = firm
        self._pool = ProcessPoolExecutor(2, initializer=end_with_parent)
        self._seed = firm.inventor.dice.getrandbits(32)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def photo(self, kind: EvidenceKind, at: datetime, latitude: float, longitude: float) -> Drawing:
        self._seed += 1
        dice = Random(self._seed)  # noqa: S311 - a receiver trembles by metres
        latitude, longitude = latitude + dice.gauss(0, _TREMBLES), longitude + dice.gauss(0, _TREMBLES)
        content = self._pool.submit(draw_photo, self._seed, kind.value, at, latitude, longitude, _SIZE)
        name = f"{at:%Y%m%d_%H%M%S}_{kind.value}.jpg"
        return Drawing(kind, name, "image/jpeg", at, latitude, longitude, content)

    def recording(self, at: datetime, seconds: int, latitude: float, longitude: float) -> Drawing:
        self._seed += 1
        container = _CONTAINERS[self._seed % 3]
        content = self._pool.submit(mux_recording, self._seed, seconds, container, at)
        name = f"{at:%Y%m%d_%H%M%S}.{container}"
        media_type = _TYPES[container]
        return Drawing(EvidenceKind.RECORDING, name, media_type, at, latitude, longitude, content, seconds)


def send(firm: Firm, username: str, visit_id: str, drawings: list[Drawing]) -> None:
    """Send files from an agent's phone: bytes first, then the rows, as every upload does; then what it signed."""
    taken, captured = [], []
    for number, drawing in enumerate(drawings):
        content = drawing.content.result()
        path = firm.house.receiving / f"demo-{visit_id}-{number}"
        path.write_bytes(content)
        told = _told(firm, visit_id, drawing, hashlib.sha256(content).hexdigest())
        received = ReceivedFile(path, len(content), told.sha256)
        taken.append((told, evidence.take_in(firm.house, received, told)))
        path.unlink()
        captured.append(_captured(told.id, drawing, content))
    with firm.acting(username) as (uow, actor):
        for told, stored in taken:
            evidence.keep(firm.house, uow, actor, told, stored)
        nonce = uow.visits.need(visit_id).capture_nonce
        if captured and nonce is not None:
            signed = firm.phones[username].manifest(firm.new_id(), visit_id, nonce, captured)
            capture_chain.receive(firm.house, uow, actor, visit_id, signed)


def _told(firm: Firm, visit_id: str, drawing: Drawing, digest: str) -> evidence.Particulars:
    return evidence.Particulars(
        id=firm.new_id(),
        visit_id=visit_id,
        kind=drawing.kind,
        filename=drawing.filename,
        sha256=digest,
        declared_type=drawing.media_type,
        said=Capture(drawing.at, drawing.latitude, drawing.longitude, _ACCURACY_M),
        run=1 if drawing.kind is EvidenceKind.RECORDING else None,
    )


def _captured(item: str, drawing: Drawing, content: bytes) -> Captured:
    return Captured(
        item, content, drawing.at, drawing.latitude, drawing.longitude, _ACCURACY_M, drawing.seconds
    )
