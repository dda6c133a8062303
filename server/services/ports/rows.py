"""What every kind of rows can do for a use case. Noun-specific queries stand in the ports beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

E = TypeVar("E")


class EntityRows(Protocol[E]):
    """The rows of one frozen entity, by id and by equality of its fields.

    Sealed fields (telephones, ID and card numbers) are found by whole value through their keyed hash.
    """

    def get(self, id: str) -> E | None: ...
    def need(self, id: str) -> E:
        """The entity, or the Problem `not_found`."""

    def by_ids(self, ids: Iterable[str], only: tuple[str, ...] = ()) -> dict[str, E]: ...
    def ids_after(self, id: str, limit: int) -> list[str]:
        """The ids that follow an id, in order."""

    def readable(self, field: str, values: Iterable[str]) -> tuple[list[E], set[str]]:
        """As `having_any`, of rows that somebody may have altered; and the values whose rows make no sense."""

    def having(self, **equal: Any) -> list[E]:
        """All entities whose fields equal these values, by id (that is by age); None asks for empty fields."""

    def having_any(self, field: str, values: Iterable[Any], only: tuple[str, ...] = ()) -> list[E]:
        """All entities whose field is one of the values, by id; one query for any number of values up to a thousand.

        Of the fields `only`, the id among them, where some are named; another one is an AttributeError.
        """

    def add(self, entity: E) -> E: ...
    def add_all(self, entities: Sequence[E]) -> None: ...
    def ready(self, entities: Sequence[E], moment: datetime) -> Any:
        """At least one entity, made ready for `add_ready` outside the writer's turn; only the rows know what it is."""

    def add_ready(self, ready: Any, moment: datetime) -> None:
        """Add them as `add_all` does; fields that held the moment of `ready` say this moment."""

    def save(self, entity: E) -> E:
        """Write over the version that was read; refused as `stale` when somebody was faster."""

    def save_all(self, entities: Sequence[E], fields: Sequence[str]) -> list[E]:
        """As `save`, of many versioned entities and of these fields alone; refused as a whole."""
