"""The wire contract of the registers: company devices (V20), papers taken along (V6, V21)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.visits import PaperKind
from server.services.ports.registers import DeviceList, PaperList

DEVICE_KINDS = ["phone", "recorder", "camera", "tablet", "other"]


class DeviceNew(Strict):
    """V20: `serial` is unique in the firm; without a day of maintenance it was checked today."""

    id = Id(required=True)
    label = Text(most=60, required=True)
    serial = Text(most=80, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(DEVICE_KINDS))
    last_maintained_on = Day(load_default=None, allow_none=True)
    branch_id = Id(load_default=None, allow_none=True)


class DeviceEdit(Strict):
    label = Text(most=60)
    kind = fields.String(validate=validate.OneOf(DEVICE_KINDS))


class DeviceQuery(PageQuery):
    listed = fields.Enum(DeviceList, by_value=True, load_default=None)


class HandoutNew(Strict):
    """`condition` is what was found when it was checked before it went out."""

    id = Id(required=True)
    account_id = Id(required=True)
    condition = Text(most=300, required=True)
    due_at = Instant(required=True)


class TakeBack(Strict):
    condition = Text(most=300, required=True)


class Maintenance(Strict):
    on = Day(required=True)
    note = Text(most=500, required=True)


class HandoutView(Strict):
    id = Id(required=True)
    device_id = Id(required=True)
    account_id = Id(required=True)
    issued_at = Instant(required=True)
    issued_by = fields.String(required=True)
    condition_out = fields.String(required=True)
    due_at = Instant(required=True)
    returned_at = Instant(required=True, allow_none=True)
    received_by = fields.String(required=True, allow_none=True)
    condition_in = fields.String(required=True, allow_none=True)


HandoutPage = page_of(HandoutView, "HandoutPage")


class UnsentView(Strict):
    """S19: what the phone last told lies on it alone; `lost_at`: IT has recorded that it will not come."""

    account_id = Id(required=True)
    items = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    set_aside = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)
    told_at = Instant(required=True)
    lost_at = Instant(required=True, allow_none=True)
    lost_by = fields.String(required=True, allow_none=True)
    lost_reason = fields.String(required=True, allow_none=True)


class DeviceView(Strict):
    """A device, whose hands it is in, what is due, and what its phone has told is unsent."""

    id = Id(attribute="device.id", required=True)
    branch_id = Id(attribute="device.branch_id", required=True)
    label = fields.String(attribute="device.label", required=True)
    serial = fields.String(attribute="device.serial", required=True)
    kind = fields.String(attribute="device.kind", required=True)
    last_maintained_on = Day(attribute="device.last_maintained_on", required=True, allow_none=True)
    retired_at = Instant(attribute="device.retired_at", required=True, allow_none=True)
    holder = fields.String(required=True, allow_none=True)
    handout = fields.Nested(HandoutView, required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    maintenance_due = fields.Boolean(required=True)
    unsent = fields.Nested(UnsentView, required=True, allow_none=True)
    version = fields.Integer(required=True)


DevicePage = page_of(DeviceView, "DevicePage")


class PaperNew(Strict):
    """V21: for one visit, with its purpose in words."""

    id = Id(required=True)
    kind = fields.Enum(PaperKind, by_value=True, required=True)
    purpose = Text(most=300, required=True)


class PaperQuery(PageQuery):
    listed = fields.Enum(PaperList, by_value=True, load_default=None)


class PapersToRelease(Strict):
    paper_ids = fields.List(Id(), required=True, validate=validate.Length(1, 200))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        if len(set(data["paper_ids"])) < len(data["paper_ids"]):
            raise ValidationError({"paper_ids": ["each paper once"]})


class PaperView(Strict):
    id = Id(attribute="paper.id", required=True)
    visit_id = Id(attribute="paper.visit_id", required=True)
    case_number = fields.String(required=True)
    kind = fields.Enum(PaperKind, by_value=True, attribute="paper.kind", required=True)
    purpose = fields.String(attribute="paper.purpose", required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["issued", "released", "left", "returned", "shredded"]),
    )
    due_on = Day(required=True)
    overdue = fields.Boolean(required=True)
    issued_at = Instant(attribute="paper.issued_at", required=True)
    issued_by = fields.String(attribute="paper.issued_by", required=True)
    released_at = Instant(attribute="paper.released_at", required=True, allow_none=True)
    released_by = fields.String(attribute="paper.released_by", required=True, allow_none=True)
    left_at = Instant(attribute="paper.left_at", required=True, allow_none=True)
    returned_at = Instant(attribute="paper.returned_at", required=True, allow_none=True)
    received_by = fields.String(attribute="paper.received_by", required=True, allow_none=True)
    shredded_at = Instant(attribute="paper.shredded_at", required=True, allow_none=True)
    shredded_by = fields.String(attribute="paper.shredded_by", required=True, allow_none=True)
    version = fields.Integer(required=True)


PaperPage = page_of(PaperView, "PaperPage")


class AwaitedCounterfoilView(Strict):
    """`escalates_at`: when the manager hears of it by itself (V6)."""

    letter_id = Id(attribute="letter.id", required=True)
    visit_id = Id(attribute="letter.visit_id", required=True)
    case_number = fields.String(required=True)
    left_on = Day(attribute="letter.left_on", required=True)
    manner = fields.String(attribute="letter.manner", required=True)
    escalates_at = Instant(required=True)
    escalated_at = Instant(attribute="letter.escalated_at", required=True, allow_none=True)


AwaitedCounterfoilPage = page_of(AwaitedCounterfoilView, "AwaitedCounterfoilPage")


class PaperViews(Strict):
    items = fields.List(fields.Nested(PaperView), required=True)
