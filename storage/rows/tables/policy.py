"""The table of published policy documents."""

from __future__ import annotations

import sqlalchemy as sa

from storage.rows.columns import METADATA, id_column, instant, text

policy_documents = sa.Table(
    "policy_documents",
    METADATA,
    id_column(),
    text("document"),
    instant("published_at"),
    text("published_by", nullable=True),
)
