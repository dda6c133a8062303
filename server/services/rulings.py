"""The manager's sitting: all open objections of a month ruled at once, final, booked beside the computed lines (M3).

Owns the writing of rulings; what they book stands in `ruled_lines`. It refuses half a sitting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.domain.access import Actor, Permission
from server.domain.adjusting import Shares
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import LedgerLine, MonthlyStatement, month_bounds
from server.domain.disputes import (
    RULING_SHARES,
    Dispute,
    Proposed,
    Ruling,
    RulingOutcome,
    agents_of,
    claimed_shares,
    earns_from,
    m3_sitting_findings,
    ruled_commission,
)
from server.domain.money import format_fen
from server.domain.months import close_findings
from server.domain.policy.facts import PlacementFacts
from server.domain.problems import Finding, refuse_if
from server.services import month_figures, notices
from server.services.adjustments import book
from server.services.disputes import DisputeShown, facts_of_run, shown
from server.services.months import branch_within, name_of, statement_of
from server.services.ports.unit_of_work import UnitOfWork
from server.services.ruled_lines import follow_rulings, ruled_lines


@dataclass(frozen=True, slots=True)
class PartlyOffered:
    """What an objection may be upheld in part with: the case's visits by their days and its agents by their names, as
    the month saw them, and the amount that their shares add up to."""

    amount_fen: int
    visits: Sequence[tuple[str, date]]
    agents: Sequence[tuple[str, str]]


def offered_in_part(uow: UnitOfWork, disputes: Sequence[Dispute]) -> dict[str, PartlyOffered]:
    """M3: by the objection, what a ruling in part of it may name."""
    waiting = {one.id: one for one in disputes}
    lines = _standing_lines(uow, waiting)
    runs = uow.credit_runs.by_ids(one.run_id for one in disputes)
    facts = {id_: facts_of_run(runs[one.run_id]) for id_, one in waiting.items()}
    agents = {id_: agents_of(one) for id_, one in facts.items()}
    names = uow.accounts.by_ids({agent for several in agents.values() for agent in several})
    return {
        id_: PartlyOffered(
            lines[id_].amount_fen,
            [(visit.id, local_day(visit.started_at)) for visit in facts[id_].visits],
            [(agent, names[agent].display_name) for agent in several],
        )
        for id_, several in agents.items()
    }


def rule(
    uow: UnitOfWork, actor: Actor, month: str, branch_id: str | None, given: Sequence[Mapping[str, Any]]
) -> list[DisputeShown]:
    """M3: when the days for objections are over, before the month is closed."""
    month_bounds(month)
    branch_id = branch_within(uow, actor, branch_id, Permission.STATEMENTS_RULE)
    statement = statement_of(uow, month, branch_id)
    by = None if statement is None else name_of(uow, statement.closed_by)
    refuse_if(close_findings(month, statement, by, local_day(uow.now)))
    assert statement is not None
    waiting = {one.id: one for one in uow.disputes.waiting(statement.id)}
    lines = _standing_lines(uow, waiting)
    runs = uow.credit_runs.by_ids(one.run_id for one in waiting.values())
    facts = {id_: facts_of_run(runs[one.run_id]) for id_, one in waiting.items()}
    own = {id_ for id_, one in waiting.items() if earns_from(actor, one, lines[id_], facts[id_])}
    proposed = [_proposed(one) for one in given]
    refuse_if(m3_sitting_findings(actor, month, lines, own, proposed))
    booked = []
    for place, one in enumerate(proposed):
        dispute = waiting[one.dispute_id]
        ruling = _ruling(uow, actor, dispute, one)
        uow.rulings.add(ruling)
        if one.outcome is not RulingOutcome.DISMISSED:
            line = lines[dispute.id]
            shares = _ruled_shares(dispute, one, line, facts[dispute.id], place)
            told = (ruling.visit_id, ruled_commission(facts[dispute.id], ruling.visit_id, line))
            booked += ruled_lines(uow, line, ruling.id, told, shares)
        detail = {"outcome": ruling.outcome, "line_id": dispute.line_id, "visit_id": ruling.visit_id}
        uow.audit(AuditEntry("dispute.ruled", "dispute", dispute.id, detail))
        _tell(uow, statement, dispute, one)
    book(uow, statement, booked)
    follow_rulings(uow, statement)
    uow.ledger.seal(statement.id)
    month_figures.touch_months(uow, [month])
    uow.monthly_statements.save(statement)  # its files are made from what stands now
    return shown(uow, [waiting[one.dispute_id] for one in proposed])


def _standing_lines(uow: UnitOfWork, waiting: Mapping[str, Dispute]) -> dict[str, LedgerLine]:
    """By the objection: the line that holds now, for a later month may have corrected the one objected to already."""
    disputed = uow.ledger.by_ids(one.line_id for one in waiting.values())
    standing = uow.ledger.standing_of(line.repayment_id for line in disputed.values())
    return {id_: standing[disputed[one.line_id].repayment_id] for id_, one in waiting.items()}


def _proposed(given: Mapping[str, Any]) -> Proposed:
    shares = tuple((one["account_id"], one["amount"]) for one in given["shares"])
    return Proposed(given["dispute_id"], given["outcome"], given["reasons"], given["visit_id"], shares)


def _ruling(uow: UnitOfWork, actor: Actor, dispute: Dispute, proposed: Proposed) -> Ruling:
    visit_id = {
        RulingOutcome.UPHELD: dispute.claimed_visit_id,
        RulingOutcome.PARTLY: proposed.visit_id,
        RulingOutcome.DISMISSED: None,
    }[proposed.outcome]
    return Ruling(
        id=uow.new_id(),
        dispute_id=dispute.id,
        line_id=dispute.line_id,
        statement_id=dispute.statement_id,
        outcome=proposed.outcome,
        reasons=proposed.reasons,
        visit_id=visit_id,
        ruled_by=actor.account_id,
        ruled_at=uow.now,
    )


def _ruled_shares(
    dispute: Dispute, proposed: Proposed, line: LedgerLine, facts: PlacementFacts, place: int
) -> Shares:
    if proposed.outcome is RulingOutcome.UPHELD:
        claimed = claimed_shares(facts, dispute.claimed_visit_id, dispute.ground, line.amount_fen)
        assert claimed is not None, "asked when it was filed, of the same frozen facts"
        return claimed
    given = dict(proposed.shares)
    whole = (
        proposed.visit_id in {visit.id for visit in facts.visits}
        and len(given) == len(proposed.shares)
        and given.keys() <= set(agents_of(facts))
        and sum(given.values()) == line.amount_fen
        and all(fen * line.amount_fen >= 0 for fen in given.values())
    )
    if not whole:
        told = {"amount": format_fen(line.amount_fen)}
        refuse_if([Finding(RULING_SHARES, f"rulings[{place}].shares", told)])
    return proposed.shares


def _tell(uow: UnitOfWork, statement: MonthlyStatement, dispute: Dispute, proposed: Proposed) -> None:
    """Who objected, and whoever it changes something for."""
    people = [dispute.filed_by, *(one["account_id"] for one in dispute.effect)]
    told = {"month": statement.month, "ruling": proposed.outcome.value, "reason": proposed.reasons}
    notices.tell(uow, people, "dispute_ruled", told, f"/disputes/{dispute.id}")
