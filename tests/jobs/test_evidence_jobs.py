"""Jobs of evidence: bytes without rows."""

from __future__ import annotations

import dataclasses
import io
import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from server.domain.evidence import EvidenceItem
from server.jobs.evidence import sweep_objects
from server.jobs.runner import JobFailed
from server.services import evidence_upkeep as upkeep
from server.services.house import House
from storage.rows.tables.evidence import evidence_items
from tests.conftest import NOON, Desk
from tests.support import evidence as files
from tests.support import tus
from tests.support.cast import AGENT, IT

DAY_AGO = NOON - timedelta(days=1)


def quiet(_done: int, _total: int) -> None:
    """Nobody follows the progress."""


def house_of(desk: Desk) -> House:
    return desk.installation.house


def one_kept(desk: Desk, content: bytes | None = None) -> EvidenceItem:
    visit = files.make_visited(desk)
    desk.ok(files.send(desk, AGENT, visit, content or files.photo()), 201)
    return files.kept(desk)[-1]


def put(desk: Desk, key: str, stored_at: datetime) -> str:
    """An object as if it had been stored then."""
    house_of(desk).objects.write(key, io.BytesIO(b"bytes"), limit=100)
    set_age(desk, key, stored_at)
    return key


def set_age(desk: Desk, key: str, stored_at: datetime) -> None:
    folder = desk.installation.settings.data_dir / "objects" / "objects"
    (path,) = folder.glob(f"*/{key.replace('/', '!')}")
    os.utime(path, (stored_at.timestamp(), stored_at.timestamp()))


def inbox(desk: Desk) -> list[str]:
    with house_of(desk).units.read() as uow:
        return [message.kind for message in uow.inbox_messages.having(account_id=IT.id)]


# bytes without rows


def test_bytes_without_a_row_go_after_a_day_and_no_others(desk: Desk) -> None:
    item = one_kept(desk)
    desk.work()
    old = NOON - timedelta(days=9)
    set_age(desk, item.object_key, old)
    gone = put(desk, "evidence/v/e/old", DAY_AGO - timedelta(seconds=1))
    imported = put(desk, "imports/old", old)
    young = put(desk, "evidence/v/e/young", DAY_AGO)
    other = put(desk, "exports/old", old)
    before = set(files.stored_keys(desk))
    sweep_objects(house_of(desk), {}, quiet)
    assert before - set(files.stored_keys(desk)) == {gone, imported}
    assert {item.object_key, young, other} < set(files.stored_keys(desk))
    assert files.actions(desk).count("objects.swept") == 1


def test_what_killed_receivers_left_goes_after_a_day(desk: Desk) -> None:
    receiving = house_of(desk).receiving
    for name, at in (("old.part", DAY_AGO - timedelta(seconds=1)), ("young.part", DAY_AGO)):
        (receiving / name).write_bytes(b"half")
        os.utime(receiving / name, (at.timestamp(), at.timestamp()))
    sweep_objects(house_of(desk), {}, quiet)
    assert [path.name for path in receiving.iterdir()] == ["young.part"]


@pytest.mark.parametrize(
    ("orphans", "seen", "many"), [(50, 50, False), (51, 1020, False), (51, 1019, True), (51, 51, True)]
)
def test_few_orphans_or_a_small_share_are_broken_uploads(orphans: int, seen: int, many: bool) -> None:
    assert upkeep.too_many_orphans(orphans, seen) is many


def test_a_database_that_lost_its_rows_loses_no_bytes(desk: Desk) -> None:
    for number in range(51):
        put(desk, f"evidence/v/e/{number}", NOON - timedelta(days=9))
    with pytest.raises(JobFailed):
        sweep_objects(house_of(desk), {}, quiet)
    assert len(files.stored_keys(desk)) == 51
    assert inbox(desk) == ["evidence_orphans"]
    with house_of(desk).units.read() as uow:
        found = uow.evidence_differences.having(difference="bytes_without_row")
    assert sorted(one.object_key for one in found) == files.stored_keys(desk)


def one_uploaded(desk: Desk) -> EvidenceItem:
    """A photo that came in one piece: its row names the piece itself."""
    values = tus.metadata(files.make_visited(desk), kind="photo_door")
    path = tus.begun(desk, values, len(files.photo()))
    assert tus.patch(desk, path, 0, files.photo()).status_code == 204
    item = files.kept(desk)[-1]
    assert item.object_key.startswith("uploads/")
    return item


@pytest.mark.parametrize("made", [one_kept, one_uploaded])
@pytest.mark.parametrize("change", ["deleted", "named otherwise"])
def test_bytes_with_a_receipt_outlive_their_row(
    desk: Desk, change: str, made: Callable[[Desk], EvidenceItem]
) -> None:
    """S7: whoever can change rows cannot have the sweeper remove what they named."""
    item = made(desk)
    desk.work()
    for key in files.stored_keys(desk):
        set_age(desk, key, NOON - timedelta(days=9))
    with desk.installation.engine.begin() as connection:
        row = evidence_items.c.id == item.id
        if change == "deleted":
            connection.execute(sa.delete(evidence_items).where(row))
        else:
            connection.execute(sa.update(evidence_items).where(row).values(object_key="evidence/v/e/other"))
    for _ in range(2):
        sweep_objects(house_of(desk), {}, quiet)
        assert item.object_key in files.stored_keys(desk)
    with house_of(desk).units.read() as uow:
        (found,) = uow.evidence_differences.having(object_key=item.object_key)
        assert (found.evidence_id, found.difference, found.mended_at) == (item.id, "bytes_without_row", None)
        assert uow.incidents.having(visit_id=item.visit_id) == []
    assert inbox(desk) == ["evidence_damaged"]
    with desk.installation.engine.begin() as connection:
        connection.execute(sa.delete(evidence_items).where(row))
        back = dataclasses.asdict(item) | {"notes": item.notes}
        connection.execute(sa.insert(evidence_items).values(back))
    sweep_objects(house_of(desk), {}, quiet)
    with house_of(desk).units.read() as uow:
        assert uow.evidence_differences.opened(10) == []


def test_bytes_of_a_second_attempt_go_though_their_item_is_there(desk: Desk) -> None:
    item = one_kept(desk)
    second = put(desk, f"evidence/{item.visit_id}/{item.id}/second", NOON - timedelta(days=9))
    sweep_objects(house_of(desk), {}, quiet)
    assert second not in files.stored_keys(desk)
    assert item.object_key in files.stored_keys(desk)


def test_the_daily_jobs_are_enqueued_and_run(desk: Desk) -> None:
    one_kept(desk)
    desk.installation.runner.work()
    assert {"evidence.verified", "evidence.glanced"} <= set(files.actions(desk))
