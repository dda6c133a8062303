"""What a client's overlay asks (S21) holds for its cases alone: hours, caps of calls, the days before the recall."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.test_visit_facts import call
from tests.conftest import Desk
from tests.support import builders
from tests.support.builders import make_phone
from tests.support.cast import AGENT, CLIENT_ID, OTHER_CLIENT_ID, OTHER_PROJECT_ID
from tests.support.on_site import local, on_site
from tests.support.requests import draft, file

TODAY = date(2026, 3, 10)
CLIENTS = pytest.mark.parametrize("client_id", [CLIENT_ID, OTHER_CLIENT_ID])


def asked(desk: Desk, client_id: str, parameters: str) -> None:
    """The overlay of a client, as it was published."""
    with desk.installation.house.units.write() as uow:
        document = f"[[overlay]]\neffective_from = {TODAY}\n{parameters}\n"
        uow.policy_documents.publish(uow.new_id(), document, uow.now, None, client_id)
        uow.commit()


@CLIENTS
@pytest.mark.parametrize(("hour", "minute"), [(8, 59), (9, 0), (21, 0), (21, 1)])
def test_visits_start_within_the_hours_of_the_client(
    desk: Desk, client_id: str, hour: int, minute: int
) -> None:
    site = on_site(desk, valid_from=local(0), valid_until=local(23, 59))
    asked(desk, client_id, 'visit_hours = ["09:00", "21:00"]')
    desk.clock.move_to(local(23))
    with desk.installation.house.units.write() as uow:
        for handout in uow.device_handouts.having(account_id=AGENT.id):
            uow.device_handouts.save(dataclasses.replace(handout, issued_at=local(0)))
        uow.commit()
    answer = site.check(AGENT, at=local(hour, minute).isoformat())
    if client_id == CLIENT_ID and (hour, minute) in ((8, 59), (21, 1)):
        refused = desk.refused(answer, 422, "outside_hours")
        assert refused["errors"][0]["facts"]["opens"] == "09:00"
    else:
        desk.ok(answer, 201)


def test_of_all_clients_of_a_debtor_the_lowest_cap_of_calls_holds(desk: Desk) -> None:
    """Calls are counted over the person, whosever case they are of."""
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    phone = make_phone(desk, site.placement)
    asked(desk, OTHER_CLIENT_ID, "daily_calls_unreached = 2")
    assert limit(desk, site) == 5
    builders.make_placement(
        desk, debtor_id=site.placement.debtor_id, client_id=OTHER_CLIENT_ID, project_id=OTHER_PROJECT_ID
    )
    assert limit(desk, site) == 2
    for minute in (40, 41):
        assert call(site, phone, at=local(11, minute).isoformat(), answered=False)["findings"] == []
    over = call(site, phone, at=local(11, 42).isoformat(), answered=False)
    assert [found["code"] for found in over["findings"]] == ["call_limit_reached"]


def limit(desk: Desk, site: Any) -> int:
    day = desk.ok(desk.get(AGENT, f"{site.path}/call-limits"))["day"]
    return int(day["limit"])


@CLIENTS
@pytest.mark.parametrize("days_left", [19, 20, 21])
def test_the_blackout_before_the_recall_is_the_clients(desk: Desk, client_id: str, days_left: int) -> None:
    asked(desk, client_id, "recall_blackout_days = 20")
    placement = builders.make_placement(desk, recall_on=TODAY + timedelta(days=days_left))
    answer = file(desk, draft(desk, placement, builders.make_address(desk, placement)))
    if client_id == CLIENT_ID and days_left <= 20:
        desk.refused(answer, 422, "recall_too_near")
    else:
        desk.ok(answer)
