"""Owns the shape of the bulk tables: their columns in order, what each may hold, and the words for what it may not.

Refuses to read a file. docs/bulk-tables.md says what the columns mean; a test holds the page against this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNTS = r"U?(TINY|SMALL|BIG)?INT(EGER)?"
_FIRST_TO_LAST = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold: the types it may have in the file, when a value is a fault, and the words for it.

    `{c}` in `fault` is the column's name.
    """

    shown: str
    types: str
    fault: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; one that is not `required` may be left out of the file, which means null or ''."""

    name: str
    kind: Kind
    required: bool = True


def _choice(*values: str, null: bool = False) -> Kind:
    listed = ", ".join(f"'{value}'" for value in values)
    fault = f"{{c}} NOT IN ({listed})" if null else f"{{c}} IS NULL OR {{c}} NOT IN ({listed})"
    words = "must be one of " + ", ".join(sorted(values)) + (", or null" if null else "")
    return Kind("VARCHAR", "VARCHAR", fault, words)


TEXT = Kind("VARCHAR", "VARCHAR", "{c} IS NULL OR {c} = ''", "must be text, not empty")
TEXT_OR_NULL = Kind("VARCHAR, null", "VARCHAR", "false", "")
DAY = Kind(
    "DATE", "DATE", f"{{c}} IS NULL OR {{c}} NOT {_FIRST_TO_LAST}", "must be a date of the years 1 to 9999"
)
DAY_OR_NULL = Kind("DATE, null", "DATE", f"{{c}} NOT {_FIRST_TO_LAST}", DAY.words)
FLAG = Kind("BOOLEAN", "BOOLEAN", "{c} IS NULL", "must be true or false")
COUNT = Kind("INTEGER", _COUNTS, "{c} IS NULL OR {c} < 0", "must be a whole number, not negative")
_INSIDE = "local_day({c}) " + _FIRST_TO_LAST
INSTANT = Kind(
    "TIMESTAMPTZ (µs)", "TIMESTAMP WITH TIME ZONE", f"{{c}} IS NULL OR NOT isfinite({{c}}) OR NOT {_INSIDE}",
    "must be a time of the years 1 to 9999",
)  # fmt: skip
INSTANT_OR_NULL = Kind(
    "TIMESTAMPTZ (µs), null", INSTANT.types, f"NOT isfinite({{c}}) OR NOT {_INSIDE}", INSTANT.words
)
BEYOND = Kind(
    "VARCHAR, null", "VARCHAR", "NOT regexp_full_match({c}, '[0-9]*[1-9]')",
    "must be digits that do not end in 0, or null",
)  # fmt: skip
_MONEY = r"DECIMAL\(((1[0-6]|[1-9]),[012]|17,[12]|18,2)\)"  # no more before the point than an answer can hold
AMOUNT = Kind("DECIMAL(18,2)", _MONEY, "{c} IS NULL OR {c} = 0", "must be an amount that is not zero")
PLACED = Kind("DECIMAL(18,2)", _MONEY, "{c} IS NULL OR {c} <= 0", "must be greater than zero")
NAMES = Kind(
    "VARCHAR[]", r"VARCHAR\[\]",
    # nearly every team is of one or two: a list of its own for each row costs ten times as much
    "{c} IS NULL OR CASE len({c}) WHEN 1 THEN coalesce({c}[1] = '', true)"
    " WHEN 2 THEN coalesce({c}[1] = '' OR {c}[2] = '' OR {c}[1] = {c}[2], true)"
    " ELSE len(list_distinct(list_filter({c}, lambda x: x <> ''))) <> len({c}) END",
    "must be a list of names, none of them empty or there twice",
)  # fmt: skip

TABLES: dict[str, tuple[Column, ...]] = {
    "placements": (
        Column("id", TEXT),
        Column("placed_amount", PLACED),
        Column("opened_on", DAY),
        Column("recall_on", DAY),
        Column("retained_until", DAY_OR_NULL),
        Column("promising_from", DAY_OR_NULL),
    ),
    "police_referrals": (
        Column("placement", TEXT),
        Column("referred_on", DAY),
        Column("early_explained", FLAG),
    ),
    "visits": (
        Column("placement", TEXT),
        Column("id", TEXT),
        Column("started_at", INSTANT),
        Column("started_at_beyond", BEYOND, required=False),
        Column("agents", NAMES),
        Column("present", NAMES),
        Column("photos", COUNT),
        Column("recordings", COUNT),
        Column("voided", FLAG),
        Column("address_kind", _choice("household", "home", "work", "other")),
        Column("address_confirmed", FLAG),
        Column("letter_left_at", _choice("visited_address", "village_committee", null=True)),
        Column("letter_photographed", Kind(
            "BOOLEAN, null", "BOOLEAN", "({c} IS NULL) <> (letter_left_at IS NULL)",
            "must be true or false where a letter was left, else null",
        )),
        Column("letter_counterfoil_returned", Kind(
            "BOOLEAN, null", "BOOLEAN", "({c} IS NULL) <> (letter_left_at IS NULL)",
            "must be true or false where a letter was left, else null",
        )),
        Column("letter_acknowledged_on", Kind(
            "DATE, null", "DATE", f"{{c}} IS NOT NULL AND (letter_left_at IS NULL OR {{c}} NOT {_FIRST_TO_LAST})",
            "must be a date of the years 1 to 9999, and null where no letter was left",
        )),
        Column("debtor_gone", FLAG),
        Column("promise_due_on", DAY_OR_NULL),
        Column("promise_explained", FLAG),
        Column("superseded_by", TEXT_OR_NULL),
        Column("contact_restored_on", DAY_OR_NULL),
    ),
    "contacts": (
        Column("placement", TEXT),
        Column("visit", TEXT),
        Column("who", _choice("debtor", "direct_relative", "other_contact", "village_committee", "stranger")),
        Column("channel", _choice("in_person", "phone_on_site")),
        Column("communicated", FLAG),
        Column("will_relay", FLAG),
        Column("can_relay", FLAG),
        Column("relayed_on", DAY_OR_NULL),
    ),
    "phones": (
        Column("placement", TEXT),
        Column("visit", TEXT),
        Column("id", TEXT),
        Column("owner", _choice("debtor", "relative", "other")),
        Column("reachable", FLAG),
        Column("called", FLAG),
        Column("messaged", FLAG),
    ),
    "repayments": (
        Column("placement", TEXT),
        Column("id", TEXT),
        Column("paid_on", DAY),
        Column("paid_at", INSTANT_OR_NULL),
        Column("paid_at_beyond", BEYOND, required=False),
        Column("amount", AMOUNT),
        Column("reverses", TEXT_OR_NULL),
    ),
}  # fmt: skip

# What no column shows by itself; load.sql and cross_checks.sql give these codes. The words are those of `score`.
RULES: dict[str, tuple[str, str]] = {
    "placement_again": ("id", "names a placement that the table has already"),
    "placement_unknown": ("placement", "names no placement of the table placements"),
    "visit_again": ("id", "names a visit that the placement has already"),
    "not_an_agent": ("present", "names somebody who is not among the agents"),
    "visit_unknown": ("visit", "names no visit of that placement"),
    "phone_again": ("id", "names a phone that the visit has already"),
    "repayment_again": ("id", "names a repayment that the placement has already"),
    "other_day": ("paid_at", "must fall on the local day paid_on"),
    "beyond_nothing": ("paid_at_beyond", "must be null where paid_at is"),
    "not_above_zero": ("reverses", "must name a repayment where the amount is not greater than zero"),
    "original_unknown": ("reverses", "must name another repayment of the placement"),
    "reverses_reversal": ("reverses", "must name a repayment that is no reversal"),
    "reversal_above_zero": ("reverses", "must be null unless the amount is less than zero"),
    "reversed_too_much": ("reverses", "names a repayment that would be reversed by more than its amount"),
}


def accepts(column: Column, found: str) -> bool:
    """Whether a column of the file with that type can be read as this one."""
    return re.fullmatch(column.kind.types, found) is not None


def fault_of(columns: tuple[Column, ...], present: set[str]) -> str:
    """SQL for the name of the first column at fault in a row, in the order of the columns, else null."""
    cases = [
        f"WHEN {column.kind.fault.format(c=column.name)} THEN '{column.name}'"
        for column in columns
        if column.name in present and column.kind.fault != "false"
    ]
    return "CASE " + "\n    ".join(cases) + " END"
