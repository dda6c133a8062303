"""Owns the reading of a policy document (POLICY.md section 9) for the independent scoring.

Refuses unknown keys, wrong types, parameters beside [[edition]] and two editions on one day. Values of a
right type are taken as they are: the text gives no bounds.
"""

import datetime
import re
import tomllib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.policy.independent_days import Day


class PolicyError(Exception):
    """The policy document cannot be read."""


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_decimal(value: Any) -> bool:
    """ "`half_ratio` and rates are quoted decimals"."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) is not None


def is_hours(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(hour, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}", hour) for hour in value)
    )


def is_tiers(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(tier, list) and len(tier) == 2 and all(is_decimal(number) for number in tier)
        for tier in value
    )


def is_rows(value: Any) -> bool:
    """Tables of pay; the scoring asks for none of them."""
    return isinstance(value, list) and all(isinstance(row, list) for row in value)


def is_one_of(*choices: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in choices


HANDBOOK: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "relay_days": (7, is_integer),
    "letter_days": (5, is_integer),
    "half_ratio": ("0.50", is_decimal),
    "police_referral_wait_days": (7, is_integer),
    "recall_blackout_days": (15, is_integer),
    "team_size": (2, is_integer),
    "reachable_days": (30, is_integer),
    "month_end": ("day_before", is_one_of("day_before", "same_day")),
    "half_base": ("placed_amount", is_one_of("placed_amount", "outstanding_at_visit")),
    "c4_needs": ("letter_and_message", is_one_of("letter_and_message", "letter", "either")),
    "letter_opens_month": (False, is_flag),
    "nearest_must_cover": (True, is_flag),
    "window_stops_at_placement_end": (True, is_flag),
    "promise_excludes_visit": (True, is_flag),
    "relay_must_be_confirmed": (True, is_flag),
    "evidence_required": ("photo_and_recording", is_one_of("photo_and_recording", "either")),
    "supersede_keeps_contact": (False, is_flag),
    "visit_hours": (["08:00", "22:00"], is_hours),
    "daily_calls_reached": (3, is_integer),
    "daily_calls_unreached": (5, is_integer),
    "presence_metres": (200, is_integer),
    "presence_minutes": (15, is_integer),
    "upload_hours": (24, is_integer),
    "counterfoil_days": (3, is_integer),
    "objection_days": (5, is_integer),
    "publish_days": (3, is_integer),
    "evidence_hold_days": (3, is_integer),
    "collector_may_object": (False, is_flag),
    "free_address_errors": (3, is_integer),
    "address_error_fine": ("20.00", is_decimal),
    "commission_tiers": ([["0", "0.01"], ["0.5", "0.03"], ["1", "0.04"]], is_tiers),
    "collector_when_visit_credited": ("full", is_one_of("full")),
    "base_pay": ("3000.00", is_decimal),
    "field_subsidy": ("500.00", is_decimal),
    "compliance_factors": ([["0", "1"]], is_tiers),
    "compliance_veto": (False, is_flag),
    "fine_deduction": (False, is_flag),
    "fine_catalogue": ((), is_rows),
    "incident_matrix": ((), is_rows),
    "password_min_length": (8, is_integer),
    "password_days": (30, is_integer),
    "password_history": (0, is_integer),
    "lock_after": (3, is_integer),
    "lock_minutes": (30, is_integer),
    "retention_years": (3, is_integer),
    "idle_lock_desk_seconds": (600, is_integer),
    "idle_lock_phone_seconds": (30, is_integer),
}

Edition = dict[str, Any]
Policy = list[tuple[Day, Edition]]


def make_edition(parameters: dict[str, Any]) -> Edition:
    """ "What is left out keeps the handbook's value": the handbook's, not that of the edition before."""
    edition = {key: value for key, (value, _) in HANDBOOK.items()}
    for key, value in parameters.items():
        if key not in HANDBOOK:
            raise PolicyError(f"unknown key {key}")
        if not HANDBOOK[key][1](value):
            raise PolicyError(f"wrong type or value of {key}")
        edition[key] = value
    edition["half_ratio"] = Fraction(edition["half_ratio"])
    return edition


def read_policy(document: bytes) -> Policy:
    try:
        tables = tomllib.loads(document.decode("utf-8"))
    except ValueError as error:
        raise PolicyError("no TOML in UTF-8") from error
    if "edition" not in tables:
        # "parameters of section 9 at the top level, for every visit".
        return [((1, 1, 1), make_edition(tables))]
    if len(tables) > 1:
        raise PolicyError("parameters beside [[edition]]")
    # An empty list is what no [[edition]] table can write: taken for a wrong type.
    if not isinstance(tables["edition"], list) or not tables["edition"]:
        raise PolicyError("edition is no list of tables")
    policy: Policy = []
    for table in tables["edition"]:
        if not isinstance(table, dict):
            raise PolicyError("an edition is no table")
        effective_from = table.get("effective_from")
        # "dates [are] TOML dates": a date with a time is none.
        if not isinstance(effective_from, datetime.date) or isinstance(effective_from, datetime.datetime):
            raise PolicyError("effective_from is no date")
        start = (effective_from.year, effective_from.month, effective_from.day)
        if any(start == other for other, _ in policy):
            raise PolicyError("two editions on one day")
        policy.append((start, make_edition({key: table[key] for key in table if key != "effective_from"})))
    return sorted(policy, key=lambda entry: entry[0])


def handbook_policy() -> Policy:
    return [((1, 1, 1), make_edition({}))]


def edition_in_force(policy: Policy, day: Day) -> Edition:
    """ "a visit being judged under the edition in force on `D` (the earliest before all)"."""
    found = policy[0][1]
    for start, edition in policy:
        if start <= day:
            found = edition
    return found
