"""The unit of work over SQL: rolls back unless told to commit.

Audit lines and jobs are written just before the commit, so that their order is the order of the commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import sqlalchemy as sa

from server.domain.audit import AuditEntry
from server.domain.credit import MonthlyStatement
from server.domain.placements import (
    Address,
    AddressConfirmation,
    ContactBlock,
    ContactRestoration,
    Debtor,
    Hold,
    Phone,
    PoliceReferral,
    Promise,
    Repayment,
)
from server.domain.policy.editions import PolicyBook
from server.domain.presence import PresenceSecret
from server.domain.requests import DemolitionCheck, Waiver
from server.domain.visits import (
    CheckIn,
    Finding,
    Letter,
    VisitAnswers,
    VisitContact,
)
from server.services.ids import new_id
from server.services.ports.clock import Clock
from server.services.ports.first_answers import FirstAnswer
from server.services.ports.jobs import Job, JobState
from storage.rows import tables
from storage.rows.column_cipher import ColumnCipher
from storage.rows.credit import (
    CallNoteQueries,
    CreditLineQueries,
    CreditRunQueries,
    CreditShareQueries,
)
from storage.rows.database import transaction
from storage.rows.evidence import EvidenceQueries
from storage.rows.imports import ImportFileQueries
from storage.rows.jobs import JobQueries
from storage.rows.mapping import Rows
from storage.rows.message_templates import MessageTemplateQueries
from storage.rows.messages import (
    InboxQueries,
    OutboxQueries,
    TextMessageBatchQueries,
    TextMessageQueries,
    WebhookQueries,
)
from storage.rows.people import (
    AccountQueries,
    CertificateQueries,
    GrantQueries,
    OrganisationQueries,
    SessionQueries,
)
from storage.rows.placements import PlacementQueries
from storage.rows.plans import TravelApprovalQueries, VisitPlanQueries, VisitTeamQueries
from storage.rows.policy import PolicyDocumentQueries
from storage.rows.registers import DeviceHandoutQueries, DeviceQueries, PaperQueries
from storage.rows.requests import AddressErrorQueries, RequestedAddressQueries, VisitRequestQueries
from storage.rows.statements import StatementQueries
from storage.rows.trail import TrailQueries
from storage.rows.visits import IncidentQueries, VisitQueries

E = TypeVar("E")


class SqlUnitOfWork:
    """One transaction. Query modules are opened when first asked for and share its connection."""

    def __init__(
        self,
        connection: sa.Connection,
        cipher: ColumnCipher,
        now: datetime,
        actor_id: str | None,
        writes: bool,
    ) -> None:
        self.now = now
        self.actor_id = actor_id
        self._connection = connection
        self._cipher = cipher
        self._writes = writes
        self._entries: list[AuditEntry] = []
        self._jobs: list[Job] = []
        self._acts: list[Callable[[], None]] = []

    @cached_property
    def accounts(self) -> AccountQueries:
        return AccountQueries(self._connection, self._cipher)

    @cached_property
    def sessions(self) -> SessionQueries:
        return SessionQueries(self._connection, self._cipher)

    @cached_property
    def certificates(self) -> CertificateQueries:
        return CertificateQueries(self._connection, self._cipher)

    @cached_property
    def organisation(self) -> OrganisationQueries:
        return OrganisationQueries(self._connection)

    @cached_property
    def grants(self) -> GrantQueries:
        return GrantQueries(self._connection)

    @cached_property
    def trail(self) -> TrailQueries:
        return TrailQueries(self._connection)

    @cached_property
    def jobs(self) -> JobQueries:
        return JobQueries(self._connection, self._cipher)

    @cached_property
    def first_answers(self) -> Rows[FirstAnswer]:
        return self._rows(tables.trail.first_answers, FirstAnswer)

    @cached_property
    def debtors(self) -> Rows[Debtor]:
        return self._rows(tables.placements.debtors, Debtor)

    @cached_property
    def placements(self) -> PlacementQueries:
        return PlacementQueries(self._connection, self._cipher)

    @cached_property
    def addresses(self) -> Rows[Address]:
        return self._rows(tables.placements.addresses, Address)

    @cached_property
    def address_confirmations(self) -> Rows[AddressConfirmation]:
        return self._rows(tables.placements.address_confirmations, AddressConfirmation)

    @cached_property
    def phones(self) -> Rows[Phone]:
        return self._rows(tables.placements.phones, Phone)

    @cached_property
    def promises(self) -> Rows[Promise]:
        return self._rows(tables.placements.promises, Promise)

    @cached_property
    def police_referrals(self) -> Rows[PoliceReferral]:
        return self._rows(tables.placements.police_referrals, PoliceReferral)

    @cached_property
    def call_notes(self) -> CallNoteQueries:
        return CallNoteQueries(self._connection, self._cipher)

    @cached_property
    def contact_restorations(self) -> Rows[ContactRestoration]:
        return self._rows(tables.placements.contact_restorations, ContactRestoration)

    @cached_property
    def repayments(self) -> Rows[Repayment]:
        return self._rows(tables.placements.repayments, Repayment)

    @cached_property
    def holds(self) -> Rows[Hold]:
        return self._rows(tables.placements.holds, Hold)

    @cached_property
    def contact_blocks(self) -> Rows[ContactBlock]:
        return self._rows(tables.placements.contact_blocks, ContactBlock)

    @cached_property
    def visit_requests(self) -> VisitRequestQueries:
        return VisitRequestQueries(self._connection, self._cipher)

    @cached_property
    def request_addresses(self) -> RequestedAddressQueries:
        return RequestedAddressQueries(self._connection, self._cipher)

    @cached_property
    def waivers(self) -> Rows[Waiver]:
        return self._rows(tables.requests.waivers, Waiver)

    @cached_property
    def demolition_checks(self) -> Rows[DemolitionCheck]:
        return self._rows(tables.requests.demolition_checks, DemolitionCheck)

    @cached_property
    def address_errors(self) -> AddressErrorQueries:
        return AddressErrorQueries(self._connection, self._cipher)

    @cached_property
    def visit_plans(self) -> VisitPlanQueries:
        return VisitPlanQueries(self._connection, self._cipher)

    @cached_property
    def visit_teams(self) -> VisitTeamQueries:
        return VisitTeamQueries(self._connection, self._cipher)

    @cached_property
    def travel_approvals(self) -> TravelApprovalQueries:
        return TravelApprovalQueries(self._connection, self._cipher)

    @cached_property
    def visits(self) -> VisitQueries:
        return VisitQueries(self._connection, self._cipher)

    @cached_property
    def check_ins(self) -> Rows[CheckIn]:
        return self._rows(tables.visits.check_ins, CheckIn)

    @cached_property
    def presence_secrets(self) -> Rows[PresenceSecret]:
        return self._rows(tables.visits.presence_secrets, PresenceSecret)

    @cached_property
    def visit_contacts(self) -> Rows[VisitContact]:
        return self._rows(tables.visits.visit_contacts, VisitContact)

    @cached_property
    def letters(self) -> Rows[Letter]:
        return self._rows(tables.visits.letters, Letter)

    @cached_property
    def message_templates(self) -> MessageTemplateQueries:
        return MessageTemplateQueries(self._connection, self._cipher)

    @cached_property
    def text_messages(self) -> TextMessageQueries:
        return TextMessageQueries(self._connection, self._cipher)

    @cached_property
    def text_message_batches(self) -> TextMessageBatchQueries:
        return TextMessageBatchQueries(self._connection, self._cipher)

    @cached_property
    def visit_answers(self) -> Rows[VisitAnswers]:
        return self._rows(tables.visits.visit_answers, VisitAnswers)

    @cached_property
    def findings(self) -> Rows[Finding]:
        return self._rows(tables.visits.findings, Finding)

    @cached_property
    def incidents(self) -> IncidentQueries:
        return IncidentQueries(self._connection, self._cipher)

    @cached_property
    def papers(self) -> PaperQueries:
        return PaperQueries(self._connection, self._cipher)

    @cached_property
    def devices(self) -> DeviceQueries:
        return DeviceQueries(self._connection, self._cipher)

    @cached_property
    def device_handouts(self) -> DeviceHandoutQueries:
        return DeviceHandoutQueries(self._connection, self._cipher)

    @cached_property
    def evidence_items(self) -> EvidenceQueries:
        return EvidenceQueries(self._connection, self._cipher)

    @cached_property
    def import_files(self) -> ImportFileQueries:
        return ImportFileQueries(self._connection, self._cipher)

    @cached_property
    def inbox_messages(self) -> InboxQueries:
        return InboxQueries(self._connection, self._cipher)

    @cached_property
    def webhooks(self) -> WebhookQueries:
        return WebhookQueries(self._connection, self._cipher)

    @cached_property
    def outbox_messages(self) -> OutboxQueries:
        return OutboxQueries(self._connection, self._cipher)

    @cached_property
    def credit_runs(self) -> CreditRunQueries:
        return CreditRunQueries(self._connection, self._cipher)

    @cached_property
    def credit_lines(self) -> CreditLineQueries:
        return CreditLineQueries(self._connection, self._cipher)

    @cached_property
    def credit_shares(self) -> CreditShareQueries:
        return CreditShareQueries(self._connection, self._cipher)

    @cached_property
    def monthly_statements(self) -> Rows[MonthlyStatement]:
        return self._rows(tables.credit.monthly_statements, MonthlyStatement)

    @cached_property
    def statements(self) -> StatementQueries:
        return StatementQueries(self._connection, self._cipher)

    @cached_property
    def policy_documents(self) -> PolicyDocumentQueries:
        return PolicyDocumentQueries(self._connection)

    @cached_property
    def policy(self) -> PolicyBook:
        return self.policy_documents.book()

    def _rows(self, table: sa.Table, entity: type[E]) -> Rows[E]:
        return Rows(self._connection, table, entity, self._cipher)

    def new_id(self) -> str:
        return new_id(self.now)

    def audit(self, entry: AuditEntry) -> None:
        if not self._writes:
            raise RuntimeError(
                "a reading transaction cannot write audit lines: declare that it reads personal data"
            )
        self._entries.append(entry)

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        once_key: str | None = None,
        due_at: datetime | None = None,
        steps: int = 0,
    ) -> str:
        job = Job(
            id=self.new_id(),
            kind=kind,
            payload=payload,
            state=JobState.WAITING,
            once_key=once_key,
            due_at=due_at or self.now,
            leased_until=None,
            attempts=0,
            done_steps=0,
            all_steps=steps,
            last_error=None,
            account_id=self.actor_id,
            created_at=self.now,
            finished_at=None,
        )
        self._jobs.append(job)
        return job.id

    def after_commit(self, act: Callable[[], None]) -> None:
        self._acts.append(act)

    def commit(self) -> None:
        """Write the audit lines and the jobs, commit, then run what waits for the commit."""
        if self._entries:
            self.trail.append(self._entries, at=self.now, actor_id=self.actor_id)
        for job in self._jobs:
            self.jobs.add_once(job)
        self._connection.commit()
        acts, self._entries, self._jobs, self._acts = self._acts, [], [], []
        for act in acts:
            act()

    def rollback(self) -> None:
        self._connection.rollback()

    @property
    def enqueued(self) -> bool:
        return bool(self._jobs)


class SqlUnitsOfWork:
    """Begins units of work. `wake` is called after a commit that enqueued jobs."""

    def __init__(
        self, engine: sa.Engine, cipher: ColumnCipher, clock: Clock, wake: Callable[[], None] = lambda: None
    ) -> None:
        self.engine = engine
        self._cipher = cipher
        self._clock = clock
        self._wake = wake

    @contextmanager
    def write(self, actor_id: str | None = None) -> Iterator[SqlUnitOfWork]:
        with transaction(self.engine, writes=True) as connection:
            uow = _WakingUnitOfWork(connection, self._cipher, self._clock.now(), actor_id, self._wake)
            yield uow

    @contextmanager
    def read(self, actor_id: str | None = None) -> Iterator[SqlUnitOfWork]:
        with transaction(self.engine, writes=False) as connection:
            yield SqlUnitOfWork(connection, self._cipher, self._clock.now(), actor_id, writes=False)


class _WakingUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        connection: sa.Connection,
        cipher: ColumnCipher,
        now: datetime,
        actor_id: str | None,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(connection, cipher, now, actor_id, writes=True)
        self._wake = wake

    def commit(self) -> None:
        if self.enqueued:
            self.after_commit(self._wake)
        super().commit()
