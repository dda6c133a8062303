"""Background jobs and the state of the house: refusals first; run again by name; the page tells what the API tells."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.bootstrap import HANDLERS
from server.domain.jobs import FailureReason, JobKind, failure_reason
from server.domain.masking import masked_numbers
from server.jobs.runner import JobFailed, JobRunner, Progress
from server.services.house import House
from server.services.house_state import Disk
from tests.conftest import Desk
from tests.desk.conftest import Browser, seen
from tests.support.cast import AGENT, DISPATCHER, IT, MANAGER, QA

API, LIST, STATE = "/api/v1/jobs", "/desk/jobs", "/desk/house-state"
NUMBER = "13812345678"


def given_up(desk: Desk, kind: JobKind = JobKind.SALVAGE, words: str = f"telephone {NUMBER} is none") -> str:
    """A job that a worker gave up at its first attempt."""

    def fails(_house: House, _payload: Mapping[str, Any], _progress: Progress) -> None:
        raise JobFailed(words)

    with desk.installation.house.units.write(AGENT.id) as uow:
        job_id = uow.enqueue(kind, {})
        uow.commit()
    JobRunner(desk.installation.house, {kind: fails}, given_up={kind: lambda *_: None}).run_due()
    return job_id


def one(desk: Desk, job_id: str) -> dict[str, Any]:
    return dict(desk.ok(desk.get(IT, f"{API}/{job_id}")))


def test_it_alone_reads_jobs_and_runs_them_again(desk: Desk) -> None:
    job_id = given_up(desk)
    for member in (AGENT, DISPATCHER, MANAGER, QA):
        for path in (API, f"{API}/{job_id}", "/api/v1/house-state"):
            desk.refused(desk.get(member, path), 403, "forbidden")
        desk.refused(desk.post(member, f"{API}/{job_id}/again"), 403, "forbidden")
    browser = Browser(desk, MANAGER)
    assert [browser.get(path).status_code for path in (LIST, STATE, f"{LIST}/{job_id}")] == [403] * 3
    assert browser.post(f"{LIST}/{job_id}/again").status_code == 403
    assert one(desk, job_id)["state"] == "failed"


def test_what_was_not_given_up_or_goes_on_another_way_is_not_run_again(desk: Desk) -> None:
    with desk.installation.house.units.write() as uow:
        waiting = uow.enqueue(JobKind.SALVAGE, {})
        uow.commit()
    desk.refused(desk.post(IT, f"{API}/{waiting}/again"), 409, "wrong_state")
    unknown = "01234567-89ab-7def-8123-456789abcdef"
    desk.refused(desk.post(IT, f"{API}/{unknown}/again"), 404, "not_found")
    desk.work()
    desk.refused(desk.post(IT, f"{API}/{waiting}/again"), 409, "wrong_state")
    for kind in (JobKind.OUTBOX, JobKind.PACK):
        job_id = given_up(desk, kind)
        told = desk.refused(desk.post(IT, f"{API}/{job_id}/again"), 409, "job_tried_elsewhere")
        assert "重发" in told["errors"][0]["remedy"]["zh"]
        assert "/again" not in Browser(desk, IT).page(f"{LIST}/{job_id}")
    for wrong in ("state=done", "state=lost", "colour=red"):
        desk.refused(desk.get(IT, f"{API}?{wrong}"), 422, "invalid_input")
        assert Browser(desk, IT).get(f"{LIST}?{wrong}").status_code == 422


def test_one_is_run_again_once_by_name(desk: Desk) -> None:
    job_id = given_up(desk)
    before = one(desk, job_id)
    assert (before["attempts"], before["reason"], before["account_id"]) == (1, "program", AGENT.id)
    browser = Browser(desk, IT)
    assert f"{LIST}/{job_id}/again" in browser.page(LIST)
    again = browser.post(f"{LIST}/{job_id}/again")
    assert again.headers["Location"] == f"{LIST}/{job_id}"
    assert browser.post(f"{LIST}/{job_id}/again").status_code == 409, "the second click finds it due already"
    due = one(desk, job_id)
    assert (due["state"], due["attempts"], due["finished_at"]) == ("waiting", 0, None)
    assert f"{IT.name} 2026-03-10 今天 12:00 重新运行" in seen(browser.page(f"{LIST}/{job_id}"))
    desk.work()
    done = one(desk, job_id)
    assert (done["state"], done["attempts"], done["reason"]) == ("done", 1, None)
    with desk.installation.house.units.read() as uow:
        (line,) = [line for line in uow.trail.history(job_id) if line.action == "job.run_again"]
    assert (line.actor_id, dict(line.detail)) == (IT.id, {"kind": "uploads.salvage", "attempts": 1})


def test_the_words_of_an_error_are_for_one_job_masked_and_logged(desk: Desk) -> None:
    job_id = given_up(desk)
    assert all("last_error" not in job for job in desk.ok(desk.get(IT, API))["items"])
    assert one(desk, job_id)["last_error"] == "JobFailed: telephone 138******78 is none"
    page = Browser(desk, IT).page(f"{LIST}/{job_id}")
    assert NUMBER not in page
    assert "138******78" in page
    with desk.installation.engine.connect() as connection:
        read = sa.text("SELECT count(*) FROM audit_lines WHERE action = 'job.read' AND subject_id = :id")
        assert connection.execute(read, {"id": job_id}).scalar_one() == 2
    id_ = "01234567-89ab-7def-8123-456789012345"
    assert (
        masked_numbers(f"{id_} 123456 1234567 41010119900101123X")
        == f"{id_} 123456 123**67 410*************3X"
    )


def test_the_values_of_a_statement_that_fails_are_in_no_error(desk: Desk) -> None:
    engine = desk.installation.engine
    with pytest.raises(sa.exc.DBAPIError) as raised, engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM no_such_table WHERE a = :a"), {"a": NUMBER})
    assert NUMBER not in str(raised.value)


def test_the_page_and_the_api_tell_the_same_state(desk: Desk) -> None:
    given_up(desk)
    with desk.installation.house.units.write() as uow:
        for _ in range(3):
            uow.enqueue(JobKind.CREDIT_PLACEMENT, {"placement_id": "none"})
        uow.commit()
    with desk.installation.house.units.write() as uow:
        begun = uow.jobs.claim(uow.now, uow.now.replace(year=2099))
        uow.commit()
    assert begun is not None
    state = desk.ok(desk.get(IT, "/api/v1/house-state"))
    queues = {queue["kind"]: queue for queue in state["queues"]}
    assert queues["credit.placement"] == {
        "kind": "credit.placement", "waiting": 2, "running": 1, "failed": 0, "oldest_due_at": "2026-03-10T04:00:00Z",
    }  # fmt: skip
    assert (queues["uploads.salvage"]["failed"], queues["uploads.salvage"]["oldest_due_at"]) == (1, None)
    assert [job["started_at"] for job in state["running"]] == ["2026-03-10T04:00:00Z"]
    assert [(check["kind"], check["at"]) for check in state["checks"]] == [
        ("evidence.glance", None), ("evidence.verify", None), ("evidence.rows", None),
    ]  # fmt: skip
    assert state["database_bytes"] > 100_000
    assert state["disks"][0]["total"] >= state["disks"][0]["free"] > 0
    text = seen(Browser(desk, IT).page(STATE))
    assert "1 个后台任务已放弃" in text
    assert "计算一件案件的业绩 2 2026-03-10 今天 12:00 1 0" in text
    assert f"行政区划数据日期 {state['divisions_on']}" in text


def test_the_last_checks_of_evidence_say_what_they_saw(desk: Desk) -> None:
    with desk.installation.house.units.write() as uow:
        for kind in (JobKind.GLANCE, JobKind.VERIFY, JobKind.ROWS):
            uow.enqueue(kind, {})
        uow.commit()
    desk.work()
    checks = desk.ok(desk.get(IT, "/api/v1/house-state"))["checks"]
    assert [(check["at"], check["damaged"]) for check in checks] == [("2026-03-10T04:00:00Z", 0)] * 3


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_a_long_queue_takes_no_more_queries(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(desk, IT)
    asked: list[str] = []
    sa.event.listen(
        desk.installation.engine, "before_cursor_execute", lambda *given: asked.append(str(given[2]))
    )

    def queries() -> int:
        asked.clear()
        browser.page(STATE)
        return len(asked)

    given_up(desk)
    few = queries()
    with desk.installation.house.units.write() as uow:
        for kind in JobKind:
            for _ in range(20):
                uow.enqueue(kind, {})
        uow.commit()
    assert queries() == few


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("OSError: [Errno 28] No space left on device", FailureReason.DISK_FULL),
        ("OperationalError: (sqlite3.OperationalError) database or disk is full", FailureReason.DISK_FULL),
        ("OperationalError: server closed the connection", FailureReason.DATABASE_AWAY),
        ("Problem: busy  The system is busy", FailureReason.DATABASE_AWAY),
        ("Problem: not_found  Not found: placement", FailureReason.REFUSED),
        ("ObjectDamaged: key: the size is damaged", FailureReason.BYTES_DAMAGED),
        ("RobotFailed: answered with status 500", FailureReason.PEER_AWAY),
        ("JobFailed: no handler for jobs of kind old.kind", FailureReason.KIND_UNKNOWN),
        ("JobFailed: every worker that began it ended before it did", FailureReason.WORKER_ENDED),
        ("KeyError: 'x'", FailureReason.PROGRAM),
        ("", FailureReason.PROGRAM),
    ],
)
def test_an_error_has_a_reason_that_it_can_act_on(error: str, reason: FailureReason) -> None:
    assert failure_reason(error) is reason


def test_every_kind_that_is_done_has_a_name() -> None:
    assert {kind.value for kind in JobKind} == HANDLERS.keys()


@pytest.mark.parametrize(("free", "little"), [(99, True), (100, False), (101, False)])
def test_less_than_a_tenth_of_a_disk_is_little(free: int, little: bool) -> None:
    assert Disk(["/data"], 1000, free).little is little


def test_a_disk_is_told_once_however_many_folders_lie_on_it(desk: Desk) -> None:
    folders = [str(folder) for folder in desk.installation.house.folders]
    (disk,) = desk.ok(desk.get(IT, "/api/v1/house-state"))["disks"]
    assert disk["folders"] == folders
    assert disk["total"] == shutil.disk_usage(Path(folders[0])).total
