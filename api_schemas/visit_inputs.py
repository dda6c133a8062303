"""The wire contract of what phones and desks write about a visit. Times are the phone's own, with an offset.

No field holds cash that was received (V4) or a reduction or instalments that were agreed (V16).
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, Latitude, Longitude, Metres, Strict, Text
from server.domain.visits import CheckDirection, CheckInWay

_PHONE_WAYS = (CheckInWay.OWN_DEVICE, CheckInWay.PARTNER_CODE)


class CheckInNew(Strict):
    """V1. `partner_code`: the partner's `account_id` and `code`, typed on the device of the one who sends this.

    `began_offline`: the visit had begun before the server could be asked; it is kept with what stood against it.
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
    device_id = Text(most=100, load_default=None, allow_none=True)
    account_id = Id(load_default=None, allow_none=True)
    code = Text(most=12, load_default=None, allow_none=True)
    began_offline = fields.Boolean(load_default=False, truthy={True}, falsy={False})

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
