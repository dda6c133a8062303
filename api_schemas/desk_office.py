"""What the desk's pages of imports, people, devices and the house itself send (S1, S4, S17, S20, V20)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Reason, Strict, Text
from api_schemas.imports import ImportQuery
from api_schemas.registers import DEVICE_KINDS, DeviceQuery, HandoutNew
from api_schemas.wall_clock import WallClock
from server.domain.visits import PaperKind


class ImportList(ImportQuery):
    """The list's tabs and chips."""


class DeviceRegister(DeviceQuery):
    """The register's tabs."""


class DeviceForm(Strict):
    """V20: the serial never changes afterwards."""

    id = Id(required=True)
    label = Text(most=60, required=True)
    serial = Text(most=80, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(DEVICE_KINDS))


class HandOutForm(HandoutNew):
    """V20: `due_at` is the office's wall clock, as a browser's field gives it."""

    due_at = WallClock(required=True)


class KeyRevoked(Reason):
    key_id = Id(required=True)


class PaperIssueForm(Strict):
    """V21: papers given out by kind and purpose; a letter is issued where it is printed."""

    kind = fields.Enum(PaperKind, by_value=True, required=True, validate=validate.NoneOf([PaperKind.LETTER]))
    purpose = Text(most=300, required=True)
