"""Jobs of evidence: thumbnails twice over, bytes without rows, rows without their bytes."""

from __future__ import annotations

import io
import os
from datetime import datetime, timedelta

import pytest

from server.domain.evidence import EvidenceItem
from server.jobs.evidence import make_thumbnail, sweep_objects, verify_evidence
from server.jobs.runner import JobFailed
from server.services import evidence_upkeep as upkeep
from server.services.house import House
from tests.conftest import NOON, Desk
from tests.support import evidence as files
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


# thumbnails


def test_a_thumbnail_job_may_run_twice(desk: Desk) -> None:
    item = one_kept(desk)
    key = f"evidence/{item.visit_id}/{item.id}/thumbnail"
    house_of(desk).objects.write(key, io.BytesIO(b"of a worker that died"), limit=100)
    for _ in range(2):
        make_thumbnail(house_of(desk), {"evidence_id": item.id}, quiet)
    assert files.kept(desk)[0].thumbnail_key == key


def test_a_thumbnail_of_bytes_that_are_gone_is_given_up(desk: Desk) -> None:
    item = one_kept(desk)
    house_of(desk).objects.delete(item.object_key)
    with pytest.raises(JobFailed):
        make_thumbnail(house_of(desk), {"evidence_id": item.id}, quiet)


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


# rows without their bytes


def overwrite(desk: Desk, item: EvidenceItem, content: bytes) -> None:
    house_of(desk).objects.delete(item.object_key)
    house_of(desk).objects.write(item.object_key, io.BytesIO(content), limit=len(content))


@pytest.mark.parametrize("damage", ["missing", "size_differs", "digest_differs"])
def test_damage_becomes_one_incident_and_it_is_told(desk: Desk, damage: str) -> None:
    item = one_kept(desk)
    content = files.photo()
    if damage == "missing":
        house_of(desk).objects.delete(item.object_key)
    else:
        overwrite(desk, item, content[:-1] + (b"" if damage == "size_differs" else b"\0"))
    for day in range(1, 1 + upkeep.DIGEST_DAYS):
        verify_evidence(house_of(desk), {"day": f"2026-04-{day:02d}"}, quiet)
    with house_of(desk).units.read() as uow:
        (incident,) = uow.incidents.having(visit_id=item.visit_id)
    assert (incident.kind, incident.clause) == ("evidence_damaged", "S22")
    assert incident.note == f"{item.id}: {damage}"
    assert inbox(desk) == ["evidence_damaged"]


def test_whole_evidence_is_whole_and_each_file_is_read_once_in_thirty_days(desk: Desk) -> None:
    item = one_kept(desk)
    days = [NOON.date() + timedelta(days=number) for number in range(30)]
    assert sum(upkeep.digest_due(item, day) for day in days) == 1
    for day in days:
        verify_evidence(house_of(desk), {"day": day.isoformat()}, quiet)
    assert inbox(desk) == []
    assert files.actions(desk).count("evidence.verified") == 30


def test_the_daily_jobs_are_enqueued_and_run(desk: Desk) -> None:
    one_kept(desk)
    desk.installation.runner.work()
    assert {"evidence.verified"} <= set(files.actions(desk))
