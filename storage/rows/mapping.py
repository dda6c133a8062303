"""Between frozen entities and table rows: field names are column names, a query module states only its queries.

Sealed fields are sealed and opened here; `version` is raised and checked here (optimistic locking). What was taken back
with its import is found by nothing of this module (S20).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from server.domain.json_text import to_json
from server.domain.making import maker
from server.domain.problems import NOT_FOUND, STALE, problem
from storage.rows.column_cipher import ColumnCipher
from storage.rows.prepared import Prepared
from storage.rows.ready import ReadyRows, make_ready

E = TypeVar("E")
# What is raised where a value is none of its column's: SQLite keeps whatever somebody writes there.
_SENSELESS = (ValueError, TypeError, LookupError, sa.exc.OperationalError)


class _Shape:
    """What of a table and its entity never changes, the usual statements among it: rows are opened for every question,
    and to build such a statement takes longer than to run it."""

    def __init__(self, table: sa.Table, entity: type[Any], only: tuple[str, ...] = ()) -> None:
        self.sealed = frozenset(c.info["sealed"] for c in table.c if "sealed" in c.info)
        self.fields = only or tuple(f.name for f in dataclasses.fields(entity))
        self.sealed_fields = [(n, name) for n, name in enumerate(self.fields) if name in self.sealed]
        self.sources = tuple(f"{name}_sealed" if name in self.sealed else name for name in self.fields)
        self.make = maker(entity, only)
        self.versioned = "version" in table.c
        self.names = list(self.sources if only else table.c.keys())
        self.select = sa.select(*(table.c[name] for name in self.names))
        # An import that was undone is found; what it brought is not.
        brought = "import_id" in table.c and "undone_at" in table.c
        self.standing = [table.c.undone_at.is_(None)] if brought else []
        self.by_id = Prepared(self.select.where(table.c.id == sa.bindparam("wanted"), *self.standing))
        self.insert = Prepared(sa.insert(table))
        self.having: dict[tuple[tuple[str, bool], ...], Prepared] = {}
        self.among: dict[tuple[str, str], Prepared] = {}

    @cached_property
    def places(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Where a row of the table has the fields. Found when it is first asked for: a line of a statement is put
        together from several tables, and has none."""
        return itemgetter(*map(self.names.index, self.sources))


_shapes: dict[tuple[sa.Table, type[Any], tuple[str, ...]], _Shape] = {}


def _shape(table: sa.Table, entity: type[Any], only: tuple[str, ...] = ()) -> _Shape:
    known = _shapes.get((table, entity, only))
    return known or _shapes.setdefault((table, entity, only), _Shape(table, entity, only))


_AT_ONCE = 1000  # values in one query: SQLite and PostgreSQL both take more, and nothing is gained by it


def a_thousand_at_a_time(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


def among(column: sa.ColumnElement[Any], dialect: str) -> sa.ColumnElement[bool]:
    """That a text column is one of the values of the parameter `among`, which takes them all at once: a thousand
    parameters took longer to be numbered, converted and bound than the database took to find their rows."""
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam("among", type_=postgresql.ARRAY(sa.Text())))
    listed = sa.func.json_each(sa.bindparam("among", type_=sa.Text())).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def sought(values: Sequence[str], dialect: str) -> Any:
    """The parameter of `among`."""
    return values if dialect == "postgresql" else to_json(values)


class Rows(Generic[E]):
    """The rows of one table as entities of one frozen dataclass."""

    def __init__(
        self, connection: sa.Connection, table: sa.Table, entity: type[E], cipher: ColumnCipher
    ) -> None:
        self.connection = connection
        self.table = table
        self.entity = entity
        self.cipher = cipher
        self._shape = _shape(table, entity)
        self._sealed = self._shape.sealed

    # reading
    def get(self, id: str) -> E | None:
        found = self._prepared(self._shape.by_id, {"wanted": id})
        return found[0] if found else None

    def need(self, id: str) -> E:
        """The entity, or the Problem `not_found` that names the table and the id."""
        found = self.get(id)
        if found is None:
            raise problem(NOT_FOUND, what=f"{self.table.name} {id}")
        return found

    def one(self, *where: sa.ColumnElement[bool]) -> E | None:
        return self._only(self.connection.execute(sa.select(self.table).where(*where, *self._shape.standing)))

    def _only(self, found: sa.CursorResult[Any]) -> E | None:
        row = found.mappings().one_or_none()
        return None if row is None else self.load(row)

    def many(self, *where: sa.ColumnElement[bool], order: Sequence[Any] = ()) -> list[E]:
        found = sa.select(self.table).where(*where, *self._shape.standing)
        return self.fetch(found.order_by(*(order or (self.table.c.id,))))

    def by_ids(self, ids: Iterable[str], only: tuple[str, ...] = ()) -> dict[str, E]:
        """The entities of many ids in one query a thousand, so that a list never asks row by row."""
        return {entity.id: entity for entity in self.having_any("id", ids, only)}  # type: ignore[attr-defined]

    def ids_after(self, id: str, limit: int) -> list[str]:
        of = self.table.c.id
        found = sa.select(of).where(of > id, *self._shape.standing).order_by(of).limit(limit)
        return list(self.connection.execute(found).scalars())

    def readable(self, field: str, values: Iterable[str]) -> tuple[list[E], set[str]]:
        wanted = set(values)
        try:
            return self.having_any(field, wanted), set()
        except _SENSELESS:
            pass  # one row in a thousand: they are asked for one by one
        found, unreadable = list[E](), set[str]()
        for value in wanted:
            try:
                found += self.having_any(field, [value])
            except _SENSELESS:
                unreadable.add(value)
        return found, unreadable

    def having(self, **equal: Any) -> list[E]:
        """Entities whose fields equal these values, by id; a sealed field is compared by its keyed hash.

        The order is made here: asked to order by id, SQLite walked a million visits for those of one plan.
        """
        asked = tuple((name, value is None) for name, value in equal.items())
        statement = self._shape.having.get(asked)
        if statement is None:
            where = (self._equal(name, absent) for name, absent in asked)
            statement = Prepared(sa.select(self.table).where(*where, *self._shape.standing))
            self._shape.having[asked] = statement
        found = self._prepared(statement, self._sought(equal))
        return sorted(found, key=lambda entity: entity.id)  # type: ignore[attr-defined]

    def having_any(self, field: str, values: Iterable[Any], only: tuple[str, ...] = ()) -> list[E]:
        """Entities whose field is one of the values, in order of id; asked a thousand values at a time. Of the fields
        `only`, the id among them, where some are named: where thousands are read, what nobody looks at costs most.

        The order is made here: asked to order by id, SQLite walks the whole table by it for every thousand values.
        """
        wanted = list(dict.fromkeys(values))
        column = self.table.c[f"{field}_key" if field in self._sealed else field]
        if field in self._sealed:
            wanted = [self.cipher.key(value) for value in wanted]
        found: list[E] = []
        shape = _shape(self.table, self.entity, only) if only else self._shape
        for start in range(0, len(wanted), _AT_ONCE):
            found += self._having_among(shape, column, wanted[start : start + _AT_ONCE])
        return sorted(found, key=attrgetter("id"))

    def _having_among(self, shape: _Shape, column: sa.Column[Any], values: Sequence[Any]) -> list[E]:
        if not isinstance(column.type, sa.Text):
            return self.fetch(sa.select(self.table).where(column.in_(values), *self._shape.standing))
        dialect = self.connection.dialect.name
        statement = shape.among.get((column.name, dialect))
        if statement is None:
            statement = Prepared(shape.select.where(among(column, dialect), *shape.standing))
            shape.among[column.name, dialect] = statement
        columns = statement.columns(self.connection, {"among": sought(values, dialect)})
        return self._of_columns(shape, columns) if columns else []

    def _of_columns(self, shape: _Shape, columns: Sequence[Sequence[Any]]) -> list[E]:
        """The columns that the shape selects as entities."""
        of_fields = list(shape.places(columns))
        for place, name in shape.sealed_fields:
            opened = partial(self.cipher.open, f"{self.table.name}.{name}")
            of_fields[place] = [None if value is None else opened(value) for value in of_fields[place]]
        return list(map(shape.make, *of_fields))

    def _equal(self, name: str, absent: bool) -> sa.ColumnElement[bool]:
        column = self.table.c[f"{name}_key" if name in self._sealed else name]
        return column.is_(None) if absent else column == sa.bindparam(f"sought_{name}")

    def _sought(self, equal: Mapping[str, Any]) -> dict[str, Any]:
        return {
            f"sought_{name}": self.cipher.key(value) if name in self._sealed else value
            for name, value in equal.items()
            if value is not None
        }

    def fetch(self, statement: sa.Select[Any]) -> list[E]:
        return self._entities(self.connection.execute(statement))

    def _prepared(self, statement: Prepared, asked: Mapping[str, Any]) -> list[E]:
        """What a statement finds that selects the whole table."""
        places, make = self._shape.places, self._shape.make
        found = statement.rows(self.connection, asked)
        if self._sealed:
            return [self._opened(places(row)) for row in found]
        return [make(*places(row)) for row in found]

    def _entities(self, found: sa.CursorResult[Any]) -> list[E]:
        """By position: to ask every row for every field by its name took longer than to read it."""
        places = itemgetter(*map(list(found.keys()).index, self._shape.sources))
        if self._sealed:
            return [self._opened(places(row)) for row in found.all()]
        make = self._shape.make
        return [make(*places(row)) for row in found.all()]

    def load(self, row: sa.RowMapping) -> E:
        return self._opened(tuple(row[name] for name in self._shape.sources))

    def _opened(self, values: tuple[Any, ...]) -> E:
        opened = list(values)
        for place, name in self._shape.sealed_fields:
            if opened[place] is not None:
                opened[place] = self.cipher.open(f"{self.table.name}.{name}", opened[place])
        made: E = self._shape.make(*opened)
        return made

    # writing
    def dump(self, entity: E) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name in self._shape.fields:
            value = getattr(entity, name)
            if name not in self._sealed:
                row[name] = value
                continue
            row[f"{name}_sealed"] = (
                None if value is None else self.cipher.seal(f"{self.table.name}.{name}", value)
            )
            row[f"{name}_key"] = None if value is None else self.cipher.key(value)
            row[f"{name}_tail_key"] = None if value is None else self.cipher.tail_key(value)
        return row

    def add(self, entity: E) -> E:
        self._shape.insert.write(self.connection, self.dump(entity))
        return entity

    def add_all(self, entities: Sequence[E]) -> None:
        if entities:
            self._shape.insert.write_all(self.connection, self._columns(entities))

    def _columns(self, entities: Sequence[E]) -> dict[str, list[Any]]:
        """As `dump`, a column after the other."""
        if not self._sealed:
            return {name: list(map(attrgetter(name), entities)) for name in self._shape.fields}
        dumped = [self.dump(entity) for entity in entities]
        return {name: [row[name] for row in dumped] for name in dumped[0]}

    def ready(self, entities: Sequence[E], moment: datetime) -> ReadyRows:
        return make_ready(self.table, self._columns(entities), self.connection.dialect, moment)

    def add_ready(self, ready: ReadyRows, moment: datetime) -> None:
        ready.write(self.connection, moment)

    def save(self, entity: E) -> E:
        """Write over the version that was read; returns the entity with the next version. Stale writes are refused."""
        id_: str = entity.id  # type: ignore[attr-defined]
        where = [self.table.c.id == id_]
        if self._shape.versioned:
            read_at: int = entity.version  # type: ignore[attr-defined]
            where.append(self.table.c.version == read_at)
            entity = dataclasses.replace(entity, version=read_at + 1)  # type: ignore[type-var]
        changed = self.connection.execute(sa.update(self.table).where(*where).values(self.dump(entity)))
        if changed.rowcount != 1:
            current = self.need(id_)
            raise problem(
                STALE, yours=getattr(entity, "version", 0) - 1, current=getattr(current, "version", "?")
            )
        return entity

    def save_all(self, entities: Sequence[E], fields: Sequence[str]) -> list[E]:
        """As `save`, of many at a time and of these fields alone, none of them sealed; one stale write refuses all."""
        saved = [dataclasses.replace(e, version=e.version + 1) for e in entities]  # type: ignore[type-var,attr-defined]
        rows = [
            {"read_id": new.id} | {f"set_{name}": getattr(new, name) for name in (*fields, "version")}  # type: ignore[attr-defined]
            for new in saved
        ]
        held = self._versions(row["read_id"] for row in rows)
        for row in rows:
            read_at, current = row["set_version"] - 1, held.get(row["read_id"])
            if current != read_at:
                raise problem(STALE, yours=read_at, current="?" if current is None else current)
        statement = sa.update(self.table).where(self.table.c.id == sa.bindparam("read_id"))
        if rows:
            names = (*fields, "version")
            self.connection.execute(
                statement.values({name: sa.bindparam(f"set_{name}") for name in names}), rows
            )
        return saved

    def _versions(self, ids: Iterable[str]) -> dict[str, int]:
        """By id; what is read in the writer's turn is true to its end."""
        found: dict[str, int] = {}
        for some in a_thousand_at_a_time(ids):
            held = self.table.c.id.in_(some)
            rows = self.connection.execute(sa.select(self.table.c.id, self.table.c.version).where(held))
            found.update((row.id, row.version) for row in rows)
        return found
