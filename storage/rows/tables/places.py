"""The table of address points: where a normalized text lies, as a provider of geocodes answered, or that it waits."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.address_points import PointState
from server.domain.coordinates import Datum
from storage.rows.columns import METADATA, choice, id_column, instant, integer, number, text, version

address_points = sa.Table(
    "address_points",
    METADATA,
    id_column(),
    text("normalized", unique=True),
    text("county_code"),
    choice("state", PointState),
    text("provider", nullable=True),
    number("latitude", nullable=True),
    number("longitude", nullable=True),
    choice("datum", Datum, nullable=True),
    text("precision", nullable=True),
    number("accuracy_m", nullable=True),
    instant("wanted_at"),
    instant("asked_at", nullable=True, index=True),
    instant("answered_at", nullable=True),
    integer("attempts"),
    text("last_error", nullable=True),
    version(),
    sa.Index("ix_address_points_waiting", "state", "attempts", "wanted_at"),
)
