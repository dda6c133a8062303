"""Objections to lines of a published month: filed, shown with what would change for whom (M2).

Owns the snapshot: the run that the line was made from, its editions, the digests of what was on file. It refuses to
tell a dispatcher anything: managers are told, and who objected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.access import Actor, Owned, Permission, Post, reach, within
from server.domain.adjusting import shares_of
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import CreditRun, LedgerLine, MonthlyStatement, month_bounds
from server.domain.dispute_withdrawals import Withdrawal, withdrawal_findings
from server.domain.disputes import (
    GROUNDS,
    Dispute,
    Ruling,
    claimed_shares,
    effect_of,
    m2_dispute_findings,
    party_of,
)
from server.domain.months import phase_of
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import read_placement
from server.domain.problems import INVALID_INPUT, NOT_FOUND, Problem, problem, refuse_if
from server.services import notices
from server.services.ports.paging import Page, PageRequest
from server.services.ports.unit_of_work import UnitOfWork
from server.services.scopes import owners_of, visited_placement_within


@dataclass(frozen=True, slots=True)
class Effect:
    """What an account has of the line and would have."""

    account_id: str
    name: str
    before_fen: int
    after_fen: int


@dataclass(frozen=True, slots=True)
class DisputeShown:
    """An objection with its withdrawal or ruling, where there is one, and names beside ids."""

    dispute: Dispute
    month: str
    filed_by: str
    effect: Sequence[Effect]
    withdrawal: Withdrawal | None
    ruling: Ruling | None
    ruled_by: str | None

    @property
    def ground_words(self) -> Mapping[str, str]:
        """What the ground says, in both languages."""
        zh, en = GROUNDS[self.dispute.ground]
        return {"zh": zh, "en": en}


def file_dispute(uow: UnitOfWork, actor: Actor, line_id: str, values: Mapping[str, Any]) -> DisputeShown:
    """M2: from a line, in the days for it, by who has or would have a share."""
    line, statement = _line_within(uow, actor, line_id)
    run = uow.credit_runs.need(uow.credit_lines.need(line.computed_id).run_id)
    facts = facts_of_run(run)
    shares = shares_of(uow.ledger_shares.of_lines([line.id]).get(line.id, ()))
    claimed_id = values["claimed_visit_id"]
    claimed = claimed_shares(facts, claimed_id, values["ground"], line.amount_fen)
    if claimed is None:
        raise _wrong(
            "claimed_visit_id", "所主张的外访", "not a visit of this case when the month was published"
        )
    today = local_day(uow.now)
    standing = uow.ledger.standing_of([line.repayment_id]).get(line.repayment_id)
    mine = any(one.filed_by == actor.account_id for one in uow.disputes.having(line_id=line.id))
    refuse_if(
        m2_dispute_findings(
            actor,
            line,
            phase_of(statement, today),
            statement.objections_until.isoformat(),
            standing is not None and standing.id == line.id and not mine,
            party_of(actor.account_id, line, shares, claimed),
            uow.policy.in_force_on(today),
        )
    )
    dispute = _dispute(uow, actor, line, values, run, effect_of(shares, claimed))
    uow.disputes.add(dispute)
    detail = {"line_id": line.id, "ground": dispute.ground, "claimed_visit_id": claimed_id}
    uow.audit(AuditEntry("dispute.filed", "dispute", dispute.id, detail))
    _tell_managers(uow, statement, line.placement_id, "dispute_filed", dispute.id)
    return shown(uow, [dispute])[0]


def withdraw(uow: UnitOfWork, actor: Actor, dispute_id: str, values: Mapping[str, Any]) -> DisputeShown:
    """M2: by whoever raised it, before it is ruled; the managers are told."""
    dispute = dispute_within(uow, actor, dispute_id).dispute
    rulings = uow.rulings.having(dispute_id=dispute.id)
    earlier = uow.dispute_withdrawals.having(dispute_id=dispute.id)
    ruling, before = (rulings[0] if rulings else None), (earlier[0] if earlier else None)
    refuse_if(withdrawal_findings(actor, dispute, ruling, before))
    uow.dispute_withdrawals.add(
        Withdrawal(values["id"], dispute.id, actor.account_id, uow.now, values["words"])
    )
    statement = uow.monthly_statements.need(dispute.statement_id)
    uow.monthly_statements.save(statement)  # files that a closing has just made would not tell of it
    uow.audit(AuditEntry("dispute.withdrawn", "dispute", dispute.id))
    _tell_managers(uow, statement, dispute.placement_id, "dispute_withdrawn", dispute.id)
    return shown(uow, [dispute])[0]


def page(uow: UnitOfWork, actor: Actor, month: str, request: PageRequest) -> Page[DisputeShown]:
    """The objections of a month: the own ones, those of a branch, all."""
    month_bounds(month)
    found = uow.disputes.page(request, reach(actor, Permission.DISPUTES_READ), month)
    uow.audit(
        AuditEntry("dispute.read", "dispute", None, {"month": month, "ids": [one.id for one in found.items]})
    )
    return Page(shown(uow, found.items), found.next)


def dispute_within(uow: UnitOfWork, actor: Actor, dispute_id: str) -> DisputeShown:
    """An objection, for who filed it and for those who reach the case by their post."""
    dispute = uow.disputes.get(dispute_id)
    if dispute is not None:
        whose = reach(actor, Permission.DISPUTES_READ)
        owned = owners_of(uow, uow.placements.need(dispute.placement_id))
        own = frozenset({dispute.filed_by})
        if within(whose, Owned(own, owned.team_id, owned.project_id, owned.branch_id)):
            uow.audit(AuditEntry("dispute.read", "dispute", dispute.id))
            return shown(uow, [dispute])[0]
    raise problem(NOT_FOUND, what=f"dispute {dispute_id}")


def facts_of_run(run: CreditRun) -> PlacementFacts:
    """The facts as the run saw them."""
    return read_placement(dict(run.facts))


def shown(uow: UnitOfWork, disputes: Sequence[Dispute]) -> list[DisputeShown]:
    rulings = {
        one.dispute_id: one for one in uow.rulings.having_any("dispute_id", [one.id for one in disputes])
    }
    withdrawals = {
        one.dispute_id: one
        for one in uow.dispute_withdrawals.having_any("dispute_id", [one.id for one in disputes])
    }
    months = uow.monthly_statements.by_ids(one.statement_id for one in disputes)
    people = {one["account_id"] for dispute in disputes for one in dispute.effect}
    people |= {one.filed_by for one in disputes} | {one.ruled_by for one in rulings.values()}
    names = {id_: account.display_name for id_, account in uow.accounts.by_ids(people).items()}
    told = []
    for dispute in disputes:
        ruling = rulings.get(dispute.id)
        effect = [Effect(name=names[one["account_id"]], **one) for one in dispute.effect]
        told.append(
            DisputeShown(
                dispute,
                months[dispute.statement_id].month,
                names[dispute.filed_by],
                effect,
                withdrawals.get(dispute.id),
                ruling,
                None if ruling is None else names[ruling.ruled_by],
            )
        )
    return told


def _tell_managers(
    uow: UnitOfWork, statement: MonthlyStatement, placement_id: str, kind: str, dispute_id: str
) -> None:
    managers = [one.id for one in uow.accounts.with_post(Post.MANAGER, statement.branch_id)]
    told = {"month": statement.month, "case_number": uow.placements.need(placement_id).case_number}
    notices.tell(uow, managers, kind, told, f"/disputes/{dispute_id}")


def _line_within(uow: UnitOfWork, actor: Actor, line_id: str) -> tuple[LedgerLine, MonthlyStatement]:
    line = uow.ledger.get(line_id)
    if line is not None:
        try:
            visited_placement_within(uow, actor, line.placement_id, Permission.DISPUTES_FILE)
            return line, uow.monthly_statements.need(line.statement_id)
        except Problem as refused:
            if refused.kind is not NOT_FOUND:
                raise
    raise problem(NOT_FOUND, what=f"statement_line {line_id}")


def _dispute(
    uow: UnitOfWork,
    actor: Actor,
    line: LedgerLine,
    values: Mapping[str, Any],
    run: CreditRun,
    effect: list[dict[str, Any]],
) -> Dispute:
    """With the digests of everything that is on file of the case's visits when it is filed."""
    visits = [visit["id"] for visit in run.facts["visits"]]
    items = uow.evidence_items.having_any("visit_id", visits)
    attachments = tuple(dict.fromkeys(values["attachments"]))
    if set(attachments) - {item.id for item in items}:
        raise _wrong("attachments", "附件", "evidence of the visits of this case is attached by its id")
    digests = [
        {"id": item.id, "visit_id": item.visit_id, "kind": item.kind.value, "sha256": item.sha256}
        for item in items
    ]
    return Dispute(
        id=values["id"],
        line_id=line.id,
        statement_id=line.statement_id,
        placement_id=line.placement_id,
        filed_by=actor.account_id,
        filed_at=uow.now,
        ground=values["ground"],
        words=values["words"],
        claimed_visit_id=values["claimed_visit_id"],
        attachments=attachments,
        run_id=run.id,
        editions=run.editions,
        evidence=digests,
        effect=effect,
    )


def _wrong(field: str, field_zh: str, detail: str) -> Problem:
    return problem(INVALID_INPUT, field, field_zh=field_zh, field_en=field, detail=detail)
