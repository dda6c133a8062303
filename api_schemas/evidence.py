"""The wire contract of evidence: what is said of a file, the receipt, lists."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from api_schemas.base import Day, Id, Instant, Latitude, Longitude, Metres, PageQuery, Strict, Text, page_of
from server.domain.coordinates import Datum
from server.domain.evidence import EvidenceKind, EvidenceSource
from server.domain.visits import VisitState

SHA256 = validate.Regexp(r"[0-9a-f]{64}\Z", error="must be a SHA-256 in lower-case hex")
_NAME = validate.Regexp(r"[^/\\]+\Z", error="must be a name without folders")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NUMBERS = ("latitude", "longitude", "accuracy_m")


class EvidenceParticulars(Strict):
    """What is said of a file beside its bytes. `id` is the sender's: a repeat is answered with the first receipt."""

    id = Id(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    filename = Text(most=200, required=True, validate=_NAME)
    sha256 = fields.String(required=True, validate=SHA256)
    filetype = Text(most=100, metadata={"description": "the media type that the device gave the file"})
    captured_at = Instant()
    latitude = Latitude()
    longitude = Longitude()
    accuracy_m = Metres()
    datum = fields.Enum(Datum, by_value=True, load_default=Datum.WGS84)
    run = fields.Integer(
        validate=validate.Range(0, 100_000), metadata={"description": "which run of the recorder it is"}
    )

    @pre_load
    def _plain_numbers(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A query is text, and Python reads more spellings of a number than anybody sends."""
        wrong = {
            name: ["must be a number"]
            for name in _NUMBERS
            if name in data and not _NUMBER.fullmatch(str(data[name]))
        }
        if "run" in data and not re.fullmatch(r"[0-9]{1,6}", str(data["run"])):
            wrong["run"] = ["must be a whole number"]
        if wrong:
            raise ValidationError(wrong)
        return data

    @validates_schema
    def _whole_place(self, data: dict[str, Any], **_: Any) -> None:
        if ("latitude" in data) is not ("longitude" in data):
            raise ValidationError("latitude and longitude come together", "latitude")


class DeskParticulars(EvidenceParticulars):
    """V3: besides, who brought the file to the desk and why it was not sent by phone."""

    brought_by = Id(required=True)
    reason = Text(most=500, required=True)


class EvidenceReceipt(Strict):
    """S10: the phone erases its copy when `sha256` is that of its whole file."""

    id = Id(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True)
    received_at = Instant(required=True)


class EvidenceView(Strict):
    """A stored file with what it is and says of itself."""

    id = Id(required=True)
    visit_id = Id(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    account_id = Id(required=True)
    source = fields.Enum(EvidenceSource, by_value=True, required=True)
    brought_by = Id(required=True, allow_none=True)
    bring_reason = fields.String(required=True, allow_none=True)
    countersigned_by = Id(required=True, allow_none=True)
    countersigned_at = Instant(required=True, allow_none=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    captured_at = Instant(required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    accuracy_m = fields.Float(required=True, allow_none=True)
    datum = fields.Enum(Datum, by_value=True, required=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True, allow_none=True)
    run = fields.Integer(required=True, allow_none=True)
    notes = fields.List(fields.String(), required=True)
    received_at = Instant(required=True)
    late = fields.Boolean(required=True)
    has_thumbnail = fields.Function(lambda item: item.thumbnail_key is not None, required=True)
    has_screen = fields.Function(
        lambda item: item.screen_key is not None, required=True, metadata={"type": "boolean"}
    )
    has_playable = fields.Function(
        lambda item: item.playable_key is not None, required=True, metadata={"type": "boolean"}
    )


EvidencePage = page_of(EvidenceView, "EvidencePage")


class CountersignView(Strict):
    """S16: what IT sees of a file that the desk took in; no case data, and people name files after cases."""

    id = Id(required=True)
    visit_id = Id(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    account_id = Id(required=True)
    brought_by = Id(required=True)
    bring_reason = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    received_at = Instant(required=True)
    countersigned_by = Id(required=True, allow_none=True)
    countersigned_at = Instant(required=True, allow_none=True)


CountersignPage = page_of(CountersignView, "CountersignPage")


class ContentQuery(Strict):
    purpose = Text(most=200, metadata={"description": "S8: what a recording is heard for"})


class DeskVisitQuery(PageQuery):
    day = Day(metadata={"description": "YYYY-MM-DD; today without it"})


class DeskMember(Strict):
    id = Id(required=True)
    display_name = fields.String(required=True)


class DeskVisitView(Strict):
    """V3: number, team and time of a visit, and nothing else."""

    id = Id(required=True)
    team = fields.List(fields.Nested(DeskMember), required=True)
    state = fields.Enum(VisitState, by_value=True, required=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)


DeskVisitPage = page_of(DeskVisitView, "DeskVisitPage")


class LackingVisitView(Strict):
    """V2: a visit whose evidence is overdue."""

    id = Id(required=True)
    placement_id = Id(required=True)
    lead_id = Id(required=True, allow_none=True)
    partner_id = Id(required=True, allow_none=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


LackingVisitPage = page_of(LackingVisitView, "LackingVisitPage")
