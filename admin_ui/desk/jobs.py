"""The state of the house and its background jobs at the desk, for IT.

Owns how a job reads: its kind and the reason of its failure in words. Refuses nothing of its own: what is run again,
and from where, the use case says.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.page import page
from api_schemas.jobs import JobList
from server.domain.access import Permission
from server.domain.jobs import TRIED_ELSEWHERE, JobState, failure_reason, job_kind
from server.services import jobs
from server.services.house_state import DIFFERENCES, state_of
from server.services.ports.jobs import Job, JobCount
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

STATE = "/desk/house-state"
LIST = "/desk/jobs"
ONE = f"{LIST}/<uuid:job_id>"
_READS = [Permission.JOBS_READ]
_TABS = (JobState.FAILED, JobState.RUNNING, JobState.WAITING)
_CLAUSES = ("S6", "S8", "S19", "S22")


@page("GET", STATE, needs=_READS, template="house_state.html", clauses=_CLAUSES)
def house_state(call: Call) -> dict[str, Any]:
    """Queues, what runs, the last checks of evidence, room, what waits to leave the house."""
    state = state_of(call.house, call.uow)
    return {
        "state": state,
        "counted_to": DIFFERENCES,
        "job_kind": job_kind,
        "failed": sum(queue.failed for queue in state.queues),
        "opens_robots": call.actor.may(Permission.WEBHOOKS_WRITE),
        "opens_devices": call.actor.may(Permission.DEVICES_READ),
    }


@page("GET", LIST, needs=_READS, template="jobs.html", query=JobList, clauses=("S8",))
def job_list(call: Call) -> dict[str, Any]:
    """Jobs that were given up, that run, that wait; the newest first."""
    state, kind = call.query["state"], call.query["kind"]
    found = jobs.jobs_of(
        call.uow,
        PageRequest(call.query["limit"], call.query.get("after")),
        state=state,
        kind=None if kind is None else kind.value,
    )
    counts = call.uow.jobs.counts()
    return _reading(call, found.items) | {
        "jobs": found.items,
        "state": state,
        "kind": kind,
        "next": next_page(LIST, found.next),
        "tabs": [
            Tab(
                f"JobState.{one.value}",
                href(LIST, {"state": one.value, "kind": None if kind is None else kind.value}),
                _counted(counts, one, None if kind is None else kind.value),
                one is state,
            )
            for one in _TABS
        ],
    }


@page("GET", ONE, needs=_READS, template="job.html", reads_personal=True, clauses=("S8",))
def show_one_job(call: Call) -> dict[str, Any]:
    """One job with the words of its error; reading them is logged."""
    job = jobs.read_job(call.uow, call.path["job_id"])
    again = [line for line in call.uow.trail.history(job.id) if line.action == "job.run_again"]
    asked = call.uow.accounts.by_ids(line.actor_id for line in again if line.actor_id is not None)
    return _reading(call, [job]) | {"job": job, "again": again, "asked": asked}


@page("POST", f"{ONE}/again", needs=[Permission.JOBS_RUN], template=None)
def run_this_job_again(call: Call) -> Response:
    """Run it again; the line in the trail says who had it run."""
    return see_other(f"{LIST}/{jobs.run_again(call.uow, call.path['job_id']).id}")


def _counted(counts: list[JobCount], state: JobState, kind: str | None) -> int:
    return sum(one.count for one in counts if one.state is state and kind in (None, one.kind))


def _reading(call: Call, several: list[Job]) -> dict[str, Any]:
    """What every job's row needs to be read; one query however many there are."""
    return {
        "job_kind": job_kind,
        "reason_of": failure_reason,
        "tried_elsewhere": TRIED_ELSEWHERE,
        "runs": call.actor.may(Permission.JOBS_RUN),
        "people": call.uow.accounts.by_ids(job.account_id for job in several if job.account_id is not None),
    }
