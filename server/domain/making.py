"""Frozen entities and facts, as fast as a plain class is made.

Owns one step: values in the order of the fields become a frozen object. It refuses classes that do something of their
own when they are made, for that would be passed over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

C = TypeVar("C", bound=type[Any])


def maker(entity: type[Any], only: tuple[str, ...] = ()) -> Callable[..., Any]:
    """What makes `entity` of its values, by position; of the fields `only`, where some are named: the others are not
    there, and whoever asks for one gets an AttributeError.

    A frozen dataclass sets each field past its own refusal to be set, which took longer than reading the row. So a
    class with the same slots and without that refusal is made, and handed over as the entity when it is filled.
    """
    names = tuple(field.name for field in dataclasses.fields(entity))
    if not _is_plain(entity, names):
        if only:
            raise TypeError(f"{entity.__name__} is not a plain frozen class")
        return entity
    names = only or names
    steps = ["_made = _unfrozen()", *_filled("_made", names), "_made.__class__ = _entity", "return _made"]
    return _written_out("make", names, steps, entity)


def quickly(entity: C) -> C:
    """A class decorator: what is made by the ten thousand, of its names and usual values as before, is made as by
    `maker`."""
    fields = dataclasses.fields(entity)
    names = tuple(field.name for field in fields)
    if not _is_plain(entity, names) or any(
        field.kw_only or field.default_factory is not dataclasses.MISSING for field in fields
    ):
        raise TypeError(f"{entity.__name__} is not a plain frozen class")
    usual = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
    steps = ["_thaw(self, '__class__', _unfrozen)", *_filled("self", names), "self.__class__ = _entity"]
    init = _written_out("__init__", ("self", *names), steps, entity)
    init.__defaults__ = tuple(usual.values())
    entity.__init__ = init
    return entity


def _is_plain(entity: type[Any], names: tuple[str, ...]) -> bool:
    own = entity.__dict__.get("__slots__")
    return entity.__bases__ == (object,) and own == names and not hasattr(entity, "__post_init__")


def _filled(made: str, names: tuple[str, ...]) -> list[str]:
    """Written out as a person would: a loop over the names gives most of the gain away again."""
    return [f"{made}.{name} = {name}" for name in names]


def _written_out(
    called: str, given: tuple[str, ...], steps: list[str], entity: type[Any]
) -> Callable[..., Any]:
    unfrozen = type(f"Unfrozen{entity.__name__}", (), {"__slots__": entity.__slots__})
    scope: dict[str, Any] = {"_unfrozen": unfrozen, "_entity": entity, "_thaw": object.__setattr__}
    body = "\n    ".join(steps)
    exec(f"def {called}({', '.join(given)}):\n    {body}", scope)  # noqa: S102 - the names of our own fields
    written: Callable[..., Any] = scope[called]
    return written
