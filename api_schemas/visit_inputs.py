"""The wire contract of what phones and desks write about a visit. Times are the phone's own, with an offset.

No field holds cash that was received (V4) or a reduction or instalments that were agreed (V16).
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, Latitude, Longitude, Metres, Strict, Text
from server.domain.coordinates import Datum
from server.domain.placements import AddressKind, CallLine, Direction, PhoneOwner
from server.domain.telephones import normalize_telephone
from server.domain.visits import (
    AddressOutcome,
    CheckDirection,
    CheckInWay,
    ContactChannel,
    ContactWho,
    LetterPlace,
)

_PHONE_WAYS = (CheckInWay.OWN_DEVICE, CheckInWay.PARTNER_CODE)


def _flag(**options: Any) -> fields.Boolean:
    """True or false, and nothing that merely looks like it."""
    return fields.Boolean(truthy={True}, falsy={False}, **options)


class Telephone(Text):
    """A telephone number as it may be written; kept without blanks, dashes and the country code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=30, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normalize_telephone(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class CheckInNew(Strict):
    """V1. `partner_code`: the partner's `account_id` and `code`, typed on the device of the one who sends this.

    `began_offline`: the visit had begun before the server could be asked; it is kept with what stood against it.
    `datum`: what the place is given in; it is kept in WGS-84.
    """

    id = Id(required=True)
    direction = fields.Enum(CheckDirection, by_value=True, required=True)
    way = fields.Enum(
        CheckInWay,
        by_value=True,
        load_default=CheckInWay.OWN_DEVICE,
        validate=validate.OneOf(_PHONE_WAYS, error="must be own_device or partner_code"),
    )
    at = Instant(required=True)
    latitude = Latitude(required=True, allow_none=True)
    longitude = Longitude(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    datum = fields.Enum(Datum, by_value=True, load_default=Datum.WGS84)
    device_id = Text(most=100, load_default=None, allow_none=True)
    account_id = Id(load_default=None, allow_none=True)
    code = Text(most=12, load_default=None, allow_none=True)
    began_offline = _flag(load_default=False)

    @validates_schema
    def _place(self, data: dict[str, Any], **_: Any) -> None:
        if (data["latitude"] is None) is not (data["longitude"] is None):
            raise ValidationError("must come with longitude, or both be null", "latitude")


class DeskSignature(Strict):
    """V1, V3: signed at the desk after the visit, by each of two agents who had no device."""

    id = Id(required=True)
    started_at = Instant(required=True)
    ended_at = Instant(required=True)


class Once(Strict):
    """A write that says nothing but its own id."""

    id = Id(required=True)


class OnceWithReason(Once):
    reason = Text(most=1000, required=True)


class OnceWithDay(Once):
    on = Day(required=True)


class ContactFlags(Strict):
    """What is known of somebody met: `knew_of_debt` and `offered_to_repay` were told unasked (V10)."""

    who = fields.Enum(ContactWho, by_value=True)
    name = Text(most=60, least=0)
    relation = Text(most=60, least=0)
    communicated = _flag()
    knew_of_debt = _flag()
    offered_to_repay = _flag()
    will_relay = _flag()
    can_relay = _flag()


class ContactNew(Strict):
    """Somebody met at the place or telephoned from it."""

    id = Id(required=True)
    who = fields.Enum(ContactWho, by_value=True, required=True)
    channel = fields.Enum(ContactChannel, by_value=True, required=True)
    name = Text(most=60, least=0, load_default="")
    relation = Text(most=60, least=0, load_default="")
    communicated = _flag(required=True)
    knew_of_debt = _flag(load_default=False)
    offered_to_repay = _flag(load_default=False)
    will_relay = _flag(load_default=False)
    can_relay = _flag(load_default=False)
    phone_id = Id(load_default=None, allow_none=True)
    at = Instant(required=True)


class CallNew(Strict):
    """One call, one record (V18); `recording_offset_ms` is its place in the visit's recording."""

    id = Id(required=True)
    phone_id = Id(required=True)
    at = Instant(required=True)
    answered = _flag(required=True)
    direction = fields.Enum(Direction, by_value=True, load_default=Direction.OUT)
    seconds = fields.Integer(required=True, strict=True, validate=validate.Range(0, 86_400))
    line = fields.Enum(CallLine, by_value=True, required=True)
    recording_offset_ms = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 86_400_000)
    )


class Dial(Strict):
    phone_id = Id(required=True)


class MessageNew(Strict):
    """An approved template to a number on file."""

    id = Id(required=True)
    phone_id = Id(required=True)
    template_id = Id(required=True)
    at = Instant(required=True)


class LetterNew(Strict):
    id = Id(required=True)
    left_at = fields.Enum(LetterPlace, by_value=True, required=True)
    manner = Text(most=200, required=True)
    at = Instant(required=True)


class AnswersNew(Strict):
    """V15, V17, V4. `relief_requested`: a reduction or instalments were asked for; V16 knows no agreement."""

    id = Id(required=True)
    identity_shown_at = Instant(required=True, allow_none=True)
    entered = _flag(required=True)
    entry_consent_by = Text(most=60, load_default=None, allow_none=True)
    vulnerable_person = _flag(required=True)
    vulnerable_note = Text(most=500, load_default=None, allow_none=True)
    asked_to_leave = _flag(required=True)
    unsafe = _flag(load_default=False)
    recording_refused = _flag(load_default=False)
    benefits_offered = _flag(required=True)
    cash_offered = _flag(required=True)
    relief_requested = _flag(load_default=False)
    note = Text(most=2000, least=0, load_default="")


class PhoneLearnt(Strict):
    """V19: a telephone of the debtor or of somebody in touch with them."""

    id = Id(required=True)
    number = Telephone(required=True)
    owner = fields.Enum(PhoneOwner, by_value=True, required=True)
    owner_name = Text(most=60, least=0, load_default="")
    relation = Text(most=60, least=0, load_default="")
    emergency_contact = _flag(load_default=False)
    at = Instant(required=True)


class AddressLearnt(Strict):
    """V19: an address of the debtor, as it was told."""

    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = Text(most=300, required=True)
    at = Instant(required=True)


class OutcomeNew(Strict):
    """`debtor_gone`: the debtor is gone and nobody there is in touch with them (X5)."""

    id = Id(required=True)
    outcome = fields.Enum(AddressOutcome, by_value=True, required=True)
    debtor_gone = _flag(required=True)
    note = Text(most=2000, least=0, load_default="")


class FollowUpNew(Strict):
    """V7: a visit to another address of the debtor. `id` becomes the id of the new visit."""

    id = Id(required=True)
    address_id = Id(required=True)
    on_the_spot = _flag(required=True)
    at = Instant(required=True)


class Acknowledgement(OnceWithDay):
    """C5: who called back, and on which day."""

    by = Text(most=60, required=True)
