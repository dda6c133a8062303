"""The wire contract of background jobs and of the state of the house."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.jobs import FailureReason, JobKind, JobState, failure_reason
from server.services.ports.jobs import Job

# What is done is asked for by nobody and there is most of it: a list of it would be a walk along the whole table.
_LISTED = (JobState.FAILED, JobState.RUNNING, JobState.WAITING)


class JobQuery(PageQuery):
    """Without a state, jobs of any, the newest first."""

    state = fields.Enum(JobState, by_value=True, load_default=None, validate=validate.OneOf(_LISTED))
    kind = Text(most=60, load_default=None)


class JobList(PageQuery):
    """At the desk: what was given up first."""

    state = fields.Enum(
        JobState, by_value=True, load_default=JobState.FAILED, validate=validate.OneOf(_LISTED)
    )
    kind = fields.Enum(JobKind, by_value=True, load_default=None)


def _reason(job: Job) -> FailureReason | None:
    return None if job.last_error is None else failure_reason(job.last_error)


class JobView(Strict):
    """`reason`: why the last attempt failed; `attempts` counts starts."""

    id = Id(required=True)
    kind = fields.String(required=True)
    state = fields.Enum(JobState, by_value=True, required=True)
    due_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    attempts = fields.Integer(required=True)
    done_steps = fields.Integer(required=True)
    all_steps = fields.Integer(required=True)
    account_id = Id(required=True, allow_none=True)
    reason = fields.Function(
        _reason, metadata={"type": ["string", "null"], "enum": [*(one.value for one in FailureReason), None]}
    )


class JobWhole(JobView):
    """With the words of its error, which may name a case: reading them is logged."""

    last_error = fields.String(required=True, allow_none=True)


class QueueView(Strict):
    kind = fields.String(required=True)
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    oldest_due_at = Instant(required=True, allow_none=True)


class LastCheckView(Strict):
    """`at` null where it never ran."""

    kind = fields.Enum(JobKind, by_value=True, required=True)
    at = Instant(required=True, allow_none=True)
    seen = fields.Integer(required=True)
    damaged = fields.Integer(required=True)


class DiskView(Strict):
    """In bytes; `little`: less than a tenth is free."""

    folders = fields.List(fields.String(), required=True)
    total = fields.Integer(required=True)
    free = fields.Integer(required=True)
    little = fields.Boolean(required=True)


class OutboxStateView(Strict):
    waiting = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)
    failed = fields.Integer(required=True)


class PhonesUnsentView(Strict):
    """What phones told of that lies on them alone (S19)."""

    phones = fields.Integer(required=True)
    items = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)


class HouseStateView(Strict):
    """`differences`: open ones of evidence, counted up to a hundred; `snapshot_at` null while there is none."""

    at = Instant(required=True)
    queues = fields.List(fields.Nested(QueueView), required=True)
    running = fields.List(fields.Nested(JobView), required=True)
    checks = fields.List(fields.Nested(LastCheckView), required=True)
    differences = fields.Integer(required=True)
    disks = fields.List(fields.Nested(DiskView), required=True)
    database_bytes = fields.Integer(required=True)
    divisions_on = fields.String(required=True, attribute="divisions.data_date")
    snapshot_at = fields.Function(
        lambda state: Instant()._serialize(
            None if state.snapshot.snapshot is None else state.snapshot.snapshot.taken_at, None, None
        ),
        metadata={"type": ["string", "null"], "format": "date-time"},
    )
    outbox = fields.Nested(OutboxStateView, required=True)
    unsent = fields.Nested(PhonesUnsentView, required=True)


JobPage = page_of(JobView, "JobPage")
