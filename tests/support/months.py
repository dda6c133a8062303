"""A branch's month in tests: the calendar turned on, the month published."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

from server.domain.credit import LineKind
from tests.conftest import Desk
from tests.support import cast
from tests.support.cast import DISPATCHER, MANAGER, Member
from tests.support.rows import at

CLOSE = "/api/v1/statements/2026-03/close"
PUBLISH = "/api/v1/statements/2026-03/publish"


def turn_to(desk: Desk, day: str, time: str = "10:00:00") -> None:
    """Move the clock on; everybody has changed the password meanwhile (S2) and signs in anew."""
    desk.clock.move_to(at(day, time))
    with desk.installation.house.units.write() as uow:
        for member in cast.CAST:
            account = uow.accounts.need(member.id)
            uow.accounts.save(dataclasses.replace(account, password_changed_at=uow.now))
        uow.commit()
    for member in cast.CAST:
        desk.forget(member)


def published(desk: Desk, month: str = "2026-03", member: Member = DISPATCHER) -> Any:
    """The month published by its dispatcher, at the first of the next one unless the clock is past it."""
    year, number = int(month[:4]), int(month[5:])
    first = date(year + number // 12, number % 12 + 1, 1)
    if desk.clock.now() < at(first.isoformat()):
        turn_to(desk, first.isoformat())
    return desk.ok(desk.post(member, f"/api/v1/statements/{month}/publish", {}), 201)


def closed(desk: Desk, month: str = "2026-03") -> Any:
    """The month closed by its manager, on the first day on which nobody may object any more."""
    items = desk.ok(desk.get(MANAGER, "/api/v1/statements"))["items"]
    (until,) = [one["objections_until"] for one in items if one["month"] == month]
    after = date.fromisoformat(until) + timedelta(days=1)
    if desk.clock.now() < at(after.isoformat()):
        turn_to(desk, after.isoformat())
    return desk.ok(desk.post(MANAGER, f"/api/v1/statements/{month}/close", {}))


def lines_of(desk: Desk, month: str, member: Member = DISPATCHER) -> list[dict[str, Any]]:
    """Each line of a month by day, what takes back before what books anew, with its shares by name."""
    items = desk.ok(desk.get(member, f"/api/v1/statements/{month}?all=true&limit=200"))["items"]
    for item in items:
        item["by"] = {share["name"]: share["amount"] for share in item["shares"]}
    order = [kind.value for kind in LineKind]
    return sorted(items, key=lambda item: (item["paid_on"], order.index(item["kind"])))
