"""Rows of a month that many people are paid for: a hundred collectors and a hundred agents, a credited line a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from server.domain.access import Post
from server.domain.credit import month_of
from storage.rows import tables
from tests.conftest import NOON
from tests.support import cast
from tests.support.rows import fresh_id

MONTH = month_of(NOON.date())
OUTCOME = {"clause": "A1", "code": "credited", "facts": {"visit": "…"}}
COLLECTORS = (
    cast.COLLECTOR,
    *(
        cast.Member(f"desk{n:02}", f"电催{n:02}", (Post.COLLECTOR,), team=cast.OTHER_TEAM)
        for n in range(1, 100)
    ),
)
AGENTS = (
    cast.AGENT,
    *(cast.Member(f"field{n:02}", f"外访{n:02}", (Post.FIELD_AGENT,)) for n in range(1, 100)),
)
Row = dict[str, Any]


def month_of_pay(cases: list[str]) -> Iterator[tuple[sa.Table, Iterator[Row]]]:
    """A credited line a case with two shares; of each fifty one moves to the team (A3), one is not the desk's (A4)."""
    first, many = NOON.date().replace(day=1), len(cases)
    runs, paid, lines = ([fresh_id() for _ in cases] for _ in range(3))
    fen = [30_001 + n * 7919 % 90_000 for n in range(many)]
    yield (
        tables.placements.repayments,
        (
            {
                "id": paid[n],
                "placement_id": cases[n],
                "client_id": cast.CLIENT_ID,
                "reference": f"R{n}",
                "paid_on": first + timedelta(days=n % 28),
                "amount_fen": fen[n],
            }
            for n in range(many)
        ),
    )
    yield (
        tables.credit.credit_runs,
        ({"id": runs[n], "placement_id": cases[n], "current": True} for n in range(many)),
    )
    yield (
        tables.credit.credit_lines,
        (
            {
                "id": lines[n],
                "run_id": runs[n],
                "placement_id": cases[n],
                "repayment_id": paid[n],
                "month": MONTH,
                "paid_on": first + timedelta(days=n % 28),
                "amount_fen": fen[n],
                "visit_id": f"{cases[n]}-{n % 10}",
                "nearest_visit_id": f"{cases[n]}-{n % 10}",
                "visited": True,
                "clause": "W1",
                "commission": {7: "to_visit", 8: "none"}.get(n // 100 % 50, "normal"),
                "trace": {"outcome": OUTCOME},
            }
            for n in range(many)
        ),
    )
    yield (
        tables.credit.credit_shares,
        (
            {
                "line_id": lines[n],
                "account_id": AGENTS[(n // 100 + partner) % 100].id,
                "position": partner,
                "amount_fen": (fen[n] + 1 - partner) // 2,
            }
            for n in range(many)
            for partner in (0, 1)
        ),
    )
