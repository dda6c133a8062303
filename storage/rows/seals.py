"""Triggers that keep the ledger as it is, on SQLite and on PostgreSQL (M4).

Owns what the database itself refuses, whoever asks: a credited line is sealed only when its shares add up to it, a
sealed line and its shares are never changed or removed, a closed statement takes no line more, and no month goes back.
They are made anew after every migration, for Alembic does not see triggers and could not tell when they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Seal:
    """A trigger before `event` of a table: where `forbidden` holds, the database refuses with these words."""

    table: str
    event: str
    name: str
    forbidden: str
    words: str


_SHARES = "SELECT {what} FROM statement_shares WHERE line_id = NEW.id"
_ADDED_UP = "COALESCE((" + _SHARES.format(what="SUM(amount_fen)") + "), 0)"
_COUNTED = "(" + _SHARES.format(what="COUNT(*)") + ")"


def _line_sealed(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM statement_lines WHERE id = {row}.line_id AND sealed)"  # noqa: S608 (names of ours)


SEALS = (
    Seal(
        "statement_lines",
        "INSERT",
        "open_statement",
        "NEW.sealed OR EXISTS (SELECT 1 FROM monthly_statements WHERE id = NEW.statement_id AND state = 'closed')",
        "a closed statement takes no line, and a line is sealed only after its shares are there",
    ),
    Seal("statement_lines", "UPDATE", "unchanged", "OLD.sealed", "a sealed line does not change"),
    Seal(
        "statement_lines",
        "UPDATE",
        "adds_up",
        f"NEW.sealed AND NOT OLD.sealed AND "
        f"((NEW.visit_id IS NOT NULL AND ({_COUNTED} = 0 OR {_ADDED_UP} <> NEW.amount_fen)) "
        f"OR (NEW.visit_id IS NULL AND {_COUNTED} > 0))",
        "the shares of the line do not add up to it",
    ),
    Seal("statement_lines", "DELETE", "kept", "OLD.sealed", "a sealed line stays"),
    Seal(
        "statement_shares",
        "INSERT",
        "before_seal",
        _line_sealed("NEW"),
        "a sealed line takes no further share",
    ),
    Seal(
        "statement_shares",
        "UPDATE",
        "unchanged",
        f"{_line_sealed('OLD')} OR {_line_sealed('NEW')}",
        "a share of a sealed line does not change",
    ),
    Seal("statement_shares", "DELETE", "kept", _line_sealed("OLD"), "a share of a sealed line stays"),
    Seal(
        "monthly_statements",
        "UPDATE",
        "forward",
        "OLD.state = 'closed' OR NEW.state = 'draft' OR OLD.month <> NEW.month OR OLD.branch_id <> NEW.branch_id",
        "a closed month does not change, and none goes back",
    ),
    Seal(
        "monthly_statements",
        "UPDATE",
        "whole",
        "NEW.state = 'closed' AND EXISTS "
        "(SELECT 1 FROM statement_lines WHERE statement_id = NEW.id AND NOT sealed)",
        "a month closes when every line of it is sealed",
    ),
    Seal(
        "statement_files",
        "UPDATE",
        "unchanged",
        "OLD.id IS NOT NULL",
        "a file of a closed month does not change",
    ),
    Seal("statement_files", "DELETE", "kept", "OLD.id IS NOT NULL", "a file of a closed month stays"),
    Seal("disputes", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "an objection does not change"),
    Seal("disputes", "DELETE", "kept", "OLD.id IS NOT NULL", "an objection stays"),
    Seal("dispute_withdrawals", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a withdrawal does not change"),
    Seal("dispute_withdrawals", "DELETE", "kept", "OLD.id IS NOT NULL", "a withdrawal stays"),
    Seal(
        "rulings",
        "INSERT",
        "of_a_standing_objection",
        "EXISTS (SELECT 1 FROM dispute_withdrawals WHERE dispute_id = NEW.dispute_id)",
        "an objection that was withdrawn is not ruled",
    ),
    Seal(
        "dispute_withdrawals",
        "INSERT",
        "before_the_sitting",
        "EXISTS (SELECT 1 FROM rulings WHERE dispute_id = NEW.dispute_id)",
        "an objection that was ruled stays",
    ),
    Seal("incident_decisions", "UPDATE", "final", "OLD.id IS NOT NULL", "a decision does not change"),
    Seal("incident_decisions", "DELETE", "kept", "OLD.id IS NOT NULL", "a decision stays"),
    Seal("fines", "DELETE", "kept", "OLD.id IS NOT NULL", "a fine stays in the ledger"),
    Seal(
        "policy_documents", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a published policy does not change"
    ),
    Seal("policy_documents", "DELETE", "kept", "OLD.id IS NOT NULL", "a published policy stays"),
    Seal("policy_readings", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a reading does not change"),
    Seal("policy_readings", "DELETE", "kept", "OLD.id IS NOT NULL", "a reading stays"),
    Seal("rulings", "UPDATE", "final", "OLD.id IS NOT NULL", "a ruling is final and does not change"),
    Seal("rulings", "DELETE", "kept", "OLD.id IS NOT NULL", "a ruling stays"),
    Seal("quality_samples", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a sample does not change"),
    Seal("quality_samples", "DELETE", "kept", "OLD.id IS NOT NULL", "a sample stays"),
    Seal("quality_items", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "what was drawn does not change"),
    Seal("quality_items", "DELETE", "kept", "OLD.id IS NOT NULL", "what was drawn stays"),
    Seal("quality_checks", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a check does not change"),
    Seal("quality_checks", "DELETE", "kept", "OLD.id IS NOT NULL", "a check stays"),
    Seal("daily_checks", "UPDATE", "unchanged", "OLD.id IS NOT NULL", "a tick does not change"),
    Seal("daily_checks", "DELETE", "kept", "OLD.id IS NOT NULL", "a tick stays"),
    Seal("leave", "DELETE", "kept", "OLD.id IS NOT NULL", "leave stays on record"),
    Seal("monthly_statements", "DELETE", "kept", "OLD.id IS NOT NULL", "a published month stays"),
)


def install_seals(connection: sa.Connection) -> None:
    """Make every trigger anew in the caller's transaction."""
    for seal in SEALS:
        made = _sqlite(seal) if connection.dialect.name == "sqlite" else _postgresql(seal)
        for statement in made:
            connection.exec_driver_sql(statement)


def _sqlite(seal: Seal) -> Iterator[str]:
    name = f"{seal.table}_{seal.event.lower()}_{seal.name}"
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield (
        f"CREATE TRIGGER {name} BEFORE {seal.event} ON {seal.table} WHEN {seal.forbidden} "
        f"BEGIN SELECT RAISE(ABORT, '{seal.words}'); END"
    )


def _postgresql(seal: Seal) -> Iterator[str]:
    name = f"{seal.table}_{seal.event.lower()}_{seal.name}"
    passed = "OLD" if seal.event == "DELETE" else "NEW"
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {seal.forbidden} THEN RAISE EXCEPTION '{seal.words}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {passed}; END $$"
    )
    yield f"DROP TRIGGER IF EXISTS {name} ON {seal.table}"
    yield (
        f"CREATE TRIGGER {name} BEFORE {seal.event} ON {seal.table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
