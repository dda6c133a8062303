"""Files of a visit as tests send them, and the sending."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from werkzeug.test import TestResponse

from server.domain.evidence import EvidenceItem
from server.domain.visits import Visit, VisitState
from server.services.ids import new_id
from server.services.ports.paging import PageRequest
from storage.media.invented_photos import draw_photo
from storage.media.invented_recordings import Container, mux_recording
from tests.conftest import NOON, Desk
from tests.support import builders
from tests.support.cast import Member

STARTED = datetime(
    2026, 3, 10, 2, 0, tzinfo=UTC
)  # ten in the morning, two hours before the clock of the tests
ENDED = datetime(2026, 3, 10, 2, 40, tzinfo=UTC)
PLACE = (35.0532, 113.9401)


@cache
def photo(seed: int = 1, taken_at: datetime = STARTED, kind: str = "photo_door") -> bytes:
    """A small photo as a phone takes it, with its time and PLACE in it."""
    return draw_photo(seed, kind, taken_at, *PLACE, size=(160, 120))


@cache
def recording(seed: int = 1, seconds: int = 2, container: Container = "webm") -> bytes:
    return mux_recording(seed, seconds, container, STARTED)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fresh_id() -> str:
    return new_id(NOON)


def told(content: bytes, kind: str = "photo_door", **changes: Any) -> dict[str, Any]:
    """The query of an upload; a change to None leaves the field out."""
    values = {
        "id": fresh_id(),
        "kind": kind,
        "filename": "20260310.bin",
        "sha256": sha256(content),
    } | changes
    return {name: value for name, value in values.items() if value is not None}


def make_visited(desk: Desk, **changes: Any) -> Visit:
    """A visit of 陈磊 and 王强 that ended at 10:40."""
    placement = builders.make_placement(desk)
    address = builders.make_address(desk, placement)
    values = {"state": VisitState.COMPLETED, "started_at": STARTED, "ended_at": ENDED} | changes
    return builders.make_visit(desk, placement, address, **values)


def send(  # `announced`: the Content-Length, where it is not the truth
    desk: Desk,
    member: Member | None,
    visit: Visit | str,
    content: bytes,
    kind: str = "photo_door",
    *,
    desk_import: bool = False,
    announced: int | None = None,
    **changes: Any,
) -> TestResponse:
    visit_id = visit if isinstance(visit, str) else visit.id
    return desk.request(
        "POST",
        member,
        f"/api/v1/visits/{visit_id}/evidence{'/desk' if desk_import else ''}",
        query_string=told(content, kind, **changes),
        data=content,
        content_type="application/octet-stream",
        environ_overrides={} if announced is None else {"CONTENT_LENGTH": str(announced)},
    )


def kept(desk: Desk) -> list[EvidenceItem]:
    with desk.installation.house.units.read() as uow:
        return uow.evidence_items.having()


def stored_keys(desk: Desk) -> list[str]:
    return sorted(desk.installation.house.objects.keys(""))


def nothing_stored(desk: Desk) -> bool:
    """No row, no object, and nothing left of what was received."""
    receiving = desk.installation.house.receiving
    return kept(desk) == [] and stored_keys(desk) == [] and list(receiving.iterdir()) == []


def actions(desk: Desk) -> list[str]:
    """What the trail says, oldest first."""
    with desk.installation.house.units.read() as uow:
        lines = uow.trail.page(PageRequest(limit=200), subject_id=None, actor_id=None).items
    return [line.action for line in reversed(lines)]
