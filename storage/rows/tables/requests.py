"""Tables of visit requests: their addresses, waivers, demolition checks, address errors."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.requests import DemolitionAnswer, RequestState, WaiverKind
from storage.rows.columns import (
    METADATA,
    choice,
    day,
    flag,
    id_column,
    instant,
    integer,
    reference,
    text,
    version,
)

visit_requests = sa.Table(
    "visit_requests",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    choice("state", RequestState),
    reference("author_id", "accounts.id"),
    text("note"),
    instant("created_at"),
    day("requested_on", nullable=True),
    instant("filed_at", nullable=True),
    instant("decided_at", nullable=True),
    text("decided_by", nullable=True),
    text("decision_reason", nullable=True),
    instant("promising_marked_at", nullable=True),
    text("promising_marked_by", nullable=True),
    text("promising_reason", nullable=True),
    version(),
    sa.Index("ix_visit_requests_state", "state", "created_at", "id"),
    sa.Index("ix_visit_requests_created_at", "created_at", "id"),
)

request_addresses = sa.Table(
    "request_addresses",
    METADATA,
    id_column(),
    reference("request_id", "visit_requests.id"),
    reference("address_id", "addresses.id"),
    integer("address_version"),
    integer("position"),
    text("accepted_text", nullable=True),
    sa.UniqueConstraint("request_id", "address_id"),
)

waivers = sa.Table(
    "waivers",
    METADATA,
    id_column(),
    reference("request_id", "visit_requests.id"),
    choice("kind", WaiverKind),
    reference("address_id", "addresses.id", nullable=True),
    text("asked_reason"),
    text("asked_by"),
    instant("asked_at"),
    flag("granted", nullable=True),
    text("decided_by", nullable=True),
    instant("decided_at", nullable=True),
    text("decision_reason", nullable=True),
    version(),
)

demolition_checks = sa.Table(
    "demolition_checks",
    METADATA,
    id_column(),
    reference("address_id", "addresses.id"),
    text("office"),
    text("telephone"),
    instant("called_at"),
    text("called_by"),
    choice("answer", DemolitionAnswer),
    text("note"),
    instant("recorded_at"),
)

zone_choices = sa.Table(
    "zone_choices",
    METADATA,
    id_column(),
    text("province"),
    text("city"),
    text("zone"),
    text("county_code"),
    text("county"),
    reference("address_id", "addresses.id"),
    text("chosen_by", nullable=True),
    instant("chosen_at"),
    sa.Index("ix_zone_choices_zone", "province", "city", "zone"),
)

address_errors = sa.Table(
    "address_errors",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    reference("address_id", "addresses.id"),
    text("request_id", nullable=True),
    text("visit_id", nullable=True),
    day("discovered_on", index=True),
    text("found_by"),
    text("note"),
    sa.UniqueConstraint("address_id", "request_id"),
)
