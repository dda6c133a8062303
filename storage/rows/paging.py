"""Keyset pages: `WHERE key > :after ORDER BY key LIMIT n + 1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from server.domain.problems import INVALID_INPUT, problem
from server.services.ports.paging import Page, PageRequest, cursor
from storage.rows.columns import Instant
from storage.rows.mapping import Rows

E = TypeVar("E")


def keyset_page(
    rows: Rows[E],
    statement: sa.Select[Any],
    key: Sequence[sa.ColumnElement[Any]],
    request: PageRequest,
    *,
    descending: bool = False,
) -> Page[E]:
    """One page of the entities that `statement` (a select of the rows' table) yields, in the order of `key` columns.

    The key's last column must be unique. Days and instants in keys travel in the cursor as ISO text.
    """
    after = request.key(len(key))
    if after is not None:
        bound = sa.tuple_(*(sa.literal(_back(c, v), c.type) for c, v in zip(key, after, strict=True)))
        own = sa.tuple_(*key)
        statement = statement.where(own < bound if descending else own > bound)
    order = [c.desc() if descending else c.asc() for c in key]
    found = rows.connection.execute(statement.order_by(*order).limit(request.limit + 1)).mappings().all()
    items = [rows.load(row) for row in found[: request.limit]]
    if len(found) <= request.limit:
        return Page(items)
    last = found[request.limit - 1]
    return Page(items, cursor(*(_out(last[c.key]) for c in key)))  # type: ignore[index]


def _out(value: Any) -> str | int:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _back(column: sa.ColumnElement[Any], value: str | int) -> Any:
    try:
        if isinstance(column.type, Instant):
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is None:
                raise ValueError("naive")
            return moment
        if isinstance(column.type, sa.Date):
            return date.fromisoformat(str(value))
        if isinstance(column.type, sa.Integer) is not isinstance(value, int):
            raise ValueError("type")
    except ValueError as error:
        raise problem(
            INVALID_INPUT, "after", field_zh="分页位置", field_en="after", detail="not a cursor"
        ) from error
    return value
