"""The wire contract of cases as the desk reads them: masked (S5), in clear for a purpose that is named."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, Instant, Money, PageQuery, Strict, Text, page_of
from api_schemas.case_records import BlockView
from server.domain.masking import (
    masked_card_number,
    masked_id_number,
    masked_name,
    masked_telephone,
)
from server.domain.placements import (
    AddressKind,
    AddressStanding,
    Direction,
    HoldReason,
    PhoneOwner,
    Source,
    placement_end,
)


def _string(**options: object) -> fields.String:
    return fields.String(required=True, **options)  # type: ignore[arg-type]


class PlacementQuery(PageQuery):
    """`state`: open or ended. What names a person goes into the body of a search, never into an address."""

    collector_id = Id(load_default=None)
    client_id = Id(load_default=None)
    case_number = Text(most=100, load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(["open", "ended"]))


class PlacementSearch(PlacementQuery):
    """`number` is a telephone, an ID or a card number, whole, or its last four characters."""

    debtor_name = Text(most=60, load_default=None)
    number = Text(most=30, least=4, load_default=None)


class PlacementView(Strict):
    """A case with its debtor, masked."""

    id = Id(required=True, attribute="placement.id")
    case_number = _string(attribute="placement.case_number")
    client_id = _string(attribute="placement.client_id")
    project_id = _string(attribute="placement.project_id")
    branch_id = _string(attribute="placement.branch_id")
    batch = _string(attribute="placement.batch")
    collector_id = _string(attribute="placement.collector_id")
    debtor_id = _string(attribute="debtor.id")
    debtor_name = fields.Function(lambda line: masked_name(line.debtor.name), metadata={"type": "string"})
    debtor_id_number = fields.Function(
        lambda line: masked_id_number(line.debtor.id_number), metadata={"type": "string"}
    )
    card_number = fields.Function(
        lambda line: masked_card_number(line.placement.card_number),
        metadata={"type": ["string", "null"]},
    )
    placed_amount = Money(required=True, attribute="placement.placed_fen")
    opened_on = Day(required=True, attribute="placement.opened_on")
    recall_on = Day(required=True, attribute="placement.recall_on")
    retained_until = Day(required=True, allow_none=True, attribute="placement.retained_until")
    ended_on = Day(required=True, allow_none=True, attribute="placement.ended_on")
    ends_on = fields.Function(
        lambda line: placement_end(line.placement).isoformat(), metadata={"type": "string", "format": "date"}
    )
    repeat_of_id = fields.String(required=True, allow_none=True, attribute="placement.repeat_of_id")
    version = fields.Integer(required=True, attribute="placement.version")


PlacementPage = page_of(PlacementView, "PlacementPage")


class ConfirmationView(Strict):
    id = Id(required=True)
    address_id = Id(required=True)
    confirmed_by = _string()
    confirmed_on = Day(required=True)
    how = _string()
    recorded_at = Instant(required=True)


class AddressView(Strict):
    """An address. Without `county_code` its division is not certain, and a request for it is refused (R2, R3)."""

    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = _string()
    normalized = _string()
    province = _string()
    city = _string()
    county = _string()
    county_code = _string()
    town = _string()
    detail = _string()
    urban_village = fields.Boolean(required=True)
    standing = fields.Enum(AddressStanding, by_value=True, required=True)
    standing_reason = fields.String(required=True, allow_none=True)
    source = fields.Enum(Source, by_value=True, required=True)
    duplicate_of_id = fields.String(required=True, allow_none=True)
    added_at = Instant(required=True)
    recheck_since = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class AddressOnFileView(Strict):
    address = fields.Nested(AddressView, required=True)
    confirmations = fields.List(fields.Nested(ConfirmationView), required=True)


class PhoneView(Strict):
    """A number on file, masked."""

    id = Id(required=True)
    number = fields.Function(lambda phone: masked_telephone(phone.number), metadata={"type": "string"})
    owner = fields.Enum(PhoneOwner, by_value=True, required=True)
    owner_name = fields.Function(lambda phone: masked_name(phone.owner_name), metadata={"type": "string"})
    relation = _string()
    emergency_contact = fields.Boolean(required=True)
    source = fields.Enum(Source, by_value=True, required=True)
    duplicate_of_id = fields.String(required=True, allow_none=True)
    added_at = Instant(required=True)


class PhoneOnFileView(Strict):
    """V13: a blocked number must not be called."""

    phone = fields.Nested(PhoneView, required=True)
    blocked = fields.Boolean(required=True)


class PromiseView(Strict):
    id = Id(required=True)
    made_on = Day(required=True)
    due_on = Day(required=True)
    amount = Money(required=True, attribute="amount_fen")
    by_phone = fields.Boolean(required=True)
    judged_able = fields.Boolean(required=True)
    recorded_at = Instant(required=True)


class ReferralView(Strict):
    id = Id(required=True)
    referred_on = Day(required=True)
    early_explanation = fields.String(required=True, allow_none=True)
    early_accepted_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class CallNoteView(Strict):
    id = Id(required=True)
    phone_id = Id(required=True)
    at = Instant(required=True)
    answered = fields.Boolean(required=True)
    direction = fields.Enum(Direction, by_value=True, required=True)
    seconds = fields.Integer(required=True)
    account_id = fields.String(required=True, allow_none=True)
    visit_id = fields.String(required=True, allow_none=True)


class RestorationView(Strict):
    id = Id(required=True)
    restored_on = Day(required=True)
    how = _string()


class HoldView(Strict):
    """V13: why visits stand still, who leads it, when the client was told."""

    id = Id(required=True)
    placement_id = Id(required=True)
    reason = fields.Enum(HoldReason, by_value=True, required=True)
    note = _string()
    address_id = fields.String(required=True, allow_none=True)
    placed_at = Instant(required=True)
    placed_by = fields.String(required=True, allow_none=True)
    lead_id = fields.String(required=True, allow_none=True)
    reported_to_client_at = Instant(required=True, allow_none=True)
    released_at = Instant(required=True, allow_none=True)
    release_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class HoldQuery(PageQuery):
    """`in_force`: those that stop something now, or those that were released."""

    in_force = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


HoldPage = page_of(HoldView, "HoldPage")


class PaperOut(Strict):
    """R14: a paper that was issued and has not come back."""

    id = Id(required=True)
    visit_id = Id(required=True)
    purpose = _string()
    issued_at = Instant(required=True)


class CaseView(Strict):
    """Everything on one case; hidden duplicates (V19) are left out, calls are the newest fifty."""

    placement = fields.Nested(PlacementView, required=True, attribute="line")
    addresses = fields.List(fields.Nested(AddressOnFileView), required=True)
    phones = fields.List(fields.Nested(PhoneOnFileView), required=True)
    promises = fields.List(fields.Nested(PromiseView), required=True)
    referrals = fields.List(fields.Nested(ReferralView), required=True)
    calls = fields.List(fields.Nested(CallNoteView), required=True)
    restorations = fields.List(fields.Nested(RestorationView), required=True)
    holds = fields.List(fields.Nested(HoldView), required=True)
    blocks = fields.List(fields.Nested(BlockView), required=True)
    repaid = Money(required=True, attribute="repaid_fen")
    papers_out = fields.List(fields.Nested(PaperOut), required=True)


class Purpose(Strict):
    """S5: what the clear numbers are wanted for; it is kept in the trail."""

    purpose = Text(most=500, required=True)


class ClearPhone(Strict):
    id = Id(required=True)
    number = _string()
    owner_name = _string()


class ClearNumbersView(Strict):
    """What masking hides."""

    name = _string()
    id_number = _string()
    card_number = fields.String(required=True, allow_none=True)
    phones = fields.List(fields.Nested(ClearPhone), required=True)


class Retention(Strict):
    """W4: 留案 until and including that day."""

    until = Day(required=True)


class Recall(Strict):
    """R14: the case is taken back; today ends it at once, a later day at that day's end."""

    recall_on = Day(required=True)
    reason = Text(most=500, required=True)


class NewCollector(Strict):
    collector_id = Id(required=True)
    reason = Text(most=500, required=True)
