"""Figures of the desk on a branch of many visits: python -m tests.bench.bench_desk [CASES]

Ten visits a case (100,000 cases by default), two addresses and two telephones each. Server time of each page, median
and 95th of forty, and of the processor of this process (SQLite works in it); on SQLite and on PostgreSQL, both waiting
for the disk; for a dispatcher and for a collector who reaches a hundredth of it all; then the
desk's further lists, by `desk_rows`.
"""

from __future__ import annotations

import dataclasses
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from server.app import create_app
from server.bootstrap import Installation
from server.domain.calendar import local_day
from server.domain.credit import month_bounds, month_of
from server.domain.plans import PlanState, VisitPlan
from server.domain.visits import VisitState
from server.jobs.figures import count_figures
from storage.rows import tables
from tests.bench import desk_rows
from tests.bench.bench_credit import _Desk, _installed
from tests.conftest import NOON
from tests.desk.conftest import Browser
from tests.support import cast
from tests.support import visit_values as values
from tests.support.postgres import postgres_server
from tests.support.rows import fresh_id

SEED, ROUNDS, CHUNK = 20191220, 40, 5_000
VISITS_EACH = 10
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
ROADS = ["建设路", "花园路", "人民路", "中山路", "解放路", "新华街", "柳林村", "文化路", "东风路", "和平街"]


class _Filling:
    """Rows written past the use cases: a million visits by these would take a day."""

    def __init__(self, installation: Installation, cases: int) -> None:
        self.installation, self.cases = installation, cases
        self.random = random.Random(SEED)
        self.ids = [fresh_id() for _ in range(cases)]

    def fill(self) -> None:
        desk_rows.enter_staff(self.installation)
        for start in range(0, self.cases, CHUNK):
            self._cases(range(start, min(start + CHUNK, self.cases)))
        self._visits()
        with self.installation.engine.begin() as connection:
            connection.execute(sa.text("ANALYZE"))

    def _cases(self, numbers: range) -> None:
        rows: dict[str, list[Any]] = {"debtors": [], "placements": [], "addresses": [], "phones": []}
        for number in numbers:
            name = self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=2))
            debtor = values.debtor(id=self.ids[number], name=name, id_number=f"41010219{number:010d}")
            collector = desk_rows.COLLECTORS[number % 100]
            placement = values.placement(
                debtor, collector, id=self.ids[number], case_number=f"E-{number:06d}"
            )
            road = self.random.choice(ROADS)
            for part, kind in ((self.ids[number], "一期"), (fresh_id(), "二期")):
                text = f"河南省郑州市金水区{road}{number % 977}号{kind}"
                rows["addresses"].append(
                    values.address(
                        placement, id=part, text=text, normalized=text, detail=text[9:], county_code="410105"
                    )
                )
            rows["phones"] += [values.phone(placement, number=f"13{n}{number:08d}") for n in (8, 9)]
            rows["debtors"].append(debtor)
            rows["placements"].append(placement)
        with self.installation.house.units.write() as uow:
            for kind, entities in rows.items():
                getattr(uow, kind).add_all(entities)
            uow.commit()

    def _visits(self) -> None:
        """By the database itself, from the cases: a slice a moment, so that a thousand days have visits."""
        visits, placements = tables.visits.visits, tables.placements.placements
        debtor = values.debtor()
        placement = values.placement(debtor)
        pattern = values.visit(placement, values.address(placement), NOON)
        slices = [
            self.ids[start : start + self.cases // 50] for start in range(0, self.cases, self.cases // 50)
        ]
        with self.installation.engine.begin() as connection:
            for turn in range(VISITS_EACH):
                for number, ids in enumerate(slices):
                    at = NOON - timedelta(days=1 + turn * 50 + number)
                    plan = connection.execute(
                        sa.insert(tables.visits.visit_plans).returning(tables.visits.visit_plans.c.id),
                        _row(_plan(local_day(at), PlanState.PUBLISHED)),
                    ).scalar_one()
                    row = {field: getattr(pattern, field) for field in visits.c.keys()}  # noqa: SIM118
                    row |= self._state(turn, number) | {
                        "started_at": at,
                        "ended_at": at + timedelta(hours=1),
                        "plan_id": plan,
                    }
                    row = {name: sa.literal(value, visits.c[name].type) for name, value in row.items()}
                    row["id"] = placements.c.id + f"-{turn}"
                    row["placement_id"] = row["address_id"] = placements.c.id
                    chosen = sa.select(*(row[name].label(name) for name in row)).where(
                        placements.c.id >= ids[0], placements.c.id <= ids[-1]
                    )
                    connection.execute(sa.insert(visits).from_select(list(row), chosen))
        self._today()

    def _state(self, turn: int, number: int) -> dict[str, Any]:
        failed = turn == 9 and number == 0
        return {"state": VisitState.FAILED if failed else VisitState.COMPLETED}

    def _today(self) -> None:
        """A day of sixty visits on a plan, and two hundred that wait."""
        with self.installation.house.units.write() as uow:
            day = local_day(uow.now)
            plans = [
                uow.visit_plans.add(
                    _plan(day + timedelta(days=ahead), PlanState.DRAFT if ahead else PlanState.PUBLISHED)
                )
                for ahead in (0, 1)
            ]
            self.draft = plans[1].id
            for number, id_ in enumerate(self.ids[:260]):
                placement, address = uow.placements.need(id_), uow.addresses.need(id_)
                state = VisitState.PUBLISHED if number < 60 else VisitState.ACCEPTED
                plan = {"plan_id": plans[0].id} if number < 60 else {"lead_id": None, "partner_id": None}
                uow.visits.add(values.visit(placement, address, state=state, **plan))
            uow.commit()


def _row(entity: Any) -> dict[str, Any]:
    return {field.name: getattr(entity, field.name) for field in dataclasses.fields(entity)}


def _plan(day: date, state: PlanState) -> VisitPlan:
    return VisitPlan(fresh_id(), cast.BRANCH.id, day, state, cast.DISPATCHER.id, None, None, 1)


def _measure(installation: Installation, cases: int) -> Iterator[dict[str, Any]]:
    filling = _Filling(installation, cases)
    begun = time.perf_counter()
    filling.fill()
    database = installation.engine.dialect.name
    yield {"database": database, "cases": cases, "filled_seconds": round(time.perf_counter() - begun)}
    desk: Any = _Desk(installation)
    desk.client = create_app(installation).test_client()
    lists = [
        "/desk",
        "/desk/requests?state=filed",
        "/desk/visits",
        "/desk/visits?state=accepted",
        "/desk/evidence-lacking",
    ]
    lists += ["/desk/visits?state=completed", "/desk/live", "/desk/plans", f"/desk/plans/{filling.draft}"]
    yield from _month_figures(installation, desk, {"database": database})
    sought = ["E-0500", "张伟", "13800050000", "0000", "柳林村", "没有的地方", filling.ids[7]]
    for member in (cast.DISPATCHER, cast.COLLECTOR):
        window = Browser(desk, member)
        who = {"database": database, "as": member.posts[0].value}
        for path in lists:
            shown = path.replace(filling.draft, "…")
            yield who | {"page": shown} | _timed(partial(window.get, path))
        for text in sought:
            looked_for = {"search": text if len(text) < 20 else "an id"}
            yield who | looked_for | _timed(partial(window.post, "/desk/search", {"q": text}, part=True))
    desk_rows.fill_lists(installation, filling.ids)
    begun = time.perf_counter()
    count_figures(installation.house, {"month": desk_rows.MONTH}, lambda done, total: None)
    of_job = {"job": "month.figures", "lines": cases}
    yield {"database": database} | of_job | {"seconds": round(time.perf_counter() - begun, 2)}
    for member, paths in desk_rows.LISTS.items():
        window = Browser(desk, member)
        who = {"database": database, "as": member.posts[0].value}
        for path in paths:
            yield who | {"page": path} | _timed(partial(window.get, path))


def _month_figures(installation: Installation, desk: Any, who: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What the job takes for a month of 60,000 visits, then the page of what it kept and of what is behind it."""
    month = f"{local_day(NOON):%Y-%m}"
    month = month_of(month_bounds(month)[0] - timedelta(days=1))
    begun = time.perf_counter()
    count_figures(installation.house, {"month": month}, lambda done, total: None)
    yield who | {"job": "month.figures", "seconds": round(time.perf_counter() - begun, 2)}
    window = Browser(desk, cast.MANAGER)
    for path in (f"/desk/figures?month={month}",):
        yield who | {"as": "manager", "page": path.replace(month, "…")} | _timed(partial(window.get, path))


def _timed(act: Any) -> dict[str, float]:
    act()
    took, worked = [], []
    for _ in range(ROUNDS):
        begun, busy = time.perf_counter(), time.process_time()
        answer = act()
        took.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        assert answer.status_code in (200, 403, 404), answer.status_code
    return {
        "median_ms": round(statistics.median(took), 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
        "processor_p95_ms": round(statistics.quantiles(worked, n=20)[-1], 1),
    }


@contextmanager
def _databases() -> Iterator[list[str | None]]:
    with postgres_server(durable=True) as url:
        yield [None, url]


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with _databases() as urls:
        for url in urls:
            with _installed(url) as installation:
                for figures in _measure(installation, cases):
                    print(json.dumps(figures, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
