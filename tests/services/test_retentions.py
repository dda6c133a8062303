"""W4: retentions of many cases at once stand together or not at all."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from server.domain.placements import Placement
from server.domain.problems import STALE, Problem
from server.services.ids import new_id
from server.services.placements import retain_all
from tests.conftest import NOON, Desk
from tests.support import builders

UNTIL = date(2026, 12, 31)


def stored(desk: Desk, *placements: Placement) -> list[date | None]:
    with desk.installation.house.units.read() as uow:
        return [uow.placements.need(placement.id).retained_until for placement in placements]


def retain(desk: Desk, *placements: Placement) -> list[Placement]:
    with desk.installation.house.units.write() as uow:
        retained = retain_all(uow, [(placement, UNTIL) for placement in placements], by=None)
        uow.commit()
    return retained


def test_one_that_moved_meanwhile_refuses_all(desk: Desk) -> None:
    one, two = builders.make_placement(desk), builders.make_placement(desk)
    retain(desk, two)
    with pytest.raises(Problem) as refused:
        retain(desk, one, two)
    (finding,) = refused.value.findings
    assert (finding.kind, finding.params["yours"]) == (STALE, two.version)
    assert finding.params["current"] == two.version + 1
    assert stored(desk, one, two) == [None, UNTIL]


def test_one_that_is_not_on_file_refuses_all(desk: Desk) -> None:
    one = builders.make_placement(desk)
    with pytest.raises(Problem) as refused:
        retain(desk, one, dataclasses.replace(one, id=new_id(NOON)))
    assert refused.value.findings[0].kind is STALE
    assert stored(desk, one) == [None]


def test_all_are_retained_with_their_next_versions(desk: Desk) -> None:
    placements = [builders.make_placement(desk) for _ in range(3)]
    assert [placement.version for placement in retain(desk, *placements)] == [2, 2, 2]
    assert stored(desk, *placements) == [UNTIL] * 3
    with desk.installation.house.units.read() as uow:
        actions = [uow.trail.history(placement.id)[-1].action for placement in placements]
    assert actions == ["placement.retained"] * 3


def test_none_is_nothing(desk: Desk) -> None:
    assert retain(desk) == []
