"""Tables of pay: targets of a month (F1), fines (F4, F5), decisions on incidents (F7); payslips are computed."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.fines import ADDRESS_ERRORS, FineState
from server.domain.incident_matrix import Consequence, FoundHow
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

month_targets = sa.Table(
    "month_targets",
    METADATA,
    id_column(),
    text("month"),
    reference("account_id", "accounts.id"),
    integer("amount_fen"),
    reference("set_by", "accounts.id", index=False),
    instant("set_at"),
    version(),
    sa.UniqueConstraint("month", "account_id"),
    sa.CheckConstraint("amount_fen > 0", name="something"),
)

_OF_ADDRESSES = sa.text(f"entry = '{ADDRESS_ERRORS}'")
fines = sa.Table(
    "fines",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    text("entry"),
    text("clause"),
    text("month"),
    day("found_on"),
    integer("count"),
    integer("amount_fen"),
    text("note"),
    choice("state", FineState),
    reference("found_by", "accounts.id", index=False),
    instant("found_at"),
    reference("decided_by", "accounts.id", nullable=True, index=False),
    instant("decided_at", nullable=True),
    text("decision_note", nullable=True),
    day("due_on", nullable=True),
    day("paid_on", nullable=True),
    reference("received_by", "accounts.id", nullable=True, index=False),
    integer("received_fen", nullable=True),
    version(),
    # R13 counts a month of a person's as a whole, so that it is fined once.
    sa.Index(
        "uq_fines_address_errors",
        "account_id",
        "month",
        unique=True,
        sqlite_where=_OF_ADDRESSES,
        postgresql_where=_OF_ADDRESSES,
    ),
)

incident_decisions = sa.Table(
    "incident_decisions",
    METADATA,
    id_column(),
    reference("incident_id", "incidents.id", index=False),
    reference("account_id", "accounts.id"),
    choice("found", FoundHow),
    flag("at_fault"),
    flag("pacified"),
    choice("proposed", Consequence),
    integer("proposed_fen"),
    choice("consequence", Consequence),
    integer("amount_fen"),
    text("reasons"),
    reference("decided_by", "accounts.id", index=False),
    instant("decided_at"),
    day("decided_on"),
    sa.UniqueConstraint("incident_id"),
)
