"""The wire contract of what the writes of a visit answer, and of message templates."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from api_schemas.visit_parts import FindingView, VisitMoment
from api_schemas.visit_views import AnswersView, CallView, ContactView, TopicView, topics
from server.domain.disclosure import v10_total_debt_visible, v14_talk_rules
from server.domain.masking import masked_telephone
from server.domain.placements import AddressKind, PhoneOwner
from server.domain.visits import AddressOutcome, VisitContact


class ContactAnswer(ContactView):
    """The contact with what may be asked and said now, and whether the total debt may be shown (V10, V14)."""

    may_ask = fields.List(fields.Nested(TopicView), required=True)
    may_say = fields.List(fields.Nested(TopicView), required=True)
    total_debt_visible = fields.Boolean(required=True)

    def get_attribute(self, obj: VisitContact, attr: str, default: Any) -> Any:
        match attr:
            case "may_ask" | "may_say":
                rules = v14_talk_rules(
                    obj.who, knew_of_debt=obj.knew_of_debt, offered_to_repay=obj.offered_to_repay
                )
                return topics(getattr(rules, attr))
            case "total_debt_visible":
                return v10_total_debt_visible([obj])
            case _:
                return super().get_attribute(obj, attr, default)


class CallAnswer(Strict):
    """The call as kept; a breach of V9, V12 or V13 is among the findings."""

    call = fields.Nested(CallView, required=True)
    findings = fields.List(fields.Nested(FindingView), required=True)


class Dialled(Strict):
    """The number in clear, to be called now."""

    phone_id = Id(required=True, attribute="id")
    number = fields.String(required=True)


class AnswersAnswer(Strict):
    answers = fields.Nested(AnswersView, required=True)
    findings = fields.List(fields.Nested(FindingView), required=True)


class PhoneLearntView(Strict):
    """V19: kept; hidden when it repeats one on file (`duplicate_of_id`)."""

    id = Id(required=True)
    number = fields.Function(lambda phone: masked_telephone(phone.number), metadata={"type": "string"})
    owner = fields.Enum(PhoneOwner, by_value=True, required=True)
    duplicate_of_id = fields.String(required=True, allow_none=True)
    source_visit_id = fields.String(required=True, allow_none=True)


class AddressLearntView(Strict):
    """V19: kept; without a `county_code` the text did not settle which county it is in."""

    id = Id(required=True)
    kind = fields.Enum(AddressKind, by_value=True, required=True)
    text = fields.String(required=True)
    normalized = fields.String(required=True)
    county = fields.String(required=True)
    county_code = fields.String(required=True)
    duplicate_of_id = fields.String(required=True, allow_none=True)
    source_visit_id = fields.String(required=True, allow_none=True)


class OutcomeView(VisitMoment):
    outcome = fields.Enum(AddressOutcome, by_value=True, required=True, allow_none=True)
    outcome_note = fields.String(required=True)
    debtor_gone = fields.Boolean(required=True)


class FollowUpAnswer(Strict):
    """The new visit, and what the checks found where it began on the spot."""

    visit = fields.Nested(VisitMoment, required=True)
    parent_id = Id(required=True, attribute="visit.parent_id")
    address_id = Id(required=True, attribute="visit.address_id")
    findings = fields.List(fields.Nested(FindingView), required=True)


class TemplateNew(Strict):
    """V15: placeholders in braces are filled by the product; other words are as written."""

    id = Id(required=True)
    name = Text(most=60, required=True)
    body = Text(most=1000, required=True)
    replaces_id = Id(
        load_default=None, metadata={"description": "the text that this one is a new version of"}
    )


class TemplateView(Strict):
    id = Id(required=True)
    name = fields.String(required=True)
    body = fields.String(required=True)
    approved_by = fields.String(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)
    retired_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)
    replaces_id = Id(required=True, allow_none=True)


TemplatePage = page_of(TemplateView, "TemplatePage")


class TemplateQuery(PageQuery):
    usable = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})
