"""Where somebody was, asked after every file of every visit: answered by an index, however long the history is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.domain.flag_rules import place_of_check_in
from tests.conftest import Desk
from tests.support import evidence as files
from tests.support.cast import AGENT
from tests.support.on_site import on_site

pytestmark = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)


def test_no_question_of_the_flags_reads_a_whole_table(desk: Desk) -> None:
    site = on_site(desk)
    desk.ok(site.check(AGENT), 201)
    desk.ok(files.send(desk, AGENT, site.visit, files.photo()), 201)
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    engine = desk.installation.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    with desk.installation.house.units.read() as uow:
        (check_in,) = uow.check_ins.having(visit_id=site.visit.id)
        place = place_of_check_in(check_in)
        assert place is not None
        begins, ends = check_in.at - timedelta(days=1), check_in.at + timedelta(days=1)
        asked.clear()
        found = uow.evidence_flags.check_ins_at(place.latitude, place.longitude)
        assert [one.id for one, _ in found] == [check_in.id]
        assert uow.evidence_flags.check_ins_of([AGENT.id], begins, ends) == [check_in]
        uow.evidence_flags.photos_of([AGENT.id], begins, ends)
    sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]
            for statement, values in asked
        ]
    details = [str(row[3]) for plan in plans for row in plan]
    assert len(plans) == 3
    assert [one for one in details if one.startswith("SCAN")] == []
    used = {"ix_check_ins_place", "ix_check_ins_account_id_at", "ix_evidence_items_account_id_captured_at"}
    assert {name for name in used if not any(name in one for one in details)} == set()
