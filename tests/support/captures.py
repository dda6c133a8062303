"""A phone that signs what it captures, as the app on a company device does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.domain.capture_manifests import root_of
from server.domain.visits import Visit
from storage.phone_keys import PhoneKey
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import IT, Member
from tests.support.evidence import PLACE, STARTED, fresh_id, sha256

NONCE = "7d4f" * 16


Signer = PhoneKey


@dataclass
class Chain:
    """The entries of one phone on one visit, in order, each with the digest of the one before it."""

    visit_id: str
    nonce: str = NONCE
    entries: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    begins: datetime = STARTED

    def add(self, content: bytes, item: str, at: datetime, **changes: Any) -> dict[str, Any]:
        before = self.entries[-1]["sha256"] if self.entries else root_of(self.nonce)
        done = at + timedelta(milliseconds=changes.get("duration_ms", 0))
        entry = {
            "seq": len(self.entries) + 1,
            "item": item,
            "kind": "photo",
            "sha256": sha256(content),
            "previous": before,
            "monotonic_ms": 5000 + (done - self.begins) // timedelta(milliseconds=1),
            "at": at.isoformat(),
            "latitude": PLACE[0],
            "longitude": PLACE[1],
            "accuracy_m": 8.0,
        }
        self.entries.append(entry | changes)
        return self.entries[-1]

    def run(
        self, content: bytes, item: str, at: datetime, duration_ms: int, pieces: int = 4, run: int = 1
    ) -> None:
        """The run as so many segments of equal size and length."""
        size, each = -(-len(content) // pieces), duration_ms // pieces
        for number in range(pieces):
            part = content[number * size : (number + 1) * size]
            self.add(
                part,
                item,
                at + timedelta(milliseconds=number * each),
                kind="segment",
                run=run,
                offset=number * size,
                size=len(part),
                duration_ms=each,
            )

    def gap(self, begins: datetime, ends: datetime, cause: str) -> None:
        self.gaps.append({"begins_at": begins.isoformat(), "ends_at": ends.isoformat(), "cause": cause})

    def text(self, **changes: Any) -> str:
        said = {"visit": self.visit_id, "nonce": self.nonce, "entries": self.entries, "gaps": self.gaps}
        return json.dumps(said | changes, separators=(",", ":"))


def code_for(desk: Desk, device_id: str) -> str:
    """The one-time code by which whoever has the device enrols it (V20)."""
    return str(desk.ok(desk.post(IT, f"/api/v1/devices/{device_id}/enrolment-code"), 201)["code"])


class Phone:
    """A company device in a member's hands, with its key enrolled."""

    def __init__(self, desk: Desk, member: Member) -> None:
        self.desk = desk
        self.member = member
        self.signer = Signer()
        self.device_id = builders.make_device(desk, member).id
        self.key_id = fresh_id()
        body = {"id": self.key_id, "jwk": self.signer.jwk, "code": code_for(desk, self.device_id)}
        desk.ok(desk.post(member, f"/api/v1/devices/{self.device_id}/keys", body), 201)

    def body(self, signed: str, **changes: Any) -> dict[str, Any]:
        signature = self.signer.sign(signed)
        return {"id": fresh_id(), "key_id": self.key_id, "signed": signed, "signature": signature} | changes

    def send(self, visit: Visit, signed: str, **changes: Any) -> Any:
        """The receipt of a manifest."""
        path = f"/api/v1/visits/{visit.id}/manifests"
        return self.desk.ok(self.desk.post(self.member, path, self.body(signed, **changes)), 201)
