"""The month's rebuild: all cases paid in a month computed anew over columns; those that differ are scored again (M1).

Scoring follows what it is told of changed facts. Owns the proof that nothing was left out, after a restored backup, an
upgrade or a repaired row: what is on record is held against what the facts give now. Refuses to write a line itself: a
case that differs is scored by the pure function, and what is published stays; an adjustment tells of the rest (M4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from server.domain.audit import AuditEntry
from server.domain.credit import CreditRow, CreditShareRow, month_bounds
from server.domain.policy.credit_lines import Commission, CreditLine, CreditWindow, line_to_json
from server.domain.policy.facts import PlacementFacts
from server.services.credit import AT_ONCE, score
from server.services.facts_of_placement import facts_of_placements
from server.services.house import House
from server.services.month_figures import touch
from server.services.ports.unit_of_work import UnitOfWork

CAUSE = "rebuild"

Lines = Mapping[str, Mapping[str, Any]]
"""Lines of a placement in the scoring format, by repayment."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many cases were computed, and those whose lines were others: they are scored again."""

    month: str
    cases: int
    differing: Sequence[str]


def rebuild(house: House, month: str, progress: Callable[[int, int], None]) -> Rebuilt:
    """Compute the cases with a repayment in the month (YYYY-MM) anew and score again what differs.

    FactTablesError where the facts of a case cannot be computed; then nothing is changed.
    """
    with house.units.read() as uow, TemporaryDirectory(prefix="rebuild-", dir=house.cache) as scratch:
        wanted = uow.credit_runs.paid_between(*month_bounds(month))
        facts = _facts(uow, wanted, progress)
        computed = house.fact_tables.score(facts, uow.policy, Path(scratch))
        differing = list(_differing(uow, computed))
    for some in _hundreds(differing):
        with house.units.write() as uow:
            score(uow, some, CAUSE, anew=True, second=house.second_scorer)
            touch(uow, some)
            uow.commit()
    with house.units.write() as uow:
        detail = {"cases": len(wanted), "differing": differing}
        uow.audit(AuditEntry("credit.rebuilt", "statement", month, detail))
        uow.commit()
    return Rebuilt(month, len(wanted), differing)


def _facts(
    uow: UnitOfWork, placement_ids: Sequence[str], progress: Callable[[int, int], None]
) -> Iterator[PlacementFacts]:
    for number, some in enumerate(_hundreds(placement_ids)):
        progress(number * AT_ONCE, len(placement_ids))
        yield from facts_of_placements(uow, some).values()
    progress(len(placement_ids), len(placement_ids))


def _differing(uow: UnitOfWork, computed: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    cases: dict[str, Lines] = {}
    for placement_id, lines in groupby(computed, key=itemgetter("placement")):
        cases[placement_id] = {line["repayment"]: line for line in lines}
        if len(cases) == AT_ONCE:
            yield from _unlike(uow, cases)
            cases = {}
    yield from _unlike(uow, cases)


def _unlike(uow: UnitOfWork, computed: Mapping[str, Lines]) -> list[str]:
    recorded = _on_record(uow, list(computed))
    return [id_ for id_, lines in computed.items() if recorded.get(id_) != lines]


def _on_record(uow: UnitOfWork, placement_ids: Sequence[str]) -> dict[str, Lines]:
    runs = uow.credit_runs.current_of(placement_ids)
    rows = uow.credit_lines.having_any("run_id", [run.run_id for run in runs.values()])
    shares = uow.credit_shares.of_lines(row.id for row in rows)
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        line = line_to_json(_line(row, shares.get(row.id, [])))
        found.setdefault(row.placement_id, {})[row.repayment_id] = line
    return dict(found)


def _line(row: CreditRow, shares: Sequence[CreditShareRow]) -> CreditLine:
    window = None
    if row.window_from is not None and row.window_to is not None:
        window = CreditWindow(row.window_from, row.window_to, row.extended)
    return CreditLine(
        placement=row.placement_id,
        repayment=row.repayment_id,
        amount=row.amount_fen,
        visit=row.visit_id,
        basis=row.basis,
        clause=row.clause,
        window=window,
        shares=tuple((share.account_id, share.amount_fen) for share in shares),
        collector_commission=cast(Commission, row.commission),
        reason=row.reason,
    )


def _hundreds(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
