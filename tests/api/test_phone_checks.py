"""What comes before a visit: a versioned consent that can be withdrawn, and what the phone found of itself (V2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.domain.consents import CONSENT_VERSION
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, COLLECTOR, MANAGER, OTHER_AGENT, PARTNER, QA, Member
from tests.support.on_site import OnSite, consent_to_recording, local, new_id, on_site

CHECK = {
    "at": "2026-03-10T11:40:00+08:00",
    "free_mib": 512,
    "persistent": True,
    "camera": True,
    "microphone": True,
    "place": True,
    "wake_lock": False,
    "installed": True,
    "messenger": False,
}


def asked(desk: Desk, member: Member = AGENT) -> Any:
    return desk.ok(desk.get(member, "/api/v1/phone/day"))["consent"]


def consent(desk: Desk, version: int = CONSENT_VERSION) -> Any:
    return desk.post(AGENT, "/api/v1/consents", {"id": new_id(), "version": version})


@pytest.mark.parametrize("by", [-1, 1])
def test_nobody_consents_to_another_text_than_the_present_one(desk: Desk, by: int) -> None:
    if CONSENT_VERSION + by >= 1:
        desk.refused(consent(desk, CONSENT_VERSION + by), 409, "consent_outdated")
    assert asked(desk)["given_at"] is None


def test_a_consent_is_given_once_kept_by_person_and_withdrawn(desk: Desk, later: Callable[..., None]) -> None:
    nothing = desk.refused(desk.post(AGENT, "/api/v1/consents/withdraw"), 409, "consent_not_given")
    assert nothing["errors"][0]["remedy"]["zh"] == "无需撤回。"
    assert "录音" in asked(desk)["words"]["zh"]
    desk.refused(desk.post(COLLECTOR, "/api/v1/consents", {"id": new_id(), "version": 1}), 403, "forbidden")
    desk.ok(consent(desk), 201)
    later(minutes=1)
    assert desk.ok(consent(desk), 201)["given_at"] == "2026-03-10T04:00:00Z", "the first time counts"
    assert asked(desk, PARTNER)["given_at"] is None
    assert desk.ok(desk.post(AGENT, "/api/v1/consents/withdraw"))["given_at"] is None
    assert asked(desk)["given_at"] is None
    later(minutes=1)
    assert desk.ok(consent(desk), 201)["given_at"] == "2026-03-10T04:02:00Z"
    told = [action for action in files.actions(desk) if action.startswith("consent.")]
    assert told == ["consent.given", "consent.withdrawn", "consent.given"]


@pytest.fixture
def site(desk: Desk) -> OnSite:
    return on_site(desk)


@pytest.mark.parametrize("wrong", [{"camera": "yes"}, {"free_mib": -1}, {"at": None}])
def test_a_check_that_makes_no_sense_is_refused(site: OnSite, wrong: dict[str, Any]) -> None:
    body = {"id": new_id()} | CHECK | wrong
    refused = site.desk.refused(site.desk.post(AGENT, f"{site.path}/preflights", body), 422, "invalid_input")
    assert refused["errors"][0]["field"] == next(iter(wrong))


def test_the_check_of_a_phone_stands_with_its_visit(site: OnSite) -> None:
    desk, path = site.desk, f"{site.path}/preflights"
    desk.refused(desk.post(OTHER_AGENT, path, {"id": new_id()} | CHECK), 404, "not_found")
    desk.refused(desk.get(OTHER_AGENT, path), 404, "not_found")
    assert desk.ok(desk.get(MANAGER, path)) == {"items": []}
    second = site.write(PARTNER, "preflights", **(CHECK | {"free_mib": None, "persistent": False}))
    first = site.write(AGENT, "preflights", **(CHECK | {"at": "2026-03-10T11:39:59+08:00"}))
    shown = desk.ok(desk.get(MANAGER, path))["items"]
    assert [one["id"] for one in shown] == [first["id"], second["id"]]
    assert (shown[0]["account_id"], shown[0]["free_mib"], shown[0]["wake_lock"]) == (AGENT.id, 512, False)
    assert (shown[1]["account_id"], shown[1]["free_mib"], shown[1]["persistent"]) == (PARTNER.id, None, False)


# a check-in without one


@pytest.mark.parametrize("withdrawn", [False, True])
def test_nobody_checks_in_without_a_consent_in_force(desk: Desk, withdrawn: bool) -> None:
    site = on_site(desk, consents=False)
    if withdrawn:
        desk.ok(consent(desk), 201)
        desk.ok(desk.post(AGENT, "/api/v1/consents/withdraw"))
    refused = desk.refused(site.check(AGENT), 422, "consent_missing")
    assert (refused["clause"], AGENT.name in refused["errors"][0]["message"]["zh"]) == ("V2", True)
    assert refused["errors"][0]["remedy"]["zh"].startswith("请在手机设置中")
    assert site.shown()["check_ins"] == []
    desk.ok(consent(desk), 201)
    desk.ok(site.check(AGENT), 201)
    desk.refused(site.check(PARTNER), 422, "consent_missing")


def test_what_was_recorded_without_a_consent_is_kept_and_says_so(desk: Desk) -> None:
    site = on_site(desk, consents=False)
    kept = desk.ok(site.check(AGENT, began_offline=True), 201)
    assert kept["visit"]["state"] == "in_progress"
    desk.ok(site.check(AGENT, direction="out", at=local(11, 55).isoformat()), 201)
    (found,) = site.shown(QA)["findings"]
    assert (found["code"], found["clause"]) == ("consent_missing", "V2")


@pytest.mark.parametrize(
    ("given", "withdrawn", "found"),
    [(1, None, 0), (2, None, 0), (3, None, 1), (-9, -1, 1), (-9, 0, 1), (-9, 1, 0)],
)
def test_a_check_in_that_has_happened_is_judged_by_the_consent_of_its_moment(
    desk: Desk, given: int, withdrawn: int | None, found: int
) -> None:
    """Seconds from the check-in, by a clock that may be two behind: what was given later heals nothing."""
    site, at = on_site(desk, consents=False), local(11, 50)
    consent_to_recording(desk, AGENT, at=at + timedelta(seconds=given))
    if withdrawn is not None:
        with desk.installation.house.units.write() as uow:
            (held,) = uow.consents.having(account_id=AGENT.id)
            uow.consents.save(dataclasses.replace(held, withdrawn_at=at + timedelta(seconds=withdrawn)))
            uow.commit()
    desk.ok(site.check(AGENT, began_offline=True, at=at.isoformat()), 201)
    assert len(site.shown(QA)["findings"]) == found
