"""V4, V16: nowhere in the wire contract is a field for cash received, or for a reduction or instalments agreed."""

from __future__ import annotations

import importlib
import pkgutil
import re

from marshmallow import Schema

import api_schemas

_NAMES = re.compile(
    r"cash|reduc|discount|instal(?!led)|relief|waive_|write_?off|settle|haircut|forgiv|减免|分期|现金",
    re.IGNORECASE,
)
# A report that cash was offered (V4), and that a reduction was asked for (V16), are what the clauses want told.
_TOLD = {"cash_offered", "relief_requested"}


def _schemas(base: type[Schema] = Schema) -> set[type[Schema]]:
    below = set(base.__subclasses__())
    return below | {schema for one in below for schema in _schemas(one)}


def test_no_schema_has_a_field_for_cash_or_an_agreed_reduction() -> None:
    for module in pkgutil.walk_packages(api_schemas.__path__, "api_schemas."):
        importlib.import_module(module.name)
    names = {
        (schema.__name__, field)
        for schema in _schemas()
        if schema.__module__.startswith("api_schemas")
        for field in schema._declared_fields
    }
    assert ("AnswersNew", "cash_offered") in names
    assert {pair for pair in names if _NAMES.search(pair[1]) and pair[1] not in _TOLD} == set()
