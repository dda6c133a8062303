"""The firm's frame: who sets it up, names that stand once, references that exist."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from server.settings import SettingsError, read_settings
from tests.conftest import Desk
from tests.support.cast import BRANCH, CLIENT, COLLECTOR, DISPATCHER, IT, MANAGER, PROJECT, TEAM, known_id

V1 = "/api/v1"


def body(**values: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), **values}


@pytest.mark.parametrize("member", [COLLECTOR, DISPATCHER, MANAGER])
def test_only_it_sets_the_frame_up(desk: Desk, member: Any) -> None:
    desk.refused(desk.post(member, f"{V1}/clients", body(name="第二银行")), 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("branches", {"name": BRANCH.name, "city_code": "4101", "city_name": "郑州市"}),
        ("teams", {"name": TEAM.name, "branch_id": BRANCH.id}),
        ("clients", {"name": CLIENT}),
        ("projects", {"name": PROJECT, "client_id": known_id("client")}),
    ],
)
def test_a_name_stands_once_among_its_like(desk: Desk, path: str, values: dict[str, str]) -> None:
    refused = desk.refused(desk.post(IT, f"{V1}/{path}", body(**values)), 409, "organisation_name_taken")
    assert refused["errors"][0]["field"] == "name"
    fresh = values | {"name": "另一个名称"}
    made = desk.ok(desk.post(IT, f"{V1}/{path}", body(**fresh)), 201)
    assert made["name"] == "另一个名称"
    shown = desk.ok(desk.get(IT, f"{V1}/organisation"))
    assert made in shown[path]


def test_a_team_and_a_project_belong_to_something_that_exists(desk: Desk) -> None:
    nowhere = str(uuid.uuid4())
    desk.refused(desk.post(IT, f"{V1}/teams", body(name="三组", branch_id=nowhere)), 404, "not_found")
    desk.refused(desk.post(IT, f"{V1}/projects", body(name="车贷", client_id=nowhere)), 404, "not_found")


def test_a_city_code_has_four_digits(desk: Desk) -> None:
    values = body(name="开封分公司", city_code="41020", city_name="开封市")
    refused = desk.refused(desk.post(IT, f"{V1}/branches", values), 422, "invalid_input")
    assert refused["errors"][0]["field"] == "city_code"


def test_a_clock_offset_is_a_whole_number_of_seconds(tmp_path: Any) -> None:
    settings = {"FIELDVISIT_DATA_DIR": str(tmp_path)}
    assert (
        read_settings(settings | {"FIELDVISIT_CLOCK_OFFSET": "-3600"}).clock_offset.total_seconds() == -3600
    )
    for wrong in ("1.5", "ten", "", "2026-03-10T10:00:00Z"):
        with pytest.raises(SettingsError, match="FIELDVISIT_CLOCK_OFFSET"):
            read_settings(settings | {"FIELDVISIT_CLOCK_OFFSET": wrong})
