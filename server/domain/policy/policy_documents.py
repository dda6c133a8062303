"""Owns the text form of a policy: TOML in, editions out, and an edition's parameters as plain data for a
snapshot.

Refuses what it does not know: an unknown key, a wrong type or value, parameters beside [[edition]], two
editions on one day. What a document leaves out keeps the handbook's value.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from datetime import date, time
from decimal import Decimal
from itertools import product
from typing import Any

from server.domain.money import format_fen, parse_fen
from server.domain.policy.editions import CONSEQUENCES, MATRIX_AXES, Edition, PolicyBook

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CLAUSE = re.compile(r"[A-Z][0-9]{1,2}")
_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")

PARAMETERS: dict[str, Field[Any]] = {item.name: item for item in fields(Edition) if "kind" in item.metadata}


class PolicyError(ValueError):
    """A policy document that cannot be used: the key at fault ("" for the document) and what is wrong with
    it."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(f"{key}: {words}" if key else words)
        self.key = key
        self.words = words


def parse_policy(text: str) -> PolicyBook:
    """The editions of a TOML document; PolicyError names the first key at fault."""
    document = _toml(text)
    if "edition" not in document:
        return PolicyBook([Edition(**_parameters(document, ""))])
    tables = _tables(document, "edition")
    return PolicyBook(Edition(effective_from=day, **parameters) for _, day, parameters in tables)


def read_tables(text: str, name: str) -> list[tuple[str, date, dict[str, Any]]]:
    """The tables [[name]] of a document, each with its place, its day and the parameters that it names."""
    return _tables(_toml(text), name)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyError("", f"is no TOML: {error}") from error


def _tables(document: Mapping[str, Any], name: str) -> list[tuple[str, date, dict[str, Any]]]:
    tables = document.get(name)
    if type(tables) is not list or not tables or not all(type(table) is dict for table in tables):
        raise PolicyError(name, f"must be [[{name}]] tables")
    for key in document:
        if key != name:
            raise PolicyError(key, f"stands beside [[{name}]]; a parameter belongs into one of them")
    read: list[tuple[str, date, dict[str, Any]]] = []
    for index, table in enumerate(tables):
        place = f"{name}[{index}]."
        effective_from = table.get("effective_from")
        if type(effective_from) is not date:
            words = "is missing" if effective_from is None else "must be a TOML date such as 2027-01-01"
            raise PolicyError(f"{place}effective_from", words)
        if any(effective_from == day for _, day, _ in read):
            raise PolicyError(f"{place}effective_from", f"two {name}s take effect on {effective_from}")
        parameters = {key: value for key, value in table.items() if key != "effective_from"}
        read.append((place, effective_from, _parameters(parameters, place)))
    return read


def _parameters(parameters: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {key: parse_parameter(key, value, place) for key, value in parameters.items()}


def parse_parameter(name: str, value: Any, place: str = "") -> Any:
    """A parameter's value as a document has it, read; PolicyError names it where it is none."""
    if name not in PARAMETERS:
        raise PolicyError(f"{place}{name}", "is no parameter of the policy")
    metadata = PARAMETERS[name].metadata
    try:
        return _READERS[metadata["kind"]](value, metadata.get("choices", ()))
    except ValueError as error:
        raise PolicyError(f"{place}{name}", str(error)) from error


def _read_count(value: Any, _choices: tuple[str, ...]) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("must be a whole number, not negative")
    return value


def _read_flag(value: Any, _choices: tuple[str, ...]) -> bool:
    if type(value) is not bool:
        raise ValueError("must be true or false")
    return value


def _read_choice(value: Any, choices: tuple[str, ...]) -> str:
    if type(value) is not str or value not in choices:
        raise ValueError("must be one of " + ", ".join(f'"{choice}"' for choice in choices))
    return value


def _read_decimal(value: Any, _choices: tuple[str, ...]) -> Decimal:
    if type(value) is not str or _DECIMAL.fullmatch(value) is None:
        raise ValueError('must be a quoted decimal such as "0.50"')
    return Decimal(value)


def _read_money(value: Any, _choices: tuple[str, ...]) -> int:
    if type(value) is not str or value.startswith("-"):
        raise ValueError('must be a quoted amount such as "20.00"')
    return parse_fen(value)


def _read_hours(value: Any, _choices: tuple[str, ...]) -> tuple[time, time]:
    if type(value) is not list or len(value) != 2:
        raise ValueError('must be two hours such as ["08:00", "22:00"]')
    if not all(type(hour) is str and _HOUR.fullmatch(hour) for hour in value):
        raise ValueError('must be two hours such as ["08:00", "22:00"]')
    first, last = (time.fromisoformat(hour) for hour in value)
    if first >= last:
        raise ValueError("must open before it closes")
    return first, last


def _read_tiers(value: Any, choices: tuple[str, ...]) -> tuple[tuple[Decimal, Decimal], ...]:
    if type(value) is not list or not all(type(tier) is list and len(tier) == 2 for tier in value):
        raise ValueError('must be pairs of quoted decimals such as [["0", "0.01"]]')
    tiers = tuple((_read_decimal(start, choices), _read_decimal(rate, choices)) for start, rate in value)
    starts = [start for start, _ in tiers]
    if starts != sorted(set(starts)) or not starts or starts[0] != 0:
        raise ValueError('must begin at "0" and rise')
    return tiers


def _read_catalogue(
    value: Any, choices: tuple[str, ...]
) -> tuple[tuple[str, int, str, tuple[str, ...]], ...]:
    words = 'must be rows such as ["false_case_state", "10.00", "F4", "dispatcher team_lead"], each code once'
    rows = _rows(value, 4, words)
    for code, _, clause, posts in rows:
        if not (_CODE.fullmatch(code) and _CLAUSE.fullmatch(clause) and posts.split()):
            raise ValueError(words)
    if len({row[0] for row in rows}) != len(rows):
        raise ValueError(words)
    return tuple(
        (code, _read_money(amount, choices), clause, tuple(posts.split()))
        for code, amount, clause, posts in rows
    )


def _read_matrix(value: Any, choices: tuple[str, ...]) -> tuple[tuple[str, str, str, str, int], ...]:
    words = (
        'must be rows such as ["inspection", "no_fault", "not_pacified", "fine", "100.00"], one for each case'
    )
    rows = _rows(value, 5, words)
    cases = list(product(*MATRIX_AXES))
    known = sorted((found, fault, pacified) for found, fault, pacified, _, _ in rows) == sorted(cases)
    if not known or any(row[3] not in CONSEQUENCES for row in rows):
        raise ValueError(words)
    return tuple(
        (found, fault, pacified, consequence, _read_money(amount, choices))
        for found, fault, pacified, consequence, amount in rows
    )


def _rows(value: Any, width: int, words: str) -> list[list[str]]:
    if type(value) is not list or not all(type(row) is list and len(row) == width for row in value):
        raise ValueError(words)
    if not all(type(cell) is str for row in value for cell in row):
        raise ValueError(words)
    return value


_READERS: dict[str, Callable[[Any, tuple[str, ...]], Any]] = {
    "count": _read_count,
    "flag": _read_flag,
    "choice": _read_choice,
    "decimal": _read_decimal,
    "money": _read_money,
    "hours": _read_hours,
    "tiers": _read_tiers,
    "catalogue": _read_catalogue,
    "matrix": _read_matrix,
}


def edition_to_json(edition: Edition) -> dict[str, Any]:
    """The whole edition as plain data, in the words of a policy document (its date as text)."""
    plain: dict[str, Any] = {"effective_from": edition.effective_from.isoformat()}
    for name in PARAMETERS:
        plain[name] = plain_value(name, getattr(edition, name))
    return plain


def plain_value(name: str, value: Any) -> Any:
    """A parameter's value as a document writes it."""
    return _plain(value, PARAMETERS[name].metadata["kind"])


def edition_from_json(plain: Mapping[str, Any]) -> Edition:
    """The edition that `edition_to_json` wrote; PolicyError where it did not."""
    parameters = dict(plain)
    try:
        effective_from = date.fromisoformat(parameters.pop("effective_from"))
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError("effective_from", "must be a date YYYY-MM-DD") from error
    return Edition(effective_from=effective_from, **_parameters(parameters, ""))


def _plain(value: Any, kind: str) -> Any:
    if kind == "decimal":
        return str(value)
    if kind == "money":
        return format_fen(value)
    if kind == "hours":
        return [hour.strftime("%H:%M") for hour in value]
    if kind == "tiers":
        return [[str(start), str(rate)] for start, rate in value]
    if kind == "catalogue":
        return [[code, format_fen(fen), clause, " ".join(posts)] for code, fen, clause, posts in value]
    if kind == "matrix":
        return [[*row[:4], format_fen(row[4])] for row in value]
    return value
