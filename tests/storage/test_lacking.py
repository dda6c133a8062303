"""The number beside "evidence missing": counted no further than is shown, at the edge of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.access import Reach, Scope
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT, QA

ALL = Reach(Scope.ALL, QA.id, None, None, None)


@pytest.mark.parametrize(("most", "counted"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_it_is_counted_no_further_than_is_asked(desk: Desk, most: int, counted: int) -> None:
    visits = [files.make_visited(desk) for _ in range(4)]
    for content, kind in ((files.photo(1), "photo_door"), (files.recording(), "recording")):
        desk.ok(files.send(desk, AGENT, visits[0], content, kind), 201)
    desk.work()
    day = timedelta(days=1)
    with desk.installation.house.units.read() as uow:
        found = uow.evidence_items.lacking_count(ALL, files.ENDED - day, files.ENDED + day, most)
        assert found == counted
        assert uow.evidence_items.lacking_count(ALL, files.ENDED - day, files.ENDED, most) == 0
