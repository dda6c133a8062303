"""Background jobs for whoever looks after them: which wait, run or were given up, and one run again.

Owns who may read the words of an error, which may name a case: whoever asks for one job, and that is logged. Refuses to
run again what was told that it failed and goes on another way.
"""

from __future__ import annotations

import dataclasses

from server.domain.audit import AuditEntry
from server.domain.jobs import JOB_TRIED_ELSEWHERE, TRIED_ELSEWHERE, JobState, job_kind
from server.domain.masking import masked_numbers
from server.domain.problems import WRONG_STATE, problem
from server.services.ports.jobs import Job
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork


def jobs_of(uow: UnitOfWork, request: PageRequest, *, state: JobState | None, kind: str | None) -> Page[Job]:
    """Newest first; the words of their errors are for `read_job`."""
    return uow.jobs.page(request, state=state, kind=kind)


def read_job(uow: UnitOfWork, job_id: str) -> Job:
    """One job with the words of its error; telephones and the like in them are masked (S5)."""
    job = uow.jobs.need(job_id)
    uow.audit(AuditEntry("job.read", "job", job.id, {"kind": job.kind}))
    return (
        job if job.last_error is None else dataclasses.replace(job, last_error=masked_numbers(job.last_error))
    )


def run_again(uow: UnitOfWork, job_id: str) -> Job:
    """Due at once, which a worker sees within a minute, its attempts counted anew; who had it run is in the trail."""
    job = uow.jobs.need(job_id)
    if job.state is JobState.FAILED and job_kind(job.kind) in TRIED_ELSEWHERE:
        raise problem(JOB_TRIED_ELSEWHERE)
    if not uow.jobs.again(job, uow.now):
        raise problem(WRONG_STATE, state=job.state, verb_zh="重新运行", verb_en="run again")
    uow.audit(AuditEntry("job.run_again", "job", job.id, {"kind": job.kind, "attempts": job.attempts}))
    return uow.jobs.need(job_id)
