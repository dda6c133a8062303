"""Entities made of rows or by name: equal to those made slowly and as frozen; made by hand where they do something
themselves."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from server.domain.making import maker, quickly
from tests.support import visit_values as values


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """Refuses less than nothing."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("less than nothing")


@dataclasses.dataclass(frozen=True)
class Unslotted:
    """Keeps its fields in a dictionary."""

    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Inherits(Counted):
    """Has fields of another."""

    name: str


@pytest.mark.parametrize("entity", [Counted, Unslotted, Inherits])
def test_what_is_made_in_another_way_is_made_in_its_own(entity: type) -> None:
    assert maker(entity) is entity


def test_a_made_entity_is_the_same_and_cannot_be_changed() -> None:
    debtor = values.debtor()
    fields = [getattr(debtor, field.name) for field in dataclasses.fields(debtor)]
    made = maker(type(debtor))(*fields)
    assert type(made) is type(debtor)
    assert (made, hash(made)) == (debtor, hash(debtor))
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.id = "another"
    with pytest.raises(TypeError):
        maker(type(debtor))(*fields[:-1])


@dataclasses.dataclass(frozen=True, slots=True)
class Slowly:
    """As the standard library makes it."""

    number: int
    name: str = "nobody"
    day: int | None = None


Quickly = quickly(
    dataclasses.make_dataclass(
        "Slowly",
        [
            ("number", int),
            ("name", str, "nobody"),
            ("day", int | None, None),
        ],
        frozen=True,
        slots=True,
    )
)


@pytest.mark.parametrize(
    "given", [{"number": 1}, {"number": 1, "day": 3}, {"number": 1, "name": "a", "day": 2}]
)
def test_what_is_quickly_made_is_as_it_was(given: dict[str, object]) -> None:
    slow, quick = Slowly(**given), Quickly(**given)  # type: ignore[arg-type]
    assert type(quick) is Quickly
    assert dataclasses.astuple(quick) == dataclasses.astuple(slow)
    assert hash(quick) == hash(slow)
    assert dataclasses.replace(quick, day=9) == Quickly(given["number"], quick.name, 9)
    assert copy.deepcopy(quick) == quick
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.number = 2
    for wrong in ({}, {**given, "unknown": 1}):
        with pytest.raises(TypeError):
            Quickly(**wrong)


def test_what_is_made_of_some_fields_has_no_others() -> None:
    part = maker(Slowly, ("day", "number"))(3, 7)
    assert (type(part), part.number, part.day) == (Slowly, 7, 3)
    with pytest.raises(AttributeError):
        _ = part.name


@pytest.mark.parametrize("entity", [Counted, Unslotted, Inherits])
def test_what_does_something_of_its_own_is_not_made_in_part(entity: type) -> None:
    with pytest.raises(TypeError, match="not a plain frozen class"):
        maker(entity, ("number",))


@pytest.mark.parametrize("entity", [Counted, Unslotted, Inherits])
def test_what_does_something_of_its_own_is_not_quickly_made(entity: type) -> None:
    with pytest.raises(TypeError, match="not a plain frozen class"):
        quickly(entity)
