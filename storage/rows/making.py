"""Entities out of rows, as fast as a plain class is made.

Owns one step: values in the order of the fields become a frozen entity. It refuses entities that do something of their
own when they are made, for that would be passed over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any


def maker(entity: type[Any]) -> Callable[..., Any]:
    """What makes `entity` of its values, by position.

    A frozen dataclass sets each field past its own refusal to be set, which took longer than reading the row. So a
    class with the same slots and without that refusal is made, and handed over as the entity when it is filled.
    """
    names = tuple(field.name for field in dataclasses.fields(entity))
    if not _is_plain(entity, names):
        return entity
    return _filler(names, type(f"Unfrozen{entity.__name__}", (), {"__slots__": names}), entity)


def _is_plain(entity: type[Any], names: tuple[str, ...]) -> bool:
    own = entity.__dict__.get("__slots__")
    return entity.__bases__ == (object,) and own == names and not hasattr(entity, "__post_init__")


def _filler(names: tuple[str, ...], unfrozen: type[Any], entity: type[Any]) -> Callable[..., Any]:
    """Written out as a person would: a loop over the names gives most of the gain away again."""
    filled = (f"_made.{name} = {name}" for name in names)
    body = "\n    ".join(["_made = _unfrozen()", *filled, "_made.__class__ = _entity", "return _made"])
    scope: dict[str, Any] = {"_unfrozen": unfrozen, "_entity": entity}
    exec(f"def make({', '.join(names)}):\n    {body}", scope)  # noqa: S102 - the names of our own fields
    make: Callable[..., Any] = scope["make"]
    return make
