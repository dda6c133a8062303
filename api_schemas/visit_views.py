"""The wire contract of visits as they are read: lists, and one visit whole. Names and numbers are masked (S5)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate

from api_schemas.base import Day, Id, Instant, Money, PageQuery, Strict, Text, page_of
from api_schemas.captures import CoverageView
from api_schemas.problems import Words
from api_schemas.visit_parts import (
    CheckInView,
    Explained,
    FindingView,
    KnownPointView,
    MissingView,
    NotEnrolledView,
    PlaceView,
    VisitMoment,
    explained,
)
from server.domain.chain_flags import NOT_ENROLLED
from server.domain.disclosure import TOPIC_WORDS, Topic
from server.domain.masking import masked_name, masked_telephone
from server.domain.placements import (
    AddressKind,
    AddressStanding,
    CallLine,
    Direction,
    HoldReason,
    PhoneOwner,
)
from server.domain.visit_whole import VisitPhone, VisitWhole
from server.domain.visits import (
    AddressOutcome,
    ContactChannel,
    ContactWho,
    LetterPlace,
    MessageState,
    VisitState,
)


class VisitQuery(PageQuery):
    day = Day(load_default=None)
    state = fields.Enum(VisitState, by_value=True, load_default=None)
    county_code = Text(most=6, load_default=None, validate=validate.Regexp(r"[0-9]{6}\Z"))
    recorded_below = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 1001),
        metadata={"description": "V2: ended visits of whose thousand parts fewer were recorded"},
    )

    @pre_load
    def _whole_number(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A query is text, and Python reads more spellings of a number than anybody sends."""
        given = data.get("recorded_below")
        if given is not None and not (str(given).isascii() and str(given).isdigit()):
            raise ValidationError({"recorded_below": ["must be a whole number"]})
        return data


class AddressShown(Strict):
    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = fields.String(required=True)
    county = fields.String(required=True)
    county_code = fields.String(required=True)
    standing = fields.Enum(AddressStanding, by_value=True, required=True)
    version = fields.Integer(required=True)


class VisitBriefView(Strict):
    """A visit in a list."""

    id = Id(required=True, attribute="visit.id")
    state = fields.Enum(VisitState, by_value=True, required=True, attribute="visit.state")
    day = Day(required=True, allow_none=True)
    position = fields.Integer(required=True, attribute="visit.position")
    placement_id = Id(required=True, attribute="placement.id")
    case_number = fields.String(required=True, attribute="placement.case_number")
    debtor_name = fields.Function(
        lambda brief: masked_name(brief.debtor.name), required=True, metadata={"type": "string"}
    )
    address = fields.Nested(AddressShown, required=True)
    point = fields.Nested(KnownPointView, required=True, allow_none=True)
    lead_id = fields.String(required=True, allow_none=True, attribute="visit.lead_id")
    partner_id = fields.String(required=True, allow_none=True, attribute="visit.partner_id")
    trainee_id = fields.String(required=True, allow_none=True, attribute="visit.trainee_id")
    parent_id = fields.String(required=True, allow_none=True, attribute="visit.parent_id")
    valid_from = Instant(required=True, allow_none=True, attribute="visit.valid_from")
    valid_until = Instant(required=True, allow_none=True, attribute="visit.valid_until")
    on_hold = fields.Function(lambda brief: brief.visit.hold_id is not None, metadata={"type": "boolean"})
    started_at = Instant(required=True, allow_none=True, attribute="visit.started_at")
    ended_at = Instant(required=True, allow_none=True, attribute="visit.ended_at")
    outcome = fields.Enum(
        AddressOutcome, by_value=True, required=True, allow_none=True, attribute="visit.outcome"
    )
    version = fields.Integer(required=True, attribute="visit.version")


VisitPage = page_of(VisitBriefView, "VisitPage")


class TopicView(Strict):
    code = fields.Enum(Topic, by_value=True, required=True)
    words = fields.Nested(Words, required=True)


def topics(listed: tuple[Topic, ...]) -> list[dict[str, Any]]:
    return [{"code": t, "words": {"zh": TOPIC_WORDS[t][0], "en": TOPIC_WORDS[t][1]}} for t in listed]


class ContactView(Strict):
    """Somebody met or telephoned, with what may be asked of and said to them (V10, V14)."""

    id = Id(required=True)
    who = fields.Enum(ContactWho, by_value=True, required=True)
    channel = fields.Enum(ContactChannel, by_value=True, required=True)
    name = fields.Function(lambda contact: masked_name(contact.name), metadata={"type": "string"})
    relation = fields.String(required=True)
    communicated = fields.Boolean(required=True)
    knew_of_debt = fields.Boolean(required=True)
    offered_to_repay = fields.Boolean(required=True)
    will_relay = fields.Boolean(required=True)
    can_relay = fields.Boolean(required=True)
    relayed_on = Day(required=True, allow_none=True)
    phone_id = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    version = fields.Integer(required=True)


class CallView(Strict):
    id = Id(required=True)
    phone_id = Id(required=True)
    at = Instant(required=True)
    answered = fields.Boolean(required=True)
    direction = fields.Enum(Direction, by_value=True, required=True)
    seconds = fields.Integer(required=True)
    line = fields.Enum(CallLine, by_value=True, required=True, allow_none=True)
    recording_offset_ms = fields.Integer(required=True, allow_none=True)
    account_id = fields.String(required=True, allow_none=True)


class TextMessageView(Strict):
    id = Id(required=True)
    phone_id = Id(required=True)
    template_id = Id(required=True)
    state = fields.Enum(MessageState, by_value=True, required=True)
    queued_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)


class LetterView(Strict):
    id = Id(required=True)
    visit_id = Id(required=True)
    left_at = fields.Enum(LetterPlace, by_value=True, required=True)
    manner = fields.String(required=True)
    left_on = Day(required=True)
    counterfoil_returned_at = Instant(required=True, allow_none=True)
    counterfoil_received_by = fields.String(required=True, allow_none=True)
    escalated_at = Instant(required=True, allow_none=True)
    acknowledged_on = Day(required=True, allow_none=True)
    version = fields.Integer(required=True)


class AnswersView(Strict):
    """V15, V17, V4, as answered by the team."""

    id = Id(required=True)
    identity_shown_at = Instant(required=True, allow_none=True)
    entered = fields.Boolean(required=True)
    entry_consent_by = fields.String(required=True, allow_none=True)
    vulnerable_person = fields.Boolean(required=True)
    vulnerable_note = fields.String(required=True, allow_none=True)
    asked_to_leave = fields.Boolean(required=True)
    unsafe = fields.Boolean(required=True)
    recording_refused = fields.Boolean(required=True)
    benefits_offered = fields.Boolean(required=True)
    cash_offered = fields.Boolean(required=True)
    relief_requested = fields.Boolean(required=True)
    note = fields.String(required=True)
    answered_at = Instant(required=True)
    answered_by = fields.String(required=True)


class VisitPhoneView(Strict):
    """A number on file, masked; `against` lists what forbids to call it now (V9, V13)."""

    id = Id(required=True, attribute="phone.id")
    number = fields.Function(lambda held: masked_telephone(held.phone.number), metadata={"type": "string"})
    owner = fields.Enum(PhoneOwner, by_value=True, required=True, attribute="phone.owner")
    owner_name = fields.Function(lambda held: masked_name(held.phone.owner_name), metadata={"type": "string"})
    relation = fields.String(required=True, attribute="phone.relation")
    emergency_contact = fields.Boolean(required=True, attribute="phone.emergency_contact")
    against = fields.List(fields.Nested(Explained), required=True)
    may_ask = fields.List(fields.Nested(TopicView), required=True)
    may_say = fields.List(fields.Nested(TopicView), required=True)

    def get_attribute(self, obj: VisitPhone, attr: str, default: Any) -> Any:
        match attr:
            case "against":
                return [explained(refusal) for refusal in obj.against]
            case "may_ask" | "may_say":
                return topics(getattr(obj.rules, attr))
            case _:
                return super().get_attribute(obj, attr, default)


class CallDayView(Strict):
    """V9: the debtor's day: calls made by collector and agents together, whether answered, how many are left."""

    made = fields.Integer(required=True)
    reached = fields.Boolean(required=True)
    limit = fields.Integer(required=True)
    left = fields.Integer(required=True)


class CallLimits(Strict):
    day = fields.Nested(CallDayView, required=True)
    phones = fields.List(fields.Nested(VisitPhoneView), required=True)


class HoldShown(Strict):
    id = Id(required=True)
    reason = fields.Enum(HoldReason, by_value=True, required=True)
    placed_at = Instant(required=True)


class VisitView(Strict):
    """One visit, whole. `total_debt` is null until V10 lets it be shown."""

    brief = fields.Nested(VisitBriefView, required=True)
    moment = fields.Nested(VisitMoment, required=True, attribute="brief.visit")
    outcome_note = fields.String(required=True, attribute="brief.visit.outcome_note")
    debtor_gone = fields.Boolean(required=True, attribute="brief.visit.debtor_gone")
    promise_due_on = Day(required=True, allow_none=True, attribute="brief.visit.promise_due_on")
    void_reason = fields.String(required=True, allow_none=True, attribute="brief.visit.void_reason")
    address_changed = fields.Boolean(required=True)
    hold = fields.Nested(HoldShown, required=True, allow_none=True)
    present = fields.List(fields.String(), required=True, attribute="presence.present")
    place = fields.Nested(PlaceView, required=True, allow_none=True)
    check_ins = fields.List(fields.Nested(CheckInView), required=True)
    contacts = fields.List(fields.Nested(ContactView), required=True)
    calls = fields.List(fields.Nested(CallView), required=True)
    messages = fields.List(fields.Nested(TextMessageView), required=True)
    letter = fields.Nested(LetterView, required=True, allow_none=True)
    answers = fields.Nested(AnswersView, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingView), required=True)
    phones = fields.List(fields.Nested(VisitPhoneView), required=True)
    calls_today = fields.Nested(CallDayView, required=True)
    missing = fields.List(fields.Nested(MissingView), required=True)
    total_debt = Money(required=True, allow_none=True, attribute="total_debt_fen")
    recorded = fields.Nested(CoverageView, required=True)
    phone_not_enrolled = fields.Nested(NotEnrolledView, required=True, allow_none=True)
    capture_nonce = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of its own team alone: what manifests carry"},
    )

    def get_attribute(self, obj: VisitWhole, attr: str, default: Any) -> Any:
        if attr == "address_changed":
            visit = obj.brief.visit
            return visit.started_at is None and obj.brief.address.version != visit.address_version
        if attr == "phone_not_enrolled":
            words = {
                "message": dict(zip(("zh", "en"), NOT_ENROLLED, strict=True)),
                "account_ids": obj.not_enrolled,
            }
            return words if obj.not_enrolled else None
        return super().get_attribute(obj, attr, default)
