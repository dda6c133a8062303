"""Tables of placements: debtors, placements, addresses, phones, promises, referrals, call notes, repayments, holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from server.domain.placements import (
    AddressKind,
    AddressStanding,
    CallLine,
    Direction,
    HoldReason,
    PhoneOwner,
    Source,
)
from storage.rows.columns import (
    METADATA,
    choice,
    day,
    flag,
    id_column,
    instant,
    integer,
    reference,
    sealed,
    text,
    version,
)


def of_import() -> list[sa.Column[Any]]:
    """The import that brought a row, and when the row was taken back with it; unpack with `*`."""
    return [text("import_id", nullable=True, index=True), instant("undone_at", nullable=True)]


def unique_standing(name: str, *columns: str) -> sa.Index:
    """S20: what was taken back with its file may come again."""
    standing = sa.text("undone_at IS NULL")
    return sa.Index(name, *columns, unique=True, sqlite_where=standing, postgresql_where=standing)


debtors = sa.Table(
    "debtors",
    METADATA,
    id_column(),
    *sealed("id_number"),
    text("name", index=True),
    instant("created_at"),
    version(),
    *of_import(),
    unique_standing("uq_debtors_id_number_key", "id_number_key"),
)

placements = sa.Table(
    "placements",
    METADATA,
    id_column(),
    text("case_number", index=True),
    reference("client_id", "clients.id"),
    reference("project_id", "projects.id"),
    reference("branch_id", "branches.id"),
    text("batch"),
    reference("debtor_id", "debtors.id"),
    reference("collector_id", "accounts.id"),
    integer("placed_fen"),
    *sealed("card_number", nullable=True),
    day("opened_on"),
    day("recall_on", index=True),
    day("retained_until", nullable=True),
    day("ended_on", nullable=True),
    reference("repeat_of_id", "placements.id", nullable=True),
    instant("created_at"),
    version(),
    *of_import(),
    unique_standing("uq_placements_case", "client_id", "case_number", "opened_on"),
    sa.CheckConstraint("placed_fen > 0", name="placed_is_positive"),
)

addresses = sa.Table(
    "addresses",
    METADATA,
    id_column(),
    reference("debtor_id", "debtors.id"),
    choice("kind", AddressKind),
    text("text"),
    text("normalized"),
    text("province"),
    text("city"),
    text("county"),
    text("county_code", index=True),
    text("town"),
    text("detail"),
    flag("urban_village"),
    choice("standing", AddressStanding),
    text("standing_reason", nullable=True),
    instant("standing_since", nullable=True),
    choice("source", Source),
    text("source_visit_id", nullable=True),
    text("duplicate_of_id", nullable=True),
    instant("added_at"),
    text("added_by", nullable=True),
    instant("recheck_since", nullable=True),
    version(),
    *of_import(),
)

address_confirmations = sa.Table(
    "address_confirmations",
    METADATA,
    id_column(),
    reference("address_id", "addresses.id"),
    text("confirmed_by"),
    day("confirmed_on"),
    text("how"),
    instant("recorded_at"),
    text("recorded_by", nullable=True),
    *of_import(),
)

phones = sa.Table(
    "phones",
    METADATA,
    id_column(),
    reference("debtor_id", "debtors.id"),
    *sealed("number"),
    choice("owner", PhoneOwner),
    text("owner_name"),
    text("relation"),
    flag("emergency_contact"),
    choice("source", Source),
    text("source_visit_id", nullable=True),
    text("duplicate_of_id", nullable=True),
    instant("added_at"),
    text("added_by", nullable=True),
    version(),
    *of_import(),
)

promises = sa.Table(
    "promises",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    day("made_on"),
    day("due_on"),
    integer("amount_fen"),
    flag("by_phone"),
    flag("judged_able"),
    instant("recorded_at"),
    text("recorded_by", nullable=True),
    *of_import(),
)

police_referrals = sa.Table(
    "police_referrals",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    day("referred_on"),
    text("early_explanation", nullable=True),
    text("early_accepted_by", nullable=True),
    instant("recorded_at"),
    text("recorded_by", nullable=True),
    version(),
    *of_import(),
)

call_notes = sa.Table(
    "call_notes",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    reference("phone_id", "phones.id"),
    instant("at", index=True),
    flag("answered"),
    choice("direction", Direction),
    integer("seconds"),
    text("account_id", nullable=True),
    text("visit_id", nullable=True, index=True),
    integer("recording_offset_ms", nullable=True),
    choice("source", Source),
    instant("recorded_at"),
    choice("line", CallLine, nullable=True),
    *of_import(),
)

contact_restorations = sa.Table(
    "contact_restorations",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    day("restored_on"),
    text("how"),
    instant("recorded_at"),
    text("recorded_by", nullable=True),
)

repayments = sa.Table(
    "repayments",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    reference("client_id", "clients.id"),
    text("reference"),
    day("paid_on", index=True),
    instant("paid_at", nullable=True),
    integer("amount_fen"),
    reference("reverses_id", "repayments.id", nullable=True),
    instant("recorded_at"),
    *of_import(),
    unique_standing("uq_repayments_reference", "client_id", "reference"),
    sa.CheckConstraint("(amount_fen < 0) = (reverses_id IS NOT NULL)", name="negative_only_as_reversal"),
    sa.CheckConstraint("amount_fen <> 0", name="not_zero"),
)

holds = sa.Table(
    "holds",
    METADATA,
    id_column(),
    reference("placement_id", "placements.id"),
    choice("reason", HoldReason),
    text("note"),
    instant("placed_at"),
    text("placed_by", nullable=True),
    text("lead_id", nullable=True),
    instant("reported_to_client_at", nullable=True),
    instant("released_at", nullable=True),
    text("released_by", nullable=True),
    text("release_reason", nullable=True),
    version(),
    reference("address_id", "addresses.id", nullable=True),
)

contact_blocks = sa.Table(
    "contact_blocks",
    METADATA,
    id_column(),
    *sealed("number", nullable=True),
    reference("debtor_id", "debtors.id", nullable=True),
    text("reason"),
    instant("placed_at"),
    text("placed_by", nullable=True),
    instant("lifted_at", nullable=True),
    version(),
    sa.CheckConstraint("(number_key IS NULL) <> (debtor_id IS NULL)", name="one_of_number_and_person"),
)
