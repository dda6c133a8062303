"""The table of fact snapshots: which objects hold the facts of all cases, as they were seen at a time."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import METADATA, id_column, instant, integer, json

fact_snapshots = sa.Table(
    "fact_snapshots",
    METADATA,
    id_column(),
    instant("taken_at", index=True),
    integer("placements"),
    json("objects"),
)
