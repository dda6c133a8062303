"""The policy on its way (section 9, M5, S21): proposed, decided on by another person, published, read.

Owns who does what with a document when, and what follows from a new one: everybody is told, and visits of the days that
it touches are scored again. It refuses to look into a number: `server.domain.policy` does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.domain.access import Actor, Permission, Post
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.policy.edition_changes import (
    Change,
    differences,
    from_day_on,
    m5_publication_findings,
    reaching_back,
)
from server.domain.policy.editions import PolicyBook
from server.domain.policy.overlays import overlaid, parse_overlay, s21_overlay_findings
from server.domain.policy.policy_documents import PolicyError, edition_to_json, parse_policy
from server.domain.policy_proposals import (
    PolicyDocument,
    PolicyProposal,
    PolicyReading,
    ProposalState,
    decision_findings,
)
from server.domain.problems import NOT_FOUND, Problem, problem, refuse_if
from server.domain.simulations import unusable
from server.services import credit, notices, simulations
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PolicyShown:
    """The policy that holds: its document (None for the handbook's), its editions, the day of that in force today, and
    when the reader read it."""

    document: PolicyDocument | None
    editions: Sequence[Mapping[str, Any]]
    in_force: date
    read_at: datetime | None

    @property
    def document_id(self) -> str | None:
        return None if self.document is None else self.document.id

    @property
    def text(self) -> str | None:
        return None if self.document is None else self.document.document

    @property
    def published_at(self) -> datetime | None:
        return None if self.document is None else self.document.published_at


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal with what it says otherwise than the policy that holds now, and names."""

    proposal: PolicyProposal
    client: str | None
    changes: Sequence[Mapping[str, Any]]
    proposed_by: str
    decided_by: str | None

    @property
    def version(self) -> int:
        return self.proposal.version


def current(uow: UnitOfWork, actor: Actor, client_id: str | None) -> PolicyShown:
    """The firm's, or as it holds for a client."""
    _client_known(uow, client_id)
    book = uow.policy if client_id is None else uow.policy_of(client_id)
    document = uow.policy_documents.newest_of(client_id)
    read = (
        []
        if document is None
        else uow.policy_readings.having(document_id=document.id, account_id=actor.account_id)
    )
    editions = [edition_to_json(edition) for edition in book.editions]
    in_force = book.in_force_on(local_day(uow.now)).effective_from
    return PolicyShown(document, editions, in_force, read[0].read_at if read else None)


def propose(uow: UnitOfWork, actor: Actor, values: Mapping[str, Any]) -> ProposalShown:
    """A whole document; what could not be published today is refused with every place."""
    _client_known(uow, values["client_id"])
    _publishable(uow, values["client_id"], values["document"])
    proposal = uow.policy_proposals.add(
        PolicyProposal(
            values["id"], values["client_id"], values["document"], values["reason"], ProposalState.PROPOSED,
            actor.account_id, uow.now, None, None, None, (), 1,
        )
    )  # fmt: skip
    uow.audit(AuditEntry("policy.proposed", "policy_proposal", proposal.id))
    grants = uow.grants.table()
    posts = [post for post, granted in grants.items() if Permission.POLICY_APPROVE in granted]
    deciders = {account.id for post in posts for account in uow.accounts.with_post(post)}
    told = {"reason": values["reason"]}
    link = f"/policy/proposals/{proposal.id}"
    notices.tell(uow, sorted(deciders - {actor.account_id}), "policy_proposed", told, link)
    return shown(uow, [proposal])[0]


def decide(uow: UnitOfWork, actor: Actor, proposal_id: str, values: Mapping[str, Any]) -> ProposalShown:
    """M5: by another person; approved it is published at once, by what holds and what day it is then."""
    proposal = uow.policy_proposals.get(proposal_id)
    if proposal is None:
        raise problem(NOT_FOUND, what=f"policy_proposal {proposal_id}")
    refuse_if(decision_findings(actor, proposal))
    changes = differences(*_books(uow, proposal.client_id, proposal.document))
    if values["approve"]:
        _publishable(uow, proposal.client_id, proposal.document)
        document_id = uow.new_id()
        uow.policy_documents.publish(
            document_id, proposal.document, uow.now, actor.account_id, proposal.client_id
        )
        _follow(uow, proposal, document_id, changes)
        if proposal.client_id is None:
            simulations.policy_changed(uow)
    state = ProposalState.PUBLISHED if values["approve"] else ProposalState.DECLINED
    decided: dict[str, Any] = {"decided_by": actor.account_id, "decided_at": uow.now}
    decided |= {"decision_note": values["note"], "changes": [change.told for change in changes]}
    saved = uow.policy_proposals.save(dataclasses.replace(proposal, state=state, **decided))
    uow.audit(AuditEntry(f"policy.{state}", "policy_proposal", proposal.id))
    return shown(uow, [saved])[0]


def proposals(uow: UnitOfWork) -> list[ProposalShown]:
    """All of them, the newest first."""
    return shown(uow, uow.policy_proposals.having()[::-1])


def proposal_of(uow: UnitOfWork, proposal_id: str) -> ProposalShown:
    proposal = uow.policy_proposals.get(proposal_id)
    if proposal is None:
        raise problem(NOT_FOUND, what=f"policy_proposal {proposal_id}")
    return shown(uow, [proposal])[0]


def note_reading(uow: UnitOfWork, actor: Actor, document_id: str) -> PolicyReading:
    """M5: who read it when is on record; read again, the first time stands."""
    if uow.policy_documents.get(document_id) is None:
        raise problem(NOT_FOUND, what=f"policy_document {document_id}")
    for earlier in uow.policy_readings.having(document_id=document_id, account_id=actor.account_id):
        return earlier
    reading = PolicyReading(uow.new_id(), document_id, actor.account_id, uow.now)
    uow.audit(AuditEntry("policy.read", "policy_document", document_id))
    return uow.policy_readings.add(reading)


def readers(uow: UnitOfWork, document_id: str) -> list[tuple[str, datetime]]:
    """Names and times, the first reader first."""
    if uow.policy_documents.get(document_id) is None:
        raise problem(NOT_FOUND, what=f"policy_document {document_id}")
    readings = uow.policy_readings.having(document_id=document_id)
    names = uow.accounts.by_ids(one.account_id for one in readings)
    return sorted(
        ((names[one.account_id].display_name, one.read_at) for one in readings), key=lambda one: one[1]
    )


def shown(uow: UnitOfWork, found: Sequence[PolicyProposal]) -> list[ProposalShown]:
    ids = {id_ for one in found for id_ in (one.proposed_by, one.decided_by) if id_ is not None}
    names = {id_: account.display_name for id_, account in uow.accounts.by_ids(ids).items()}
    clients = {client.id: client.name for client in uow.organisation.clients()}
    return [
        ProposalShown(
            one,
            clients.get(one.client_id or ""),
            _changes_of(uow, one),
            names[one.proposed_by],
            names.get(one.decided_by or ""),
        )
        for one in found
    ]


def _changes_of(uow: UnitOfWork, proposal: PolicyProposal) -> Sequence[Mapping[str, Any]]:
    """While it waits, against what holds now."""
    if proposal.state is not ProposalState.PROPOSED:
        return proposal.changes
    return [change.told for change in differences(*_books(uow, proposal.client_id, proposal.document))]


def _books(uow: UnitOfWork, client_id: str | None, text: str) -> tuple[PolicyBook, PolicyBook]:
    """What holds, and what the document would make of it."""
    if client_id is None:
        return uow.policy, parse_policy(text)
    return uow.policy_of(client_id), overlaid(uow.policy, parse_overlay(text))


def _publishable(uow: UnitOfWork, client_id: str | None, text: str) -> None:
    """Refuses what cannot be read, reaches back, or is looser than the firm's policy."""
    today = local_day(uow.now)
    try:
        if client_id is None:
            refuse_if(m5_publication_findings(uow.policy, parse_policy(text), today))
            return
        overlay, former = parse_overlay(text), uow.policy_documents.newest(client_id)
    except PolicyError as error:
        raise Problem([unusable(error, text, f"document.{error.key}".rstrip("."))]) from error
    before = {} if former is None else parse_overlay(former)
    refuse_if(reaching_back(before, overlay, today) + s21_overlay_findings(overlay, uow.policy))


def _follow(uow: UnitOfWork, proposal: PolicyProposal, document_id: str, changes: Sequence[Change]) -> None:
    """Everybody is told; visits of today are judged by what holds for today."""
    first = from_day_on(changes)
    if first is None:
        return
    everybody = {account.id for post in Post for account in uow.accounts.with_post(post)}
    told = {"effective_on": first.isoformat()}
    notices.tell(uow, sorted(everybody), "policy_published", told, f"/policy/{document_id}")
    if proposal.client_id is None and first <= local_day(uow.now):
        credit.facts_changed(uow, uow.visits.placements_visited_from(first), "policy")


def _client_known(uow: UnitOfWork, client_id: str | None) -> None:
    if client_id is not None and client_id not in {client.id for client in uow.organisation.clients()}:
        raise problem(NOT_FOUND, "client_id", what=f"client {client_id}")
