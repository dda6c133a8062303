"""What a phone tells of itself for IT: codes and counts, no word of anybody, read by IT alone (S19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Desk
from tests.support import builders
from tests.support import evidence as files
from tests.support.cast import AGENT, COLLECTOR, IT, OTHER_AGENT

ITEM = {
    "what": "answers", "lane": "small", "state": "set_aside", "tries": 1, "size": 200, "sent": 0,
    "age_seconds": 60, "why": "wrong_state",
}  # fmt: skip
ERROR = {"at": "2026-03-10T04:00:00Z", "what": "app", "code": "TypeError index-Bdo8cNDA.js:1:20344"}


def bundle(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": files.fresh_id(), "at": "2026-03-10T04:00:00Z", "app_version": 1, "edition": "Bdo8cNDA",
        "agent": "Mozilla/5.0 (Linux; Android 15)", "language": "zh", "installed": True, "persistent": False,
        "online": True, "wifi": None, "sound_goes": "wifi", "room": "little", "free_mib": 40,
        "clock_ahead_ms": -3_600_000, "synced_at": None, "recording": False, "unsent": 1, "unsent_bytes": 200,
        "set_aside": 1, "items": [ITEM], "errors": [ERROR],
    }  # fmt: skip
    return plain | changes


@pytest.fixture
def path(desk: Desk) -> str:
    return f"/api/v1/devices/{builders.make_device(desk, AGENT).id}/support-bundles"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("items[0].what", {"items": [ITEM | {"what": "张三 的 照片"}]}),
        ("items[0].why", {"items": [ITEM | {"why": "not a code"}]}),
        ("errors[0].code", {"errors": [ERROR | {"code": "找不到张三"}]}),
        ("errors[0].code", {"errors": [ERROR | {"code": "x" * 121}]}),
        ("edition", {"edition": "../x"}),
        ("debtor", {"debtor": "张三"}),
        ("items", {"items": [ITEM] * 101}),
        ("errors", {"errors": [ERROR] * 21}),
        ("unsent", {"unsent": -1}),
        ("clock_ahead_ms", {"clock_ahead_ms": 1.5}),
        ("online", {"online": "yes"}),
    ],
)
def test_words_and_what_is_no_code_stay_out(
    desk: Desk, path: str, field: str, changes: dict[str, Any]
) -> None:
    refused = desk.post(AGENT, path, bundle(**changes))
    assert refused.status_code in (400, 422)
    assert field in [error["field"] for error in refused.get_json()["errors"]]
    assert desk.ok(desk.get(IT, path))["items"] == []


def test_only_whose_phone_it_is_tells_of_it(desk: Desk, path: str) -> None:
    desk.refused(desk.post(COLLECTOR, path, bundle()), 403, "forbidden")
    desk.refused(desk.post(OTHER_AGENT, path, bundle()), 404, "not_found")
    desk.refused(desk.get(OTHER_AGENT, path), 404, "not_found")


def test_it_reads_what_was_told_the_newest_first_and_a_repeat_is_the_same(
    desk: Desk, path: str, later: Callable[..., None]
) -> None:
    first = bundle(items=[ITEM] * 100, errors=[ERROR] * 20)
    desk.ok(desk.post(AGENT, path, first), 201)
    desk.ok(desk.post(AGENT, path, first), 201)
    later(minutes=1)
    second = desk.ok(desk.post(AGENT, path, bundle(room="none")), 201)
    told = desk.ok(desk.get(IT, path))["items"]
    assert [one["told"]["room"] for one in told] == ["none", "little"]
    assert second == told[0]
    assert (told[1]["account_id"], told[1]["received_at"]) == (AGENT.id, "2026-03-10T04:00:00Z")
    assert told[1]["told"]["items"][0]["why"] == "wrong_state"
    assert len(told[1]["told"]["items"]) == 100
