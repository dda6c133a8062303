"""The wire contract of visit requests: drafts, checks by clause, waivers, decisions, address errors (R1 to R13)."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, Money, PageQuery, Reason, Strict, Text, page_of
from api_schemas.problems import ProblemDocument, ProblemError
from server.domain.masking import masked_name
from server.domain.placements import AddressKind, AddressStanding
from server.domain.requests import DemolitionAnswer, RequestState, WaiverKind
from server.domain.visits import VisitState

MOST_ADDRESSES = 10
MOST_DECISIONS = 100
_TELEPHONE = validate.Regexp(r"[0-9+() -]{5,30}\Z", error="must be a telephone number")
_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")
_DECISIONS = ("accept", "return", "refuse")


class ChosenAddress(Strict):
    """`accept_normalized`: what the check filled in or renamed is right (R2, R3)."""

    address_id = Id(required=True)
    accept_normalized = fields.Boolean(load_default=False, truthy={True}, falsy={False})


def _different(addresses: list[dict[str, object]]) -> None:
    if len({address["address_id"] for address in addresses}) != len(addresses):
        raise ValidationError("the same address twice")


class AddressChoice(Strict):
    """The addresses in the order in which they are to be visited; `note` stays as it is when left out."""

    addresses = fields.List(
        fields.Nested(ChosenAddress),
        required=True,
        validate=[validate.Length(0, MOST_ADDRESSES), _different],
    )
    note = Text(least=0, most=1000, load_default=None)


class VisitRequestNew(Strict):
    """A draft; `id` is made by the client."""

    id = Id(required=True)
    placement_id = Id(required=True)
    note = Text(least=0, most=1000, load_default="")
    addresses = fields.List(
        fields.Nested(ChosenAddress),
        load_default=list,
        validate=[validate.Length(0, MOST_ADDRESSES), _different],
    )


class SendBack(Reason):
    """R13: `wrong_address_id` names the address of the request that is wrong in itself; none for other reasons."""

    wrong_address_id = Id(load_default=None, allow_none=True)


class DecisionNew(Strict):
    """One of many decisions; `version` is that of the request as it was read."""

    request_id = Id(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**53))
    decision = fields.String(required=True, validate=validate.OneOf(_DECISIONS))
    reason = Text(most=1000, load_default=None, allow_none=True)
    wrong_address_id = Id(load_default=None, allow_none=True)

    @validates_schema
    def _reasoned(self, data: dict[str, object], **_: object) -> None:
        if data["decision"] != "accept" and not data["reason"]:
            raise ValidationError("a return or a refusal needs a reason", "reason")
        if data["decision"] == "accept" and data["wrong_address_id"]:
            raise ValidationError("an accepted request has no wrong address", "wrong_address_id")


class DecisionList(Strict):
    decisions = fields.List(
        fields.Nested(DecisionNew), required=True, validate=validate.Length(1, MOST_DECISIONS)
    )


class WaiverNew(Strict):
    """Kinds `address_order`, `demolished` and `no_urban_village` name an address of the request."""

    id = Id(required=True)
    kind = fields.Enum(WaiverKind, by_value=True, required=True)
    address_id = Id(load_default=None, allow_none=True)
    reason = Text(most=1000, required=True)


class WaiverDecision(Strict):
    granted = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(most=1000, required=True)


class WaiverView(Strict):
    id = Id(required=True)
    request_id = Id(required=True)
    kind = fields.Enum(WaiverKind, by_value=True, required=True)
    address_id = Id(required=True, allow_none=True)
    asked_reason = fields.String(required=True)
    asked_by = Id(required=True)
    asked_at = Instant(required=True)
    granted = fields.Boolean(required=True, allow_none=True)
    decided_by = Id(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class DemolitionCheckNew(Strict):
    """R8: the call to the sub-district or town office."""

    id = Id(required=True)
    office = Text(most=100, required=True)
    telephone = Text(most=30, required=True, validate=_TELEPHONE)
    called_at = Instant(required=True)
    answer = fields.Enum(DemolitionAnswer, by_value=True, required=True)
    note = Text(least=0, most=1000, load_default="")


class DemolitionCheckView(DemolitionCheckNew):
    address_id = Id(required=True)
    called_by = Id(required=True)
    recorded_at = Instant(required=True)


class RequestedAddressView(Strict):
    """An address of a request; `accepted_text` is what its author accepted as filled in or renamed."""

    address_id = Id(required=True, attribute="address.id")
    address_version = fields.Integer(required=True, attribute="requested.address_version")
    kind = fields.Enum(AddressKind, by_value=True, required=True, attribute="address.kind")
    text = fields.String(required=True, attribute="address.text")
    city = fields.String(required=True, attribute="address.city")
    county = fields.String(required=True, attribute="address.county")
    county_code = fields.String(required=True, attribute="address.county_code")
    urban_village = fields.Boolean(required=True, attribute="address.urban_village")
    standing = fields.Enum(AddressStanding, by_value=True, required=True, attribute="address.standing")
    accepted_text = fields.String(required=True, allow_none=True, attribute="requested.accepted_text")


class VisitRequestView(Strict):
    """A request with its case and addresses; the debtor's name is masked (S5)."""

    id = Id(required=True, attribute="request.id")
    placement_id = Id(required=True, attribute="placement.id")
    case_number = fields.String(required=True, attribute="placement.case_number")
    branch_id = Id(required=True, attribute="placement.branch_id")
    placement_end = Day(required=True)
    debtor_name = fields.Function(lambda shown: masked_name(shown.debtor_name), metadata={"type": "string"})
    collector_id = Id(required=True, attribute="placement.collector_id")
    collector_name = fields.String(required=True)
    author_id = Id(required=True, attribute="request.author_id")
    author_name = fields.String(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True, attribute="request.state")
    note = fields.String(required=True, attribute="request.note")
    created_at = Instant(required=True, attribute="request.created_at")
    requested_on = Day(required=True, allow_none=True, attribute="request.requested_on")
    filed_at = Instant(required=True, allow_none=True, attribute="request.filed_at")
    decided_at = Instant(required=True, allow_none=True, attribute="request.decided_at")
    decided_by = Id(required=True, allow_none=True, attribute="request.decided_by")
    decision_reason = fields.String(required=True, allow_none=True, attribute="request.decision_reason")
    promising_marked_at = Instant(required=True, allow_none=True, attribute="request.promising_marked_at")
    promising_reason = fields.String(required=True, allow_none=True, attribute="request.promising_reason")
    waiting_waivers = fields.Integer(required=True)
    addresses = fields.List(fields.Nested(RequestedAddressView), required=True)
    version = fields.Integer(required=True)


VisitRequestPage = page_of(VisitRequestView, "VisitRequestPage")


class ClauseCheckView(Strict):
    """What a clause says: its sentence in the handbook and what stands against it; no finding is a pass."""

    clause = fields.String(required=True)
    sentence = fields.String(required=True)
    ok = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(ProblemError), required=True)


class CheckAnswer(Strict):
    may_be_filed = fields.Boolean(required=True)
    checks = fields.List(fields.Nested(ClauseCheckView), required=True)


class RequestedVisitView(Strict):
    id = Id(required=True)
    address_id = Id(required=True)
    state = fields.Enum(VisitState, by_value=True, required=True)


class HistoryLineView(Strict):
    at = Instant(required=True)
    action = fields.String(required=True)
    actor_id = Id(required=True, allow_none=True)
    actor_name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class VisitRequestDetail(Strict):
    """One request with everything on it; `checks` is empty once it was decided."""

    request = fields.Nested(VisitRequestView, required=True, attribute="shown")
    checks = fields.List(fields.Nested(ClauseCheckView), required=True)
    waivers = fields.List(fields.Nested(WaiverView), required=True)
    demolition_checks = fields.List(fields.Nested(DemolitionCheckView), required=True)
    visits = fields.List(fields.Nested(RequestedVisitView), required=True)
    history = fields.List(fields.Nested(HistoryLineView), required=True)


class CountQuery(Strict):
    branch_id = Id(load_default=None)
    collector_id = Id(load_default=None)
    placement_id = Id(load_default=None)
    county_code = Text(most=6, load_default=None)
    waiting_waivers = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class VisitRequestQuery(PageQuery, CountQuery):
    state = fields.Enum(RequestState, by_value=True, load_default=None)


class StateCount(Strict):
    state = fields.Enum(RequestState, by_value=True, required=True)
    count = fields.Integer(required=True)


class VisitRequestCounts(Strict):
    states = fields.List(fields.Nested(StateCount), required=True)


class DecisionOutcomeView(Strict):
    """`problem` says why a decision was refused; the others stand all the same."""

    request_id = Id(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    problem = fields.Nested(ProblemDocument, required=True, allow_none=True)


class DecisionOutcomes(Strict):
    outcomes = fields.List(fields.Nested(DecisionOutcomeView), required=True)


class AddressErrorQuery(Strict):
    month = fields.String(required=True, validate=_MONTH)


class AddressErrorView(Strict):
    id = Id(required=True)
    address_id = Id(required=True)
    request_id = Id(required=True, allow_none=True)
    visit_id = Id(required=True, allow_none=True)
    discovered_on = Day(required=True)
    note = fields.String(required=True)


class MonthOfErrorsView(Strict):
    """R13: one person's month; `fine` is what the errors beyond the free ones cost."""

    account_id = Id(required=True)
    display_name = fields.String(required=True)
    count = fields.Integer(required=True)
    free = fields.Integer(required=True)
    fine = Money(attribute="fine_fen", required=True)
    errors = fields.List(fields.Nested(AddressErrorView), required=True)


class AddressErrorMonth(Strict):
    month = fields.String(required=True)
    people = fields.List(fields.Nested(MonthOfErrorsView), required=True)
