"""Entities made of rows: equal to those made by hand and as frozen; made by hand where they do something themselves."""

from __future__ import annotations

import dataclasses

import pytest

from storage.rows.making import maker
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
