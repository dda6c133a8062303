"""The unit of work: one transaction, its time, its actor, its rows, its audit lines and its jobs.

Nothing persists without `commit`. There is one writer at a time on both databases (docs/adr/0003): a use case that
reads, decides and writes needs no further locks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from server.domain.audit import AuditEntry, AuditLine
from server.domain.capture_manifests import CaptureManifest, DeviceKey, ListedCapture, RecordingGap
from server.domain.consents import Consent
from server.domain.credit import MonthlyStatement
from server.domain.dispute_withdrawals import Withdrawal
from server.domain.disputes import Ruling
from server.domain.enrolment import EnrolmentCode
from server.domain.imports import ImportChange
from server.domain.pay_targets import MonthTarget
from server.domain.phone_custody import DeviceUnsent
from server.domain.placements import (
    AddressConfirmation,
    ContactBlock,
    ContactRestoration,
    Debtor,
    Phone,
    PoliceReferral,
    Promise,
    Repayment,
)
from server.domain.policy.editions import PolicyBook
from server.domain.policy_proposals import PolicyProposal, PolicyReading
from server.domain.preflights import Preflight
from server.domain.presence import PresenceSecret
from server.domain.quality import QualityCheck
from server.domain.recordings import RecordingCoverage
from server.domain.requests import DemolitionCheck, Waiver
from server.domain.visits import (
    CheckIn,
    Finding,
    VisitAnswers,
    VisitContact,
)
from server.domain.zone_choices import ZoneChoice
from server.services.ports.credit import (
    CallNoteRows,
    CreditLineRows,
    CreditRunRows,
    CreditShareRows,
    DisputeRows,
    LedgerRows,
    LedgerShareRows,
    StatementFileRows,
    StatementRows,
)
from server.services.ports.daily_checks import DailyCheckRows
from server.services.ports.desk import KeptListRows
from server.services.ports.evidence import DifferenceRows, EvidenceRows, RecordingMarkRows
from server.services.ports.figures import FigureRows
from server.services.ports.first_answers import FirstAnswerRows
from server.services.ports.flags import EvidenceFlagRows, FingerprintRows
from server.services.ports.holds import HoldRows
from server.services.ports.house_state import HouseStateRows
from server.services.ports.imports import ImportedRows, ImportFileRows
from server.services.ports.jobs import JobRows
from server.services.ports.leave import LeaveRows
from server.services.ports.messages import (
    InboxRows,
    OutboxRows,
    TextMessageBatchRows,
    TextMessageRows,
    WebhookRows,
)
from server.services.ports.packs import PackRows
from server.services.ports.paging import Page, PageRequest
from server.services.ports.pay import FineRows, IncidentDecisionRows
from server.services.ports.pay_sums import PaySumRows
from server.services.ports.people import (
    AccountRows,
    CertificateRows,
    GrantRows,
    OrganisationRows,
    SessionRows,
)
from server.services.ports.placements import AddressRows, PlacementRows
from server.services.ports.places import AddressPointRows
from server.services.ports.plans import TravelApprovalRows, VisitPlanRows, VisitTeamRows
from server.services.ports.policy import PolicyDocumentRows
from server.services.ports.quality import QualityItemRows, QualitySampleRows
from server.services.ports.registers import DeviceHandoutRows, DeviceRows, LetterRows, PaperRows
from server.services.ports.requests import AddressErrorRows, RequestedAddressRows, VisitRequestRows
from server.services.ports.rows import EntityRows
from server.services.ports.searching import SearchRows
from server.services.ports.simulation import FactSnapshotRows
from server.services.ports.uploads import UploadRows
from server.services.ports.visits import IncidentRows, MessageTemplateRows, VisitRows


class TrailRows(Protocol):
    """Reading the audit trail. Lines are written only by the unit of work itself."""

    def page(
        self, request: PageRequest, *, subject_id: str | None, actor_id: str | None
    ) -> Page[AuditLine]: ...
    def history(self, subject_id: str) -> list[AuditLine]:
        """What was done with one thing, oldest first; who only read it is left out."""

    def done_to(self, actions: Sequence[str], subject_kind: str, ids: Iterable[str]) -> list[AuditLine]:
        """The lines that say that one of these acts was done to one of these things, in no promised order."""

    def newest(self, action: str) -> AuditLine | None:
        """The last line of an act."""

    def following(self, action: str, after: int, limit: int) -> list[AuditLine]:
        """The lines of an act after that number, oldest first."""

    def first_break(self) -> int | None: ...
    def last(self) -> tuple[int, str]:
        """Number and digest of the newest line; 0 and the digest before the first where there is none."""

    def count(self) -> int: ...


class UnitOfWork(Protocol):
    """Everything a use case may touch within its transaction. `now` is the transaction's time."""

    now: datetime
    actor_id: str | None

    @property
    def accounts(self) -> AccountRows: ...
    @property
    def sessions(self) -> SessionRows: ...
    @property
    def certificates(self) -> CertificateRows: ...
    @property
    def organisation(self) -> OrganisationRows: ...
    @property
    def grants(self) -> GrantRows: ...
    @property
    def trail(self) -> TrailRows: ...
    @property
    def jobs(self) -> JobRows: ...
    @property
    def house_state(self) -> HouseStateRows: ...
    @property
    def first_answers(self) -> FirstAnswerRows: ...
    @property
    def debtors(self) -> EntityRows[Debtor]: ...
    @property
    def placements(self) -> PlacementRows: ...
    @property
    def addresses(self) -> AddressRows: ...
    @property
    def search(self) -> SearchRows: ...
    @property
    def zone_choices(self) -> EntityRows[ZoneChoice]: ...
    @property
    def address_points(self) -> AddressPointRows: ...
    @property
    def address_confirmations(self) -> EntityRows[AddressConfirmation]: ...
    @property
    def phones(self) -> EntityRows[Phone]: ...
    @property
    def promises(self) -> EntityRows[Promise]: ...
    @property
    def police_referrals(self) -> EntityRows[PoliceReferral]: ...
    @property
    def call_notes(self) -> CallNoteRows: ...
    @property
    def contact_restorations(self) -> EntityRows[ContactRestoration]: ...
    @property
    def repayments(self) -> EntityRows[Repayment]: ...
    @property
    def holds(self) -> HoldRows: ...
    @property
    def contact_blocks(self) -> EntityRows[ContactBlock]: ...
    @property
    def visit_requests(self) -> VisitRequestRows: ...
    @property
    def request_addresses(self) -> RequestedAddressRows: ...
    @property
    def waivers(self) -> EntityRows[Waiver]: ...
    @property
    def demolition_checks(self) -> EntityRows[DemolitionCheck]: ...
    @property
    def address_errors(self) -> AddressErrorRows: ...
    @property
    def visit_plans(self) -> VisitPlanRows: ...
    @property
    def visit_teams(self) -> VisitTeamRows: ...
    @property
    def travel_approvals(self) -> TravelApprovalRows: ...
    @property
    def visits(self) -> VisitRows: ...
    @property
    def check_ins(self) -> EntityRows[CheckIn]: ...
    @property
    def presence_secrets(self) -> EntityRows[PresenceSecret]: ...
    @property
    def visit_contacts(self) -> EntityRows[VisitContact]: ...
    @property
    def letters(self) -> LetterRows: ...
    @property
    def message_templates(self) -> MessageTemplateRows: ...
    @property
    def text_messages(self) -> TextMessageRows: ...
    @property
    def visit_answers(self) -> EntityRows[VisitAnswers]: ...
    @property
    def findings(self) -> EntityRows[Finding]: ...
    @property
    def incidents(self) -> IncidentRows: ...
    @property
    def papers(self) -> PaperRows: ...
    @property
    def devices(self) -> DeviceRows: ...
    @property
    def device_handouts(self) -> DeviceHandoutRows: ...
    @property
    def device_keys(self) -> EntityRows[DeviceKey]: ...
    @property
    def device_unsent(self) -> EntityRows[DeviceUnsent]: ...
    @property
    def enrolment_codes(self) -> EntityRows[EnrolmentCode]: ...
    @property
    def consents(self) -> EntityRows[Consent]: ...
    @property
    def preflights(self) -> EntityRows[Preflight]: ...
    @property
    def capture_manifests(self) -> EntityRows[CaptureManifest]: ...
    @property
    def captures(self) -> EntityRows[ListedCapture]: ...
    @property
    def recording_gaps(self) -> EntityRows[RecordingGap]: ...
    @property
    def recording_coverages(self) -> EntityRows[RecordingCoverage]: ...
    @property
    def evidence_items(self) -> EvidenceRows: ...
    @property
    def uploads(self) -> UploadRows: ...
    @property
    def evidence_differences(self) -> DifferenceRows: ...
    @property
    def recording_marks(self) -> RecordingMarkRows: ...
    @property
    def evidence_packs(self) -> PackRows: ...
    @property
    def fingerprints(self) -> FingerprintRows: ...
    @property
    def evidence_flags(self) -> EvidenceFlagRows: ...
    @property
    def daily_checks(self) -> DailyCheckRows: ...
    @property
    def leave(self) -> LeaveRows: ...
    @property
    def import_files(self) -> ImportFileRows: ...
    @property
    def import_changes(self) -> EntityRows[ImportChange]: ...
    @property
    def imported_rows(self) -> ImportedRows: ...
    @property
    def inbox_messages(self) -> InboxRows: ...
    @property
    def webhooks(self) -> WebhookRows: ...
    @property
    def outbox_messages(self) -> OutboxRows: ...
    @property
    def text_message_batches(self) -> TextMessageBatchRows: ...
    @property
    def credit_runs(self) -> CreditRunRows: ...
    @property
    def credit_lines(self) -> CreditLineRows: ...
    @property
    def credit_shares(self) -> CreditShareRows: ...
    @property
    def monthly_statements(self) -> EntityRows[MonthlyStatement]: ...
    @property
    def ledger(self) -> LedgerRows: ...
    @property
    def ledger_shares(self) -> LedgerShareRows: ...
    @property
    def disputes(self) -> DisputeRows: ...
    @property
    def dispute_withdrawals(self) -> EntityRows[Withdrawal]: ...
    @property
    def rulings(self) -> EntityRows[Ruling]: ...
    @property
    def statement_files(self) -> StatementFileRows: ...
    @property
    def fines(self) -> FineRows: ...
    @property
    def incident_decisions(self) -> IncidentDecisionRows: ...
    @property
    def kept_lists(self) -> KeptListRows: ...
    @property
    def month_figures(self) -> FigureRows: ...
    @property
    def pay_sums(self) -> PaySumRows: ...
    @property
    def month_targets(self) -> EntityRows[MonthTarget]: ...
    @property
    def quality_samples(self) -> QualitySampleRows: ...
    @property
    def quality_items(self) -> QualityItemRows: ...
    @property
    def quality_checks(self) -> EntityRows[QualityCheck]: ...
    @property
    def statements(self) -> StatementRows: ...
    @property
    def policy(self) -> PolicyBook:
        """The policy as it stands: the published documents, or the handbook where none is."""

    def policy_of(self, client_id: str) -> PolicyBook:
        """The policy as it holds for a client: with its overlay (S21)."""

    @property
    def fact_snapshots(self) -> FactSnapshotRows: ...
    @property
    def policy_documents(self) -> PolicyDocumentRows: ...
    @property
    def policy_proposals(self) -> EntityRows[PolicyProposal]: ...
    @property
    def policy_readings(self) -> EntityRows[PolicyReading]: ...

    def new_id(self) -> str: ...
    def new_ids(self, count: int) -> list[str]: ...
    def audit(self, entry: AuditEntry) -> None:
        """Have the entry written with this transaction, or not at all."""

    def write_trail(self) -> None:
        """Write the entries so far, for who shows in this transaction what was just done in it."""

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        once_key: str | None = None,
        due_at: datetime | None = None,
        steps: int = 0,
    ) -> str:
        """Have a job run after the commit; returns its id. The same `once_key` enqueues only once."""

    def watch(self) -> AbstractContextManager[Any]:
        """Remember what is read inside; `still` tells, in a later transaction, whether reading it again is the same."""

    def still(self, seen: Any) -> bool: ...
    def after_commit(self, act: Callable[[], None]) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...


class UnitsOfWork(Protocol):
    """Begins transactions."""

    def write(
        self, actor_id: str | None = None, *, durable: bool = True
    ) -> AbstractContextManager[UnitOfWork]:
        """A transaction that may write; waits for its turn, and is refused as `busy` when that takes too long.

        One that need not be `durable` is seen by all at once and lies on the disk with the next one that is; for what
        may be lost together with the machine's power, such as a lease.
        """

    def read(self, actor_id: str | None = None) -> AbstractContextManager[UnitOfWork]:
        """A transaction that only reads; its audit lines would be refused, so it must not read personal data."""
