"""docs/bulk-tables.md lists exactly the columns and types that are read and written."""

import re
from pathlib import Path

from server.bulk.engine import score_tables
from server.bulk.tables import TABLES
from server.domain.policy.editions import HANDBOOK_BOOK
from tests.bulk.desk import duckdb, pack

PAGE = (Path(__file__).parents[2] / "docs" / "bulk-tables.md").read_text(encoding="utf-8")


def _listed(section: str) -> list[tuple[str, str, str]]:
    table, listed = "", []
    for name, column, kind in re.findall(
        r"^\| (?:`(\w+)`)? ?\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE
    ):
        table = name or table
        listed.append((table, column, kind))
    return listed


def test_the_page_lists_what_is_read() -> None:
    section = PAGE.split("## In")[1].split("## Out")[0]
    assert _listed(section) == [
        (
            table,
            column.name,
            column.kind.shown + (", null" if _may_be_null(column.kind.shown, column.kind.fault) else ""),
        )
        for table, columns in TABLES.items()
        for column in columns
    ]


def _may_be_null(shown: str, fault: str) -> bool:
    return "null" not in shown and "NULL" not in fault


def test_the_page_lists_what_is_written(tmp_path: Path) -> None:
    score_tables(pack(tmp_path / "in"), tmp_path / "out", HANDBOOK_BOOK)
    written = []
    for name in ("lines", "shares"):
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"DESCRIBE FROM read_parquet('{tmp_path}/out/{name}.parquet')"
            ).fetchall()
        written += [(name, row[0], row[1]) for row in rows]
    section = PAGE.split("## Out")[1].split("## Faults")[0]
    assert [
        (table, column, kind.removesuffix(", null")) for table, column, kind in _listed(section)
    ] == written
