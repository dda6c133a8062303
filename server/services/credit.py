"""Credit: which visit a repayment belongs to, kept up to date while a month is open (docs/adr/0004).

Owns the runs of the scoring over placements. It refuses to decide: `server.domain.policy` does, and a run keeps what it
saw (the facts), under which editions, and the trace of every line. Nothing is computed twice from the same facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, repeat

from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import CreditRow, CreditRun, CreditShareRow, month_of
from server.domain.json_text import to_ascii_json
from server.domain.policy.attribute import Decision, explain
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import placement_to_json
from server.services.facts_of_placement import facts_of_placements
from server.services.ports.unit_of_work import UnitOfWork

PLACEMENT_JOB = "credit.placement"
PLACEMENTS_JOB = "credit.placements"
AT_ONCE = 500  # placements scored in one turn of the writer: a third of a second on a small machine


def fact_changed(uow: UnitOfWork, placement_id: str, cause: str) -> None:
    """Whatever writes a fact that scoring may see calls this: the placement is scored again after the commit."""
    uow.enqueue(
        PLACEMENT_JOB,
        {"placement_id": placement_id, "cause": cause},
        once_key=f"{PLACEMENT_JOB}:{placement_id}",
    )


def facts_changed(uow: UnitOfWork, placement_ids: Iterable[str], cause: str) -> None:
    """As `fact_changed`, of many at a time: ten thousand jobs took a fifth of the time of what they had done."""
    wanted = sorted(set(placement_ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        uow.enqueue(PLACEMENTS_JOB, {"placement_ids": some, "cause": cause})


def month_is_open(uow: UnitOfWork, month: str, branch_id: str) -> bool:
    """Whether the facts of a branch's month (YYYY-MM) are not frozen yet: they are when it is published (M1, M4).

    Runs go on being computed after that. A published statement pins the lines that it was made of, for runs and lines
    are never deleted, and what a later run has different is what an adjustment has to say.
    """
    return not uow.monthly_statements.having(month=month, branch_id=branch_id)


def with_other_placements(uow: UnitOfWork, placement_ids: Iterable[str]) -> set[str]:
    """These placements and the others of their debtors: a call, a phone, a block or a confirmation that came with one
    is seen by all of them.
    """
    return uow.placements.of_same_debtors(placement_ids)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A new run with what hangs on it, and the run that it takes the place of."""

    run: CreditRun
    lines: Sequence[CreditRow]
    shares: Sequence[CreditShareRow]
    former_run_id: str | None


def score(uow: UnitOfWork, placement_ids: Iterable[str], cause: str, *, anew: bool = False) -> int:
    """Score placements anew; returns how many of them have a new run.

    A placement whose facts and editions are those of its current run keeps it, unless `anew` is asked for. Rows are
    read and written a kind at a time: the number of statements depends on the hundreds of placements, not on visits or
    repayments.
    """
    wanted = sorted(set(placement_ids))
    runs = 0
    for start in range(0, len(wanted), AT_ONCE):
        scored = list(_scored(uow, wanted[start : start + AT_ONCE], cause, anew=anew))
        _keep(uow, scored)
        runs += len(scored)
    return runs


def _scored(uow: UnitOfWork, placement_ids: Sequence[str], cause: str, *, anew: bool) -> Iterator[_Scored]:
    book = uow.policy
    current = uow.credit_runs.current_of(placement_ids)
    # So many at a time as most need: a run, its line, two shares.
    ids = chain.from_iterable(uow.new_ids(4 * len(placement_ids)) for _ in repeat(None))
    for placement_id, facts in facts_of_placements(uow, placement_ids).items():
        snapshot = placement_to_json(facts)
        editions = _editions(facts, book)
        digest = _digest(snapshot, editions)
        former = current.get(placement_id)
        if former is not None and former.digest == digest and not anew:
            continue
        decisions = explain(facts, book)
        run = CreditRun(
            id=next(ids),
            placement_id=placement_id,
            cause=cause,
            facts=snapshot,
            editions=tuple(edition.effective_from.isoformat() for edition in editions),
            digest=digest,
            computed_at=uow.now,
            current=True,
        )
        paid_on = {repayment.id: repayment.paid_on for repayment in facts.repayments}
        lines = [
            _line(next(ids), run, decision, paid_on[decision.line.repayment], bool(facts.visits))
            for decision in decisions
        ]
        shares = [
            share
            for line, decision in zip(lines, decisions, strict=True)
            for share in _shares(ids, line, decision)
        ]
        yield _Scored(run, lines, shares, None if former is None else former.run_id)


def _editions(facts: PlacementFacts, book: PolicyBook) -> list[Edition]:
    """The editions that judged the visits, the oldest first."""
    judging = {edition.effective_from: edition for edition in _judging(facts, book)}
    return [judging[day] for day in sorted(judging)]


def _judging(facts: PlacementFacts, book: PolicyBook) -> Iterator[Edition]:
    for visit in facts.visits:
        yield book.in_force_on(local_day(visit.started_at))


def _digest(snapshot: dict[str, object], editions: Sequence[Edition]) -> str:
    """Of the facts, whose order is fixed, and of every number of the editions: a document with other numbers from the
    same day is seen."""
    content = b"[%b,%b]" % (to_ascii_json(snapshot), _in_words(tuple(editions)))
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=256)
def _in_words(editions: tuple[Edition, ...]) -> bytes:
    return to_ascii_json([repr(edition) for edition in editions])


def _line(id_: str, run: CreditRun, decision: Decision, paid_on: date, visited: bool) -> CreditRow:
    """A reversal stands in the month of its own day; its trace is that of its original (A5)."""
    line, trace = decision.line, decision.trace
    window = line.window
    return CreditRow(
        id=id_,
        run_id=run.id,
        placement_id=run.placement_id,
        repayment_id=line.repayment,
        month=month_of(paid_on),
        paid_on=paid_on,
        amount_fen=line.amount,
        visit_id=line.visit,
        nearest_visit_id=trace["outcome"]["facts"].get("visit"),
        visited=visited,
        basis=line.basis,
        clause=line.clause,
        window_from=None if window is None else window.from_day,
        window_to=None if window is None else window.to_day,
        extended=window is not None and window.extended,
        commission=line.collector_commission,
        reason=line.reason,
        trace=trace,
    )


def _shares(ids: Iterator[str], row: CreditRow, decision: Decision) -> Iterator[CreditShareRow]:
    for position, (agent, fen) in enumerate(decision.line.shares):
        yield CreditShareRow(next(ids), row.id, agent, position, fen)


def _keep(uow: UnitOfWork, scored: Sequence[_Scored]) -> None:
    """Former runs give way first: a placement has one current run, and the database holds it to that."""
    if not scored:
        return
    uow.credit_runs.retire([one.former_run_id for one in scored if one.former_run_id is not None])
    uow.credit_runs.add_all([one.run for one in scored])
    uow.credit_lines.add_all([line for one in scored for line in one.lines])
    uow.credit_shares.add_all([share for one in scored for share in one.shares])
    runs = {one.run.placement_id: one.run.id for one in scored}
    uow.audit(AuditEntry("credit.scored", "placement", None, {"cause": scored[0].run.cause, "runs": runs}))
