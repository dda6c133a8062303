"""What a phone found of itself before its agent left: room, camera, microphone, place (V2). Values alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Preflight:
    """One check of one phone, stored with each visit that it began. `free_mib` is None where nothing tells it."""

    id: str
    visit_id: str
    account_id: str
    device_id: str | None
    at: datetime
    free_mib: int | None
    persistent: bool
    camera: bool
    microphone: bool
    place: bool
    wake_lock: bool
    installed: bool
    messenger: bool
    received_at: datetime
