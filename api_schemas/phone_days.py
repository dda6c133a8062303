"""The wire contract of a phone's day: everything that is needed at a door without a network, masked (S19, S5, V14)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api_schemas.base import Day, Id, Instant, Strict
from api_schemas.phone_checks import ConsentView
from api_schemas.visit_views import CallDayView, HoldShown, TopicView, VisitBriefView, VisitPhoneView, topics
from server.domain.phone_days import Standing, TalkCard
from server.domain.policy.editions import Edition
from server.domain.visits import ContactWho


class TeamMateView(Strict):
    id = Id(required=True)
    name = fields.String(required=True)


class DeviceInHand(Strict):
    """V20: a company device that was handed to the one who asks."""

    id = Id(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True)


class SealingKeyView(Strict):
    """S19: the server's public key (P-256, RFC 7518), to which the phone seals the key of its vault."""

    id = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String(required=True)


class TalkCardView(Strict):
    """V14, V10: what may be asked of and said to such a person."""

    who = fields.Enum(ContactWho, by_value=True, required=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    may_ask = fields.List(fields.Nested(TopicView), required=True)
    may_say = fields.List(fields.Nested(TopicView), required=True)

    def get_attribute(self, obj: TalkCard, attr: str, default: Any) -> Any:
        if attr in ("may_ask", "may_say"):
            return topics(getattr(obj.rules, attr))
        return super().get_attribute(obj, attr, default)


class PhonePolicy(Strict):
    """The policy's numbers of the day: V9 `visit_hours` in Shanghai, V2, S3 and S18."""

    visit_hours = fields.List(fields.String(), required=True)
    presence_metres = fields.Integer(required=True)
    presence_minutes = fields.Integer(required=True)
    upload_hours = fields.Integer(required=True)
    lock_after = fields.Integer(required=True)
    lock_minutes = fields.Integer(required=True)
    idle_lock_phone_seconds = fields.Integer(required=True)

    def get_attribute(self, obj: Edition, attr: str, default: Any) -> Any:
        if attr == "visit_hours":
            return [f"{one:%H:%M}" for one in obj.visit_hours]
        return super().get_attribute(obj, attr, default)


class PhoneTemplateView(Strict):
    """V15: an approved text; the server fills its placeholders when the message is queued."""

    id = Id(required=True)
    name = fields.String(required=True)
    body = fields.String(required=True)


class PhoneVisitView(Strict):
    """`capture_nonce` is what the manifests of this visit carry; `present` who is proven to be there; `calls`: V9."""

    brief = fields.Nested(VisitBriefView, required=True)
    promise_due_on = Day(required=True, allow_none=True, attribute="brief.visit.promise_due_on")
    capture_nonce = fields.String(required=True, allow_none=True, attribute="brief.visit.capture_nonce")
    team = fields.List(fields.Nested(TeamMateView), required=True)
    hold = fields.Nested(HoldShown, required=True, allow_none=True)
    phones = fields.List(fields.Nested(VisitPhoneView), required=True)
    calls = fields.Nested(CallDayView, required=True)
    present = fields.List(fields.String(), required=True)


class PhoneDayView(Strict):
    """`least_app_version`: an app below it must be updated before it begins a visit; what it holds it still sends."""

    now = Instant(required=True)
    day = Day(required=True)
    least_app_version = fields.Integer(required=True)
    devices = fields.List(fields.Nested(DeviceInHand), required=True)
    sealing_key = fields.Nested(SealingKeyView, required=True)
    consent = fields.Nested(ConsentView, required=True)
    policy = fields.Nested(PhonePolicy, required=True, attribute="edition")
    talk = fields.List(fields.Nested(TalkCardView), required=True)
    templates = fields.List(fields.Nested(PhoneTemplateView), required=True)
    visits = fields.List(fields.Nested(PhoneVisitView), required=True)
