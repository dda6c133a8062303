"""The wire contract of what is shown of a visit: its check-ins, findings, and what is still missing."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api_schemas.base import Id, Instant, Latitude, Longitude, Metres, Strict
from api_schemas.problems import Words
from server.domain.adverse import FINDING_WORDS
from server.domain.coordinates import Datum
from server.domain.missing import MISSING_WORDS, Missing
from server.domain.places import Against, Observed, PlaceVerdict, VisitPlace
from server.domain.problems import CATALOGUE
from server.domain.problems import Finding as Refusal
from server.domain.visits import CheckDirection, CheckInWay, Finding, VisitState


class Explained(Strict):
    """A code with its clause and its words, what to do next included where there is something to do."""

    code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    message = fields.Nested(Words, required=True)
    remedy = fields.Nested(Words, required=True, allow_none=True)


def explained(refusal: Refusal) -> dict[str, Any]:
    """A finding of the rules in words."""
    return {
        "code": refusal.kind.code,
        "clause": refusal.kind.clause,
        "message": {"zh": refusal.zh(), "en": refusal.en()},
        "remedy": {"zh": refusal.remedy_zh(), "en": refusal.remedy_en()},
    }


class CheckInView(Strict):
    """`refusal` says why it does not count; `provisional` until a manager confirmed a signature at the desk."""

    id = Id(required=True)
    visit_id = Id(required=True)
    account_id = Id(required=True)
    direction = fields.Enum(CheckDirection, by_value=True, required=True)
    way = fields.Enum(CheckInWay, by_value=True, required=True)
    at = Instant(required=True)
    latitude = Latitude(required=True, allow_none=True)
    longitude = Longitude(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    datum = fields.Enum(Datum, by_value=True, required=True)
    device_id = fields.String(required=True, allow_none=True)
    provisional = fields.Boolean(required=True)
    verified_by = fields.String(required=True, allow_none=True)
    refusal = fields.Nested(Explained, required=True, allow_none=True)
    received_at = Instant(required=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        if attr == "refusal":
            return None if obj.refusal is None else explained(Refusal(CATALOGUE[obj.refusal]))
        return super().get_attribute(obj, attr, default)


class FindingView(Strict):
    """Something adverse about the visit. `self_reported`: told by the team itself (F7)."""

    id = Id(required=True)
    code = fields.String(required=True)
    clause = fields.String(required=True)
    self_reported = fields.Boolean(required=True)
    message = fields.Nested(Words, required=True)
    note = fields.String(required=True)
    found_at = Instant(required=True)
    found_by = fields.String(required=True)

    def get_attribute(self, obj: Finding, attr: str, default: Any) -> Any:
        if attr == "message":
            return _finding_words(obj)
        return super().get_attribute(obj, attr, default)


def _finding_words(finding: Finding) -> dict[str, str]:
    if finding.code in FINDING_WORDS:
        zh, en = FINDING_WORDS[finding.code]
        return {"zh": zh, "en": en}
    return {"zh": finding.note, "en": Refusal(CATALOGUE[finding.code]).en()}


class MissingView(Strict):
    """What the visit lacks to count; `ids` names the phones not called."""

    code = fields.String(required=True)
    clause = fields.String(required=True)
    message = fields.Nested(Words, required=True)
    ids = fields.List(fields.String(), required=True)

    def get_attribute(self, obj: Missing, attr: str, default: Any) -> Any:
        if attr == "message":
            zh, en = MISSING_WORDS[obj.code]
            return {"zh": zh, "en": en}
        return super().get_attribute(obj, attr, default)


class VisitMoment(Strict):
    """A visit's state and times after a write."""

    id = Id(required=True)
    state = fields.Enum(VisitState, by_value=True, required=True)
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    superseded_by = fields.String(required=True, allow_none=True)
    desk_confirmed_by = fields.String(required=True, allow_none=True)
    voided_at = Instant(required=True, allow_none=True)
    ended_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class KnownPointView(Strict):
    """Where an address lies, WGS-84: as a geocoder says, or as an earlier visit found it."""

    latitude = Latitude(required=True)
    longitude = Longitude(required=True)
    accuracy_m = Metres(required=True)
    against = fields.Enum(Against, by_value=True, required=True)


class JudgedPlaceView(Strict):
    """One check-in or photo with its own verdict; the distance is the bare one, before accuracies are taken off."""

    source = fields.Enum(Observed, by_value=True, required=True, attribute="observation.source")
    id = Id(required=True, attribute="observation.id")
    verdict = fields.Enum(PlaceVerdict, by_value=True, required=True)
    distance_m = Metres(required=True, allow_none=True)
    accuracy_m = Metres(required=True, attribute="observation.accuracy_m")


class PlaceView(Strict):
    """Where the team was, by check-ins and photos, against where the address lies (V1, V8). A flag, never a refusal."""

    verdict = fields.Enum(PlaceVerdict, by_value=True, required=True)
    distance_m = Metres(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    against = fields.Enum(Against, by_value=True, required=True)
    clause = fields.String(required=True)
    flag = fields.Nested(Explained, required=True, allow_none=True)
    observations = fields.List(fields.Nested(JudgedPlaceView), required=True)

    def get_attribute(self, obj: VisitPlace, attr: str, default: Any) -> Any:
        if attr == "flag":
            return None if obj.flag is None else explained(obj.flag)
        return super().get_attribute(obj, attr, default)


class CheckInAnswer(Strict):
    """`present`: who of the two is proven to have been there. `missing` is told at check-out."""

    check_in = fields.Nested(CheckInView, required=True)
    visit = fields.Nested(VisitMoment, required=True)
    present = fields.List(fields.String(), required=True)
    place = fields.Nested(PlaceView, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingView), required=True)
    missing = fields.List(fields.Nested(MissingView), required=True)


class NotEnrolledView(Strict):
    """A note, not a flag: these phones had no key, so no manifest of theirs is missing."""

    message = fields.Nested(Words, required=True)
    account_ids = fields.List(fields.String(), required=True)


class PresenceCode(Strict):
    """V1: six digits that belong to this person, this visit and this half minute."""

    code = fields.String(required=True)
    valid_until = Instant(required=True)
