"""The table of jobs: rows written in the transaction of their cause; workers claim them by a lease."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.jobs import JobState
from storage.rows.columns import METADATA, choice, id_column, instant, integer, json, text

jobs = sa.Table(
    "jobs",
    METADATA,
    id_column(),
    text("kind"),
    json("payload"),
    choice("state", JobState),
    text("once_key", nullable=True, unique=True),
    instant("due_at"),
    instant("leased_until", nullable=True),
    integer("attempts"),
    integer("done_steps"),
    integer("all_steps"),
    text("last_error", nullable=True),
    text("account_id", nullable=True),
    instant("created_at"),
    instant("finished_at", nullable=True),
    instant("started_at", nullable=True),
    # with the kind, so that the counts of a long queue come out of the index alone
    sa.Index("ix_jobs_due", "state", "due_at", "kind"),
    # The list's order in a long queue; with the kind, so that others are passed over without reading their rows.
    sa.Index("ix_jobs_state_id_kind", "state", "id", "kind"),
)
