"""Routes of background jobs and of the state of the house, for IT."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.jobs import HouseStateView, JobPage, JobQuery, JobView, JobWhole
from server.domain.access import Permission
from server.domain.jobs import JOB_TRIED_ELSEWHERE
from server.domain.problems import NOT_FOUND, WRONG_STATE
from server.services import jobs
from server.services.house_state import HouseState, state_of
from server.services.ports.jobs import Job
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "jobs", __name__, url_prefix="/api/v1", description="Background jobs, the state of the house"
)

_READS = [Permission.JOBS_READ]


@endpoint(blueprint, "GET", "/house-state", needs=_READS, answer=HouseStateView)
def show_house_state(call: Call) -> HouseState:
    """Queues, what runs, the last checks of evidence, room, what waits to leave the house."""
    return state_of(call.house, call.uow)


@endpoint(blueprint, "GET", "/jobs", needs=_READS, query=JobQuery, answer=JobPage)
def list_jobs(call: Call) -> Page[Job]:
    """Jobs, newest first; what is done is found by its id alone."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return jobs.jobs_of(call.uow, request, state=call.query["state"], kind=call.query["kind"])


@endpoint(
    blueprint,
    "GET",
    "/jobs/<uuid:job_id>",
    needs=_READS,
    answer=JobWhole,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def show_job(call: Call) -> Job:
    """One job with the words of its error; reading them is logged (S8)."""
    return jobs.read_job(call.uow, call.path["job_id"])


@endpoint(
    blueprint,
    "POST",
    "/jobs/<uuid:job_id>/again",
    needs=[Permission.JOBS_RUN],
    answer=JobView,
    problems=[NOT_FOUND, WRONG_STATE, JOB_TRIED_ELSEWHERE],
)
def run_job_again(call: Call) -> Job:
    """Run a job again that was given up; who had it run is logged."""
    return jobs.run_again(call.uow, call.path["job_id"])
