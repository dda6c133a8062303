"""A visit on its way, for tests of what happens at the door: two agents with devices, a published visit, check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.domain.calendar import SHANGHAI
from server.domain.consents import CONSENT_VERSION, Consent
from server.domain.placements import Address, Placement
from server.domain.visits import Device, Visit, VisitState
from tests.conftest import Desk
from tests.support.builders import make_address, make_device, make_placement, make_visit
from tests.support.cast import AGENT, PARTNER, Member
from tests.support.rows import fresh_id

PLACE = {"latitude": 35.05, "longitude": 113.95, "accuracy_m": 15.0}
METRE = 1 / 111_195.08  # degrees of latitude


def local(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def new_id() -> str:
    return fresh_id()


@dataclass
class OnSite:
    """The visit of 陈磊 and 王强, published for 09:00 to 17:00 of the clock's day."""

    desk: Desk
    placement: Placement
    address: Address
    visit: Visit
    devices: dict[str, Device]

    @property
    def path(self) -> str:
        return f"/api/v1/visits/{self.visit.id}"

    def body(self, member: Member, **changes: Any) -> dict[str, Any]:
        device = self.devices.get(member.username)
        body = {
            "id": new_id(),
            "direction": "in",
            "at": local(11, 50).isoformat(),
            "device_id": device.id if device else None,
            **PLACE,
        }
        return body | changes

    def check(self, member: Member, **changes: Any) -> Any:
        return self.desk.post(member, f"{self.path}/check-ins", self.body(member, **changes))

    def begin(self) -> Any:
        """Both check in, two minutes apart."""
        self.desk.ok(self.check(AGENT), 201)
        return self.desk.ok(self.check(PARTNER, at=local(11, 52).isoformat()), 201)

    def end(self) -> Any:
        """The lead checks out."""
        return self.desk.ok(self.check(AGENT, direction="out", at=local(12).isoformat()), 201)

    def write(self, member: Member, what: str, status: int = 201, **body: Any) -> Any:
        """Post to a sub-resource of the visit what must be taken."""
        return self.desk.ok(self.desk.post(member, f"{self.path}/{what}", {"id": new_id()} | body), status)

    def shown(self, member: Member = AGENT) -> Any:
        return self.desk.ok(self.desk.get(member, self.path))


def on_site(desk: Desk, *, devices: bool = True, consents: bool = True, **changes: Any) -> OnSite:
    """A published visit whose team stands at the door at noon; `changes` are fields of the visit."""
    placement = make_placement(desk)
    address = make_address(desk, placement)
    if consents:
        consent_to_recording(desk, AGENT, PARTNER)
    held = {m.username: make_device(desk, m) for m in (AGENT, PARTNER)} if devices else {}
    lease = {"valid_from": local(9), "valid_until": local(17)}
    values = {"state": VisitState.PUBLISHED} | lease | changes
    return OnSite(desk, placement, address, make_visit(desk, placement, address, **values), held)


def consent_to_recording(desk: Desk, *members: Member, at: datetime | None = None) -> None:
    """Consents on record since a month before the visit, or since then; nobody consents twice."""
    with desk.installation.house.units.write() as uow:
        for member in members:
            if not uow.consents.having(account_id=member.id, withdrawn_at=None):
                given = at or local(9, day=1)
                uow.consents.add(Consent(new_id(), member.id, CONSENT_VERSION, given, None, None, 1))
        uow.commit()


def later_than(instant: datetime, **by: float) -> str:
    return (instant + timedelta(**by)).isoformat()
