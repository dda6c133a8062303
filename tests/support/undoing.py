"""What tests of undone imports share: the two acts, what keeps a file, and everything that counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.rows.columns import METADATA
from tests.conftest import Desk
from tests.support.cast import DISPATCHER, QA

REASON = {"reason": "委托方发错了文件"}
HOME = "河南省新乡市原阳县福宁集镇建设路1号"
WHOLE = {"家庭地址": HOME, "债务人电话": "13800001234"}


def path_of(shown: dict[str, Any]) -> str:
    assert shown["file"]["state"] == "applied", shown
    return f"/api/v1/imports/{shown['file']['id']}/undoing"


def undone(desk: Desk, path: str) -> Any:
    desk.ok(desk.post(DISPATCHER, path, REASON))
    answer = desk.ok(desk.post(QA, f"{path}/confirm"))
    desk.work()
    return answer


def kept(desk: Desk, path: str, code: str) -> list[dict[str, Any]]:
    """Refused when it is asked for, with that code among the obstacles; nothing is taken back."""
    told = desk.refused(desk.post(DISPATCHER, path, REASON), 422, code)
    assert all(error["clause"] for error in told["errors"])
    obstacles = desk.ok(desk.get(QA, path))["obstacles"]
    assert obstacles["total"] == len(obstacles["items"]) == len(told["errors"])
    items: list[dict[str, Any]] = obstacles["items"]
    return items


def held(desk: Desk, rows: str, **equal: Any) -> list[Any]:
    with desk.installation.house.units.read() as uow:
        return list(getattr(uow, rows).having(**equal))


_PASSING = {
    "audit_lines", "jobs", "inbox_messages", "import_files", "import_changes", "login_sessions", "refresh_tokens",
    "first_answers", "house_state", "outbox_messages", "credit_runs", "credit_lines", "credit_shares",
    "address_points", "month_countings", "accounts",
}  # fmt: skip
"""What tells of acts, and what is worked out anew: of the credit, the current lines are compared."""


def all_that_counts(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that stands, of every table, without its version; and the lines of the current runs."""
    found = {}
    with desk.installation.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            if table.name in _PASSING:
                continue
            columns = [c for c in table.c if c.name != "version"]
            rows = sa.select(*columns)
            if table.name == "holds":  # one that came and went with repayments stays on record
                rows = rows.where(sa.or_(table.c.reason != "repaid", table.c.released_at.is_(None)))
            if {"import_id", "undone_at"} <= set(table.c.keys()):
                rows = rows.where(table.c.undone_at.is_(None))
            found[table.name] = sorted(map(repr, connection.execute(rows).all()))
        runs, lines = METADATA.tables["credit_runs"], METADATA.tables["credit_lines"]
        told = (
            lines.c.placement_id,
            lines.c.repayment_id,
            lines.c.visit_id,
            lines.c.amount_fen,
            lines.c.reason,
        )
        current = sa.select(*told).join(runs, runs.c.id == lines.c.run_id).where(runs.c.current)
        found["lines"] = sorted(map(repr, connection.execute(current).all()))
    return found
