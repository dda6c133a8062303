"""What a phone told of itself, as IT reads it: the bundles of one device, the newest open (S19).

Owns how a bundle reads. Refuses nothing of its own: who may read it, the use case says. No word of a case is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin_ui.desk.devices import ONE
from admin_ui.page import page
from server.domain.access import Permission
from server.services import phone_custody, phone_support
from server.services.phone_support import SupportBundle
from server.web.endpoint import Call

_NUMBER = 8
# Yes, no, or what this browser does not tell.
_FLAGS = ("installed", "persistent", "online", "wifi", "recording")


@dataclass(frozen=True, slots=True)
class Told:
    """A bundle with its moments read, and the number that the agent was told."""

    bundle: SupportBundle
    number: str
    flags: tuple[tuple[str, bool | None], ...]
    synced_at: datetime | None
    errors: tuple[tuple[datetime, str, str], ...]


@page(
    "GET",
    f"{ONE}/support",
    needs=[Permission.DEVICES_ENROL],
    template="device_support.html",
    clauses=("S19", "S10"),
)
def device_support(call: Call) -> dict[str, Any]:
    """The bundles of a device, the newest first."""
    device = phone_custody.device_of_custody(call.uow, call.actor, call.path["device_id"])
    bundles = phone_support.of_device(call.uow, device)
    senders = {bundle.account_id for bundle in bundles if bundle.account_id is not None}
    return {
        "device": device,
        "bundles": [_read(bundle) for bundle in bundles],
        "people": call.uow.accounts.by_ids(senders),
    }


def _read(bundle: SupportBundle) -> Told:
    told = bundle.told
    synced = told["synced_at"]
    return Told(
        bundle=bundle,
        number=str(told["id"])[-_NUMBER:].upper(),
        flags=tuple((name, told[name]) for name in _FLAGS),
        synced_at=None if synced is None else datetime.fromisoformat(synced),
        errors=tuple(
            (datetime.fromisoformat(one["at"]), str(one["what"]), str(one["code"])) for one in told["errors"]
        ),
    )
