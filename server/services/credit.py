"""Credit: which visit a repayment belongs to, kept up to date while a month is open (docs/adr/0004).

Owns the runs of the scoring over placements. It refuses to decide: `server.domain.policy` does, and a run keeps what it
saw (the facts), under which editions, and the trace of every line. Nothing is computed twice from the same facts.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, repeat
from typing import Any, TypeVar

from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import CreditRow, CreditRun, CreditShareRow, month_of
from server.domain.json_text import to_ascii_json
from server.domain.policy.attribute import Decision, explain
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import placement_to_json
from server.services.facts_of_placement import facts_of_placements
from server.services.ports.rows import EntityRows
from server.services.ports.second_scorer import AskedRuns, MadeRuns, NoShare, ScoringShare, SecondScorer
from server.services.ports.unit_of_work import UnitOfWork

E = TypeVar("E")
PLACEMENT_JOB = "credit.placement"
PLACEMENTS_JOB = "credit.placements"
AT_ONCE = 1000  # placements scored in one turn of the writer: a third of a second where nobody shares it
IN_ONE_JOB = 10 * AT_ONCE
_WORTH_SHARING = 200  # placements; what goes through a pipe and is asked in parts costs some milliseconds
_SMALLEST_PART, _GREATEST_PART = 20, 150
# No row holds it: nothing of what is made ready waits to be told when it is written.
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


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
    for start in range(0, len(wanted), IN_ONE_JOB):
        some = wanted[start : start + IN_ONE_JOB]
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


def score(
    uow: UnitOfWork,
    placement_ids: Iterable[str],
    cause: str,
    *,
    anew: bool = False,
    second: SecondScorer | None = None,
) -> int:
    """Score placements anew within one turn of the writer; returns how many of them have a new run.

    A placement whose facts and editions are those of its current run keeps it, unless `anew` is asked for. `second`
    takes its share where this turn has written nothing that scoring reads.
    """
    with nullcontext(NoShare()) if second is None else second.share() as share:
        scoring = Scoring(placement_ids, cause, share, anew=anew)
        while scoring.goes_on:
            scoring.take_turn(uow)
    return scoring.runs


class Scoring:
    """Placements to be scored in one turn of the writer or in several, by two processes where there is a second.

    Both take from what is left, the first from its beginning and the second from its end, until nothing is. The second
    works on between two turns, and what it was asked before a turn began it may have read before that. A fact that came
    meanwhile has a job of its own that waits (`fact_changed`); where a run came meanwhile, the placement is scored here
    once more. Rows are read and written a kind at a time: the number of statements depends on the hundreds of
    placements, not on visits or repayments.
    """

    def __init__(
        self, placement_ids: Iterable[str], cause: str, share: ScoringShare, *, anew: bool = False
    ) -> None:
        self._left = sorted(set(placement_ids))
        self._cause = cause
        self._share = share
        self._anew = anew
        self._asked = deque[list[str]]()
        self._helped = len(self._left) >= _WORTH_SHARING and not isinstance(share, NoShare)
        self._turn: list[str] = []
        self._at_work: list[str] = []
        self.runs = 0

    @property
    def goes_on(self) -> bool:
        return bool(self._left or self._asked)

    def take_turn(self, uow: UnitOfWork) -> list[str]:
        """Score about `AT_ONCE` of them; returns which."""
        self._turn, made = [], dict[str, str]()
        asked_before = len(self._asked)
        while self.goes_on and len(self._turn) < AT_ONCE:
            self._ask(uow)
            answer: MadeRuns | None = None
            if self._asked and (self._share.has_answered() or not self._left):
                part, answer = self._asked.popleft(), self._share.answer()
                asked_before -= 1
                self._helped = self._helped and answer is not None
                if answer is not None and asked_before >= 0 and _came_meanwhile(uow, answer):
                    answer = None
            else:
                part = self._left[: _part(self._left) if self._helped else AT_ONCE - len(self._turn)]
                del self._left[: len(part)]
            self._at_work = part
            if answer is None:  # where the second failed, the first meets the same and tells
                made |= _keep(uow, list(_scored(uow, part, self._cause, anew=self._anew)))
            else:
                made |= _keep_made(uow, answer)
            self._at_work = []
            self._turn += part
        self._ask(uow)
        if made:
            made = {id_: made[id_] for id_ in sorted(made)}
            uow.audit(AuditEntry("credit.scored", "placement", None, {"cause": self._cause, "runs": made}))
        self.runs += len(made)
        return self._turn

    def leave_out(self) -> list[str]:
        """After a turn that failed: the placements that it failed at, none where it was something else. The others of
        that turn are scored in the next."""
        failed, self._at_work = self._at_work, []
        self._left = sorted({*self._left, *self._turn} - set(failed))
        return failed

    def _ask(self, uow: UnitOfWork) -> None:
        while self._helped and self._left:
            part = self._left[-_part(self._left) :]
            if not self._share.ask(AskedRuns(part, self._cause, uow.now, self._anew)):
                return
            self._asked.append(part)
            del self._left[-len(part) :]


def _part(left: Sequence[str]) -> int:
    """Less and less at a time, so that neither waits long for the other at the end."""
    return min(max(len(left) // 4, _SMALLEST_PART), _GREATEST_PART)


def _came_meanwhile(uow: UnitOfWork, made: MadeRuns) -> bool:
    current = uow.credit_runs.current_of(made.run_ids)
    return {run.run_id for run in current.values()} != set(made.former_run_ids)


def made_runs(uow: UnitOfWork, asked: AskedRuns) -> MadeRuns:
    """What the second scorer answers, read and made in its own process."""
    scored = list(_scored(uow, asked.placement_ids, asked.cause, anew=asked.anew))

    def ready(rows: EntityRows[E], entities: Sequence[E]) -> Any:
        return rows.ready(entities, _NO_MOMENT) if entities else None

    return MadeRuns(
        runs=ready(uow.credit_runs, [one.run for one in scored]),
        lines=ready(uow.credit_lines, [line for one in scored for line in one.lines]),
        shares=ready(uow.credit_shares, [share for one in scored for share in one.shares]),
        former_run_ids=[one.former_run_id for one in scored if one.former_run_id is not None],
        run_ids={one.run.placement_id: one.run.id for one in scored},
    )


def _scored(uow: UnitOfWork, placement_ids: Sequence[str], cause: str, *, anew: bool) -> Iterator[_Scored]:
    book = uow.policy
    current = uow.credit_runs.current_of(placement_ids)
    # So many at a time as most need: a run, its line, two shares.
    ids = chain.from_iterable(uow.new_ids(4 * len(placement_ids)) for _ in repeat(None))
    in_words: dict[tuple[str, ...], bytes] = {}  # a book has one edition a day
    for placement_id, facts in facts_of_placements(uow, placement_ids).items():
        snapshot = placement_to_json(facts)
        judging = _editions(facts, book)
        editions = tuple(edition.effective_from.isoformat() for edition in judging)
        if editions not in in_words:
            in_words[editions] = to_ascii_json([repr(edition) for edition in judging])
        digest = _digest(snapshot, in_words[editions])
        former = current.get(placement_id)
        if former is not None and former.digest == digest and not anew:
            continue
        decisions = explain(facts, book)
        run = CreditRun(
            id=next(ids),
            placement_id=placement_id,
            cause=cause,
            facts=snapshot,
            editions=editions,
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


def _digest(snapshot: dict[str, object], editions: bytes) -> str:
    """Of the facts, whose order is fixed, and of every number of the editions: a document with other numbers from the
    same day is seen."""
    return hashlib.sha256(b"[%b,%b]" % (to_ascii_json(snapshot), editions)).hexdigest()


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


def _keep(uow: UnitOfWork, scored: Sequence[_Scored]) -> dict[str, str]:
    """The new run of each placement. Former runs give way first: a placement has one current run, and the database
    holds it to that."""
    if not scored:
        return {}
    uow.credit_runs.retire([one.former_run_id for one in scored if one.former_run_id is not None])
    uow.credit_runs.add_all([one.run for one in scored])
    uow.credit_lines.add_all([line for one in scored for line in one.lines])
    uow.credit_shares.add_all([share for one in scored for share in one.shares])
    return {one.run.placement_id: one.run.id for one in scored}


def _keep_made(uow: UnitOfWork, made: MadeRuns) -> Mapping[str, str]:
    """As `_keep`, what the second scorer has made."""
    uow.credit_runs.retire(made.former_run_ids)
    for rows, ready in (
        (uow.credit_runs, made.runs),
        (uow.credit_lines, made.lines),
        (uow.credit_shares, made.shares),
    ):
        if ready is not None:
            rows.add_ready(ready, uow.now)
    return made.run_ids
