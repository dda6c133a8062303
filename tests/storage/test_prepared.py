"""Statements that go to SQLite straight: the same answers as by the long way, and its words for what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.rows.columns import choice, flag, id_column, instant, integer, json, values
from storage.rows.database import open_engine, transaction
from storage.rows.prepared import Prepared


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


_TABLES = sa.MetaData()
MARKS = sa.Table(
    "marks", _TABLES, id_column(), choice("colour", Colour), instant("at", nullable=True), values("of", Colour),
    flag("kept"), json("told", nullable=True), integer("size"),
)  # fmt: skip
INSERT = Prepared(sa.insert(MARKS))
BY_ID = Prepared(sa.select(MARKS).where(MARKS.c.id == sa.bindparam("wanted")))
NEWEST = Prepared(sa.select(MARKS.c.id).order_by(MARKS.c.at.desc()).limit(1))
CHANGE = Prepared(
    sa.update(MARKS).where(MARKS.c.id == sa.bindparam("changed"), MARKS.c.size == sa.bindparam("was"))
)
AT = datetime(2026, 3, 10, 10, 0, tzinfo=timezone(timedelta(hours=8)))
MARK = {
    "id": "a",
    "colour": Colour.RED,
    "at": AT,
    "of": (Colour.BLUE,),
    "kept": True,
    "told": {"n": [1]},
    "size": 7,
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_engine(f"sqlite:///{tmp_path / 'marks.db'}")
    with transaction(engine, writes=True) as opened:
        _TABLES.create_all(opened)
        INSERT.write(opened, MARK)
        yield opened
    engine.dispose()


def test_what_is_written_is_read_as_by_the_long_way(connection: sa.Connection) -> None:
    INSERT.write(connection, {**MARK, "id": "b", "at": None, "of": (), "kept": False, "told": None})
    for wanted in ("a", "b", "nobody"):
        found = [tuple(row) for row in BY_ID.rows(connection, {"wanted": wanted})]
        assert found == [
            tuple(row) for row in connection.execute(sa.select(MARKS).where(MARKS.c.id == wanted))
        ]
    ((_, colour, at, of, kept, told, size),) = BY_ID.rows(connection, {"wanted": "a"})
    assert (colour, at, of, kept, told, size) == (
        Colour.RED,
        AT.astimezone(UTC),
        (Colour.BLUE,),
        True,
        {"n": [1]},
        7,
    )


def test_a_limit_that_nobody_gives_holds(connection: sa.Connection) -> None:
    INSERT.write(connection, {**MARK, "id": "later", "at": AT + timedelta(microseconds=1)})
    assert NEWEST.scalar(connection, {}) == "later"
    with pytest.raises(KeyError, match="wanted"):
        BY_ID.rows(connection, {})


@pytest.mark.parametrize(("was", "changed"), [(6, 0), (7, 1), (8, 0)])
def test_a_change_tells_how_many_it_wrote(connection: sa.Connection, was: int, changed: int) -> None:
    assert CHANGE.write(connection, {"changed": "a", "was": was, "size": 9}) == changed
    assert CHANGE.write(connection, {"changed": "a", "was": 9, "colour": Colour.BLUE}) == changed


def test_what_the_database_refuses_is_named_as_by_the_long_way(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        INSERT.write(connection, MARK)
    with pytest.raises(ValueError, match="purple"):
        INSERT.write(connection, {**MARK, "id": "b", "colour": "purple"})
    with pytest.raises(ValueError, match="aware"):
        INSERT.write(connection, {**MARK, "id": "b", "at": datetime(2026, 3, 10)})
    assert [row[0] for row in NEWEST.rows(connection, {})] == ["a"]


def test_who_listens_hears_every_statement(connection: sa.Connection) -> None:
    heard: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    assert BY_ID.rows(connection, {"wanted": "a"})[0][0] == "a"
    assert INSERT.write(connection, {**MARK, "id": "b"}) == 1
    sa.event.remove(connection, "before_cursor_execute", note)
    assert len(heard) == 2
    assert BY_ID.rows(connection, {"wanted": "b"})[0][0] == "b"
    assert len(heard) == 2


def _three(connection: sa.Connection) -> list[dict[str, object]]:
    marks: list[dict[str, object]] = [
        {**MARK, "id": "b", "size": 1},
        {**MARK, "id": "c", "at": None, "of": (), "kept": False, "told": None},
        {**MARK, "id": "d", "colour": Colour.BLUE},
    ]
    INSERT.write_all(connection, {name: [mark[name] for mark in marks] for name in MARK})
    return marks


def test_many_are_written_as_one_after_the_other(connection: sa.Connection) -> None:
    _three(connection)
    found = [tuple(row) for row in connection.execute(sa.select(MARKS).order_by(MARKS.c.id))]
    assert [row[0] for row in found] == ["a", "b", "c", "d"]
    assert found[1] == ("b", *found[0][1:-1], 1)
    assert found[2][2:6] == (None, (), False, None)
    told = "SELECT told IS NULL, typeof(told) FROM marks WHERE id = 'c'"
    assert connection.exec_driver_sql(told).one() == (1, "null")


def test_columns_are_the_rows_turned(connection: sa.Connection) -> None:
    every = Prepared(sa.select(MARKS).where(MARKS.c.size >= sa.bindparam("least")).order_by(MARKS.c.id))
    _three(connection)
    for least in (1, 7, 8):
        rows = [tuple(row) for row in every.rows(connection, {"least": least})]
        assert list(zip(*every.columns(connection, {"least": least}), strict=True)) == rows
        sa.event.listen(connection, "before_cursor_execute", _hear)
        assert list(zip(*every.columns(connection, {"least": least}), strict=True)) == rows
        sa.event.remove(connection, "before_cursor_execute", _hear)


def test_many_that_are_refused_are_refused_by_sqlalchemy_s_name(connection: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        INSERT.write_all(connection, {name: [value, value] for name, value in MARK.items()})


def _hear(*_: object) -> None:
    """Hears what SQLite is asked."""
