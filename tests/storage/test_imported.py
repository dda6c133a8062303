"""Every table that may lean on what came by file is asked, and has its words (S20)."""

from __future__ import annotations

from server.domain.import_undoing import LEANING, ROWS
from server.services.importing.outcome import WRITTEN
from storage.rows.columns import METADATA
from storage.rows.imported import BROUGHT, DERIVED, LEANED_ON, links


def test_every_foreign_key_to_what_comes_by_file_is_asked_and_told_in_words() -> None:
    keys = {
        (child.name, key.column.table.name)
        for child in METADATA.sorted_tables
        for key in child.foreign_keys
        if key.column.table in LEANED_ON and child.name not in DERIVED
    }
    asked = {(link.what, link.parent.name) for link in links()}
    assert keys - asked == set()
    assert {what for what, _ in asked} - LEANING.keys() == set()
    assert {table.name for table in LEANED_ON} - ROWS.keys() == set()


def test_what_is_left_out_as_worked_out_is_there() -> None:
    assert DERIVED - METADATA.tables.keys() == set()


def test_all_that_imports_write_of_cases_names_its_import() -> None:
    cases = set(WRITTEN) - {"accounts", "certificates"}
    assert {table.name for table in BROUGHT} == cases == ROWS.keys()
    named = {t.name for t in METADATA.sorted_tables if {"import_id", "undone_at"} <= set(t.c.keys())}
    assert named == cases


def test_nothing_but_rows_that_may_be_leaned_on_is_leaned_on() -> None:
    """Facts of a case (a promise, a referral, a call, a confirmation) are ends: a key to one would be no obstacle."""
    ends = {table.name for table in BROUGHT} - {table.name for table in LEANED_ON} - {"repayments"}
    keys = {key.column.table.name for child in METADATA.sorted_tables for key in child.foreign_keys}
    assert keys & ends == set()
