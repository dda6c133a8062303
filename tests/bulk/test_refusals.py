"""Rows at fault are named by table, row and column; their placement is left out whole and the others are scored."""

from pathlib import Path
from typing import Any

import pytest

from server.bulk.tables import RULES, TABLES
from tests.bulk.desk import pack, rewrite, run, set_first

# Table, column, what its first row is given; of every column that can be at fault at least one.
FAULTS = [
    ("placements", "id", "''"),
    ("placements", "placed_amount", "0"),
    ("placements", "placed_amount", "NULL"),
    ("placements", "opened_on", "NULL"),
    ("placements", "recall_on", "NULL"),
    ("placements", "retained_until", "'infinity'::DATE"),
    ("placements", "promising_from", "'10000-01-01'::DATE"),
    ("police_referrals", "placement", "''"),
    ("police_referrals", "placement", "'E-9'"),
    ("police_referrals", "referred_on", "NULL"),
    ("police_referrals", "early_explained", "NULL"),
    ("visits", "placement", "'E-9'"),
    ("visits", "id", "NULL"),
    ("visits", "id", "'V2'"),
    ("visits", "started_at", "NULL"),
    ("visits", "started_at", "'infinity'::TIMESTAMPTZ"),
    ("visits", "started_at", "'9999-12-31 16:00:00+00'::TIMESTAMPTZ"),
    ("visits", "started_at_beyond", "'10'"),
    ("visits", "agents", "NULL"),
    ("visits", "agents", "['Lin', 'Lin']"),
    ("visits", "agents", "['Lin', NULL]"),
    ("visits", "agents", "[NULL]"),
    ("visits", "agents", "['', 'Lin']"),
    ("visits", "agents", "['Lin', 'Sun', 'Lin']"),
    ("visits", "agents", "['Lin', 'Sun', '']"),
    ("visits", "present", "['']"),
    ("visits", "present", "['Lin', 'Sun']"),
    ("visits", "photos", "-1"),
    ("visits", "recordings", "NULL"),
    ("visits", "voided", "NULL"),
    ("visits", "address_kind", "'Home'"),
    ("visits", "address_confirmed", "NULL"),
    ("visits", "letter_left_at", "'door'"),
    ("visits", "letter_photographed", "NULL"),
    ("visits", "letter_counterfoil_returned", "NULL"),
    ("visits", "letter_acknowledged_on", "'infinity'::DATE"),
    ("visits", "debtor_gone", "NULL"),
    ("visits", "promise_due_on", "'-infinity'::DATE"),
    ("visits", "promise_explained", "NULL"),
    ("visits", "contact_restored_on", "'infinity'::DATE"),
    ("contacts", "placement", "NULL"),
    ("contacts", "visit", "'V9'"),
    ("contacts", "who", "NULL"),
    ("contacts", "channel", "'phone'"),
    ("contacts", "communicated", "NULL"),
    ("contacts", "will_relay", "NULL"),
    ("contacts", "can_relay", "NULL"),
    ("contacts", "relayed_on", "'infinity'::DATE"),
    ("phones", "placement", "NULL"),
    ("phones", "visit", "'V9'"),
    ("phones", "id", "''"),
    ("phones", "id", "'T2'"),
    ("phones", "owner", "'mother'"),
    ("phones", "reachable", "NULL"),
    ("phones", "called", "NULL"),
    ("phones", "messaged", "NULL"),
    ("repayments", "placement", "'E-9'"),
    ("repayments", "id", "'P-2'"),
    ("repayments", "id", "NULL"),
    ("repayments", "paid_on", "NULL"),
    ("repayments", "paid_at", "'2026-03-11 15:59:59+00'::TIMESTAMPTZ"),
    ("repayments", "paid_at", "'2026-03-12 16:00:00+00'::TIMESTAMPTZ"),
    ("repayments", "paid_at_beyond", "'1'"),
    ("repayments", "amount", "0"),
    ("repayments", "reverses", "'P-2'"),
    ("repayments", "reverses", "'P-1'"),
]
# The rule names the later row, so the change of the first row shows at the second.
LATER = {("visits", "id", "'V2'"), ("phones", "id", "'T2'"), ("repayments", "id", "'P-2'")}


def _refused(folder: Path) -> list[tuple[str, str, str]]:
    result = run("score", "--tables", str(folder / "in"), "--out", str(folder / "out"))
    assert result.exit_code == 1, result.output
    told = [line.removeprefix(f"{folder / 'in'}/").split(": ") for line in result.stderr.splitlines()]
    return [(place.split(".parquet:")[0], place.split(":")[1], column) for place, column, *_ in told]


def _scored(folder: Path) -> list[str]:
    return run("tables", "lines", str(folder / "out")).stdout.splitlines()


@pytest.mark.parametrize(("table", "column", "expression"), FAULTS)
def test_a_row_at_fault_is_named_and_the_other_placement_is_scored(
    tmp_path: Path, table: str, column: str, expression: str
) -> None:
    set_first(pack(tmp_path / "in"), table, column, expression)
    row = "2" if (table, column, expression) in LATER else "1"
    assert (table, row, column) in _refused(tmp_path)
    lines = _scored(tmp_path)
    assert any('"placement": "E-2"' in line for line in lines)
    orphan = column == "placement" or (table, column) == ("placements", "id")
    assert orphan or not any('"placement": "E-1"' in line for line in lines)


def test_every_column_that_can_be_at_fault_has_its_example() -> None:
    shown = {(table, column) for table, column, _ in FAULTS}
    can = {(table, item.name) for table, items in TABLES.items() for item in items if item.kind.words}
    assert can - shown == set()


@pytest.mark.parametrize("seconds", ["2026-03-11 16:00:00+00", "2026-03-12 15:59:59.999999+00"])
def test_a_time_on_the_edges_of_the_local_day_is_good(tmp_path: Path, seconds: str) -> None:
    set_first(pack(tmp_path / "in"), "repayments", "paid_at", f"'{seconds}'::TIMESTAMPTZ")
    result = run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.output) == (0, "")


CHANGES: list[tuple[str, str, str]] = [
    ("placement_again", "placements", "FROM old UNION ALL FROM old WHERE id = 'E-1'"),
    ("reversal_above_zero", "repayments", "SELECT * REPLACE (abs(amount)::DECIMAL(18, 2) AS amount) FROM old"),
    ("not_above_zero", "repayments", "SELECT * REPLACE (NULL::VARCHAR AS reverses) FROM old"),
    ("original_unknown", "repayments", "FROM old WHERE id <> 'P-2'"),
    ("reverses_reversal", "repayments",
     "SELECT * REPLACE (CASE WHEN id = 'P-4' THEN 'P-3' ELSE reverses END AS reverses) FROM old"),
    ("reversed_too_much", "repayments",
     "SELECT * REPLACE (CASE WHEN id = 'P-4' THEN -0.03 ELSE amount END::DECIMAL(18, 2) AS amount) FROM old"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "table", "query"), CHANGES)
def test_a_rule_across_rows_is_told_in_its_words(tmp_path: Path, rule: str, table: str, query: str) -> None:
    rewrite(pack(tmp_path / "in"), table, query)
    result = run("score", "--tables", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    column, words = RULES[rule]
    assert f": {column}: {words}" in result.stderr
    assert not any('"placement": "E-1"' in line for line in _scored(tmp_path))
    assert any('"placement": "E-2"' in line for line in _scored(tmp_path))


def test_a_repayment_reversed_to_nothing_is_good_and_a_fen_more_is_not(tmp_path: Path) -> None:
    for fen, status in ((-0.02, 0), (-0.03, 1)):
        folder = pack(tmp_path / "in")
        change = f"CASE WHEN id = 'P-4' THEN {fen} ELSE amount END::DECIMAL(18, 2)"
        rewrite(folder, "repayments", f"SELECT * REPLACE ({change} AS amount) FROM old")
        assert run("score", "--tables", str(folder), "--out", str(tmp_path / "out")).exit_code == status


def test_one_fault_a_row_in_the_order_of_tables_and_rows(tmp_path: Path) -> None:
    folder = pack(tmp_path / "in")
    set_first(folder, "visits", "photos", "-1")
    set_first(folder, "visits", "id", "''")
    rewrite(folder, "placements", "SELECT * REPLACE (NULL::DATE AS recall_on) FROM old")
    told: list[Any] = [fault[:2] for fault in _refused(tmp_path)]
    assert told[:3] == [("placements", "1"), ("placements", "2"), ("visits", "1")]
    assert len(told) == len(set(told))
    assert _scored(tmp_path) == []
