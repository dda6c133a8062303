"""`fieldvisit address recheck`: a newer table of divisions against the addresses on file (R3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.domain.placements import Address, Placement
from server.services import address_rechecks
from tests.conftest import Desk
from tests.support import builders
from tests.support.cast import COLLECTOR
from tests.support.requests import draft, file

# How the address lay in the rows before the districts of 重庆 were merged at the end of 2025.
BEFORE = {
    "province": "重庆市", "city": "重庆市", "county": "渝北区", "county_code": "500112",
    "normalized": "重庆市渝北区龙溪街道红锦大道1号",
}  # fmt: skip


@pytest.fixture
def command(environment: dict[str, str]) -> CliRunner:
    return CliRunner(env=environment)


def recheck(command: CliRunner, *words: str) -> tuple[list[dict[str, Any]], Result]:
    result = command.invoke(main, ["address", "recheck", *words])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result


def merged(desk: Desk, placement: Placement) -> Address:
    address = builders.make_address(desk, placement, county="重庆市渝北区", detail="龙溪街道红锦大道1号")
    builders.change(desk, "addresses", address.id, **BEFORE)
    return on_file(desk, address)


def on_file(desk: Desk, address: Address) -> Address:
    with desk.installation.house.units.read() as uow:
        return uow.addresses.need(address.id)


def test_what_today_reads_as_before_is_not_touched(desk: Desk, command: CliRunner) -> None:
    placement = builders.make_placement(desk)
    builders.make_address(desk, placement)
    builders.make_address(desk, placement, county="重庆市渝中区", detail="民权路1号")
    builders.make_address(desk, placement, county="郑州市高新区", county_code="", normalized="")
    lines, result = recheck(command, "--mark")
    assert lines == []
    assert "0 addresses are read otherwise by the divisions of 2026-09-11; 0 newly marked" in result.stderr


def test_a_touched_address_is_told_with_its_case_and_its_open_request(desk: Desk, command: CliRunner) -> None:
    placement = builders.make_placement(desk)
    address = merged(desk, placement)
    request = builders.make_request(desk, placement, [address])
    (line,), _ = recheck(command)
    assert (line["address_id"], line["was"], line["was_code"]) == (address.id, "重庆市渝北区", "500112")
    assert (line["verdict"], line["now"], line["now_code"]) == ("historical", "重庆市两江新区", "500157")
    assert (line["case_numbers"], line["request_ids"]) == ([placement.case_number], [request.id])
    assert on_file(desk, address).recheck_since is None


def test_a_marked_address_keeps_its_division_until_a_person_files_it_by_todays_name(
    desk: Desk, command: CliRunner
) -> None:
    placement = builders.make_placement(desk)
    address = merged(desk, placement)
    assert "1 newly marked" in recheck(command, "--mark")[1].stderr
    assert "0 newly marked" in recheck(command, "--mark")[1].stderr
    marked = on_file(desk, address)
    assert marked.county_code == "500112"
    assert marked.recheck_since is not None
    history = desk.ok(desk.get(COLLECTOR, f"/api/v1/addresses/{address.id}/history"))
    assert [(event["kind"], event["note"]) for event in history["events"]] == [("recheck", "500157")]
    desk.refused(file(desk, draft(desk, placement, marked)), 422, "address_renamed")
    desk.ok(file(desk, draft(desk, placement, marked, accept=True)))
    filed = on_file(desk, address)
    assert (filed.county_code, filed.recheck_since) == ("500157", None)
    assert recheck(command)[0] == []


def test_a_batch_at_a_time_reaches_them_all(
    desk: Desk, command: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    placement = builders.make_placement(desk)
    addresses = [merged(desk, placement) for _ in range(5)]
    monkeypatch.setattr(address_rechecks, "BATCH", 2)
    assert [line["address_id"] for line in recheck(command)[0]] == sorted(one.id for one in addresses)
