"""Group robots: who may save one, where it may point (S15), what is never answered back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.settings import SettingsError, read_settings
from tests.conftest import Desk
from tests.support.cast import BRANCH, DISPATCHER, IT, known_id
from tests.support.receiver import ROBOT_SECRET, Receiver

WEBHOOKS = "/api/v1/webhooks"


def body(receiver: Receiver, flavour: str = "dingtalk", **changes: Any) -> dict[str, Any]:
    values = {
        "id": known_id(f"robot {flavour}"),
        "branch_id": BRANCH.id,
        "flavour": flavour,
        "name": "郑州外访群",
        "url": receiver.url(flavour),
        "secret": None if flavour == "wecom" else ROBOT_SECRET,
    }
    return values | changes


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example.com/robot/send?access_token=1", "webhook_host_not_listed"),
        ("https://oapi.dingtalk.com.evil.com/robot/send", "webhook_host_not_listed"),
        ("https://oapi.dingtalk.com:8443/robot/send", "webhook_host_not_listed"),
        ("https://127.0.0.1/robot/send", "webhook_host_not_listed"),
        ("https://oapi.dingtalk.com@evil.com/robot/send", "webhook_url_refused"),
        ("https://evil.com\\@oapi.dingtalk.com/robot/send", "webhook_url_refused"),
        ("https://oapi.dingtalk.com#@evil.com/", "webhook_url_refused"),
        ("http://oapi.dingtalk.com/robot/send", "webhook_url_refused"),
        ("ftp://oapi.dingtalk.com/robot/send", "webhook_url_refused"),
        ("oapi.dingtalk.com/robot/send", "webhook_url_refused"),
        ("https://oapi.dingtalk.com/ok\nHost: evil.com", "webhook_url_refused"),
    ],
)
def test_a_robot_elsewhere_than_at_a_listed_host_is_refused(
    desk: Desk, receiver: Receiver, url: str, code: str
) -> None:
    refused = desk.refused(desk.post(IT, WEBHOOKS, body(receiver, url=url)), 422, code)
    assert refused["clause"] == "S15"
    assert "access_token" not in str(refused)
    assert desk.ok(desk.get(IT, WEBHOOKS))["items"] == []


def test_only_who_may_saves_a_robot_and_only_of_a_branch_that_is(desk: Desk, receiver: Receiver) -> None:
    desk.refused(desk.post(DISPATCHER, WEBHOOKS, body(receiver)), 403, "forbidden")
    unknown = body(receiver, branch_id=known_id("no branch"))
    desk.refused(desk.post(IT, WEBHOOKS, unknown), 404, "not_found")
    desk.refused(desk.post(IT, WEBHOOKS, body(receiver) | {"flavour": "telegram"}), 422, "invalid_input")
    with_secret = body(receiver, "wecom", secret="x")
    desk.refused(desk.post(IT, WEBHOOKS, with_secret), 422, "robot_has_no_secret")


def test_address_and_secret_are_never_answered_nor_logged_nor_stored_in_clear(
    desk: Desk, receiver: Receiver
) -> None:
    saved = desk.post(
        IT, WEBHOOKS, body(receiver, url="https://oapi.dingtalk.com/robot/send?access_token=7b1d")
    )
    assert desk.ok(saved, 201) == {
        "id": known_id("robot dingtalk"),
        "branch_id": BRANCH.id,
        "flavour": "dingtalk",
        "name": "郑州外访群",
        "host": "oapi.dingtalk.com",
        "signed": True,
        "enabled": True,
        "version": 1,
    }
    listed = desk.get(IT, WEBHOOKS).text
    with desk.installation.engine.connect() as connection:
        stored = [
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").mappings().all())
            for table in ("webhooks", "audit_lines", "first_answers")
        ]
    for text in (saved.text, listed, *stored):
        assert "7b1d" not in text
        assert ROBOT_SECRET not in text


def test_an_edit_needs_the_version_and_a_listed_host_and_switches_off(desk: Desk, receiver: Receiver) -> None:
    desk.ok(desk.post(IT, WEBHOOKS, body(receiver)), 201)
    path = f"{WEBHOOKS}/{known_id('robot dingtalk')}"

    def edit(version: int, **changes: Any) -> Any:
        return desk.request("PATCH", IT, path, json=changes, headers={"If-Match": f'"{version}"'})

    desk.refused(desk.request("PATCH", IT, path, json={"name": "x"}), 428, "if_match_needed")
    desk.refused(edit(1), 422, "invalid_input")
    desk.refused(edit(1, url="https://evil.example.com/"), 422, "webhook_host_not_listed")
    assert desk.ok(edit(1, enabled=False, secret=None))["signed"] is False
    desk.refused(edit(1, name="later"), 412, "stale")
    desk.refused(desk.post(IT, f"{path}/test"), 409, "wrong_state")
    assert desk.ok(edit(2, enabled=True))["version"] == 3


def test_a_robot_saved_twice_with_one_id_is_one_robot(desk: Desk, receiver: Receiver) -> None:
    first = desk.post(IT, WEBHOOKS, body(receiver))
    again = desk.post(IT, WEBHOOKS, body(receiver))
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    desk.refused(desk.post(IT, WEBHOOKS, body(receiver, name="other")), 409, "id_reused")
    assert len(desk.ok(desk.get(IT, WEBHOOKS))["items"]) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("FIELDVISIT_WEBHOOK_HOSTS", "https://oapi.dingtalk.com"),
        ("FIELDVISIT_WEBHOOK_HOSTS", "oapi.dingtalk.com,*"),
        ("FIELDVISIT_PUBLIC_URL", "visits.example.test"),
    ],
)
def test_a_setting_that_would_match_nothing_is_refused_at_the_start(
    tmp_path: Path, setting: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=setting):
        read_settings({"FIELDVISIT_DATA_DIR": str(tmp_path), setting: value})
