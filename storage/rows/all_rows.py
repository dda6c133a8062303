"""All rows of one transaction: a query module for each kind, opened when first asked for, on one connection.

Owns which query module serves which rows. It refuses to begin or to end a transaction: `unit_of_work` does.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from server.domain.capture_manifests import CaptureManifest, DeviceKey, ListedCapture, RecordingGap
from server.domain.consents import Consent
from server.domain.enrolment import EnrolmentCode
from server.domain.imports import ImportChange
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
from server.domain.preflights import Preflight
from server.domain.presence import PresenceSecret
from server.domain.recordings import RecordingCoverage
from server.domain.requests import DemolitionCheck, Waiver
from server.domain.visits import (
    CheckIn,
    Finding,
    VisitAnswers,
    VisitContact,
)
from server.domain.zone_choices import ZoneChoice
from server.services.ports.first_answers import FirstAnswer
from storage.rows import tables
from storage.rows.credit import (
    CallNoteQueries,
)
from storage.rows.daily_checks import DailyCheckQueries
from storage.rows.desk import KeptListQueries
from storage.rows.evidence import DifferenceQueries, EvidenceQueries, RecordingMarkQueries
from storage.rows.evidence_packs import PackQueries
from storage.rows.flags import EvidenceFlagQueries, FingerprintQueries
from storage.rows.holds import HoldQueries
from storage.rows.house_state import HouseStateQueries
from storage.rows.imported import ImportedRowQueries
from storage.rows.imports import ImportFileQueries
from storage.rows.jobs import JobQueries
from storage.rows.leave import LeaveQueries
from storage.rows.mapping import Rows
from storage.rows.message_templates import MessageTemplateQueries
from storage.rows.messages import (
    InboxQueries,
    OutboxQueries,
    TextMessageBatchQueries,
    TextMessageQueries,
    WebhookQueries,
)
from storage.rows.month_rows import MonthRows
from storage.rows.people import (
    AccountQueries,
    CertificateQueries,
    GrantQueries,
    OrganisationQueries,
    SessionQueries,
)
from storage.rows.placements import AddressQueries, PlacementQueries
from storage.rows.places import AddressPointQueries
from storage.rows.plans import TravelApprovalQueries, VisitPlanQueries, VisitTeamQueries
from storage.rows.registers import DeviceHandoutQueries, DeviceQueries, LetterQueries, PaperQueries
from storage.rows.requests import AddressErrorQueries, RequestedAddressQueries, VisitRequestQueries
from storage.rows.searching import SearchQueries
from storage.rows.trail import TrailQueries
from storage.rows.uploads import UploadQueries
from storage.rows.visits import IncidentQueries, VisitQueries

E = TypeVar("E")


class AllRows(MonthRows):
    """The rows by the names that `server.services.ports.unit_of_work` gives them."""

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
    def house_state(self) -> HouseStateQueries:
        return HouseStateQueries(self._connection)

    @cached_property
    def first_answers(self) -> Rows[FirstAnswer]:
        return self._rows(tables.trail.first_answers, FirstAnswer)

    @cached_property
    def kept_lists(self) -> KeptListQueries:
        return KeptListQueries(self._connection, self._cipher)

    @cached_property
    def search(self) -> SearchQueries:
        return SearchQueries(self._connection, self._cipher)

    @cached_property
    def debtors(self) -> Rows[Debtor]:
        return self._rows(tables.placements.debtors, Debtor)

    @cached_property
    def placements(self) -> PlacementQueries:
        return PlacementQueries(self._connection, self._cipher)

    @cached_property
    def addresses(self) -> AddressQueries:
        return AddressQueries(self._connection, self._cipher)

    @cached_property
    def zone_choices(self) -> Rows[ZoneChoice]:
        return self._rows(tables.requests.zone_choices, ZoneChoice)

    @cached_property
    def address_points(self) -> AddressPointQueries:
        return AddressPointQueries(self._connection, self._cipher)

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
    def holds(self) -> HoldQueries:
        return HoldQueries(self._connection, self._cipher)

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
    def letters(self) -> LetterQueries:
        return LetterQueries(self._connection, self._cipher)

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
    def device_keys(self) -> Rows[DeviceKey]:
        return self._rows(tables.visits.device_keys, DeviceKey)

    @cached_property
    def device_unsent(self) -> Rows[DeviceUnsent]:
        return self._rows(tables.phones.device_unsent, DeviceUnsent)

    @cached_property
    def enrolment_codes(self) -> Rows[EnrolmentCode]:
        return self._rows(tables.phones.enrolment_codes, EnrolmentCode)

    @cached_property
    def consents(self) -> Rows[Consent]:
        return self._rows(tables.phones.consents, Consent)

    @cached_property
    def preflights(self) -> Rows[Preflight]:
        return self._rows(tables.phones.preflights, Preflight)

    @cached_property
    def capture_manifests(self) -> Rows[CaptureManifest]:
        return self._rows(tables.captures.capture_manifests, CaptureManifest)

    @cached_property
    def captures(self) -> Rows[ListedCapture]:
        return self._rows(tables.captures.captures, ListedCapture)

    @cached_property
    def recording_gaps(self) -> Rows[RecordingGap]:
        return self._rows(tables.captures.recording_gaps, RecordingGap)

    @cached_property
    def recording_coverages(self) -> Rows[RecordingCoverage]:
        return self._rows(tables.captures.recording_coverages, RecordingCoverage)

    @cached_property
    def evidence_items(self) -> EvidenceQueries:
        return EvidenceQueries(self._connection, self._cipher)

    @cached_property
    def uploads(self) -> UploadQueries:
        return UploadQueries(self._connection, self._cipher)

    @cached_property
    def evidence_differences(self) -> DifferenceQueries:
        return DifferenceQueries(self._connection, self._cipher)

    @cached_property
    def recording_marks(self) -> RecordingMarkQueries:
        return RecordingMarkQueries(self._connection, self._cipher)

    @cached_property
    def evidence_packs(self) -> PackQueries:
        return PackQueries(self._connection, self._cipher)

    @cached_property
    def fingerprints(self) -> FingerprintQueries:
        return FingerprintQueries(self._connection, self._cipher)

    @cached_property
    def evidence_flags(self) -> EvidenceFlagQueries:
        return EvidenceFlagQueries(self._connection, self._cipher)

    @cached_property
    def daily_checks(self) -> DailyCheckQueries:
        return DailyCheckQueries(self._connection, self._cipher)

    @cached_property
    def leave(self) -> LeaveQueries:
        return LeaveQueries(self._connection, self._cipher)

    @cached_property
    def import_files(self) -> ImportFileQueries:
        return ImportFileQueries(self._connection, self._cipher)

    @cached_property
    def import_changes(self) -> Rows[ImportChange]:
        return self._rows(tables.imports.import_changes, ImportChange)

    @cached_property
    def imported_rows(self) -> ImportedRowQueries:
        return ImportedRowQueries(self._connection)

    @cached_property
    def inbox_messages(self) -> InboxQueries:
        return InboxQueries(self._connection, self._cipher)

    @cached_property
    def webhooks(self) -> WebhookQueries:
        return WebhookQueries(self._connection, self._cipher)

    @cached_property
    def outbox_messages(self) -> OutboxQueries:
        return OutboxQueries(self._connection, self._cipher)
