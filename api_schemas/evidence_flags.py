"""The wire contract of flags on evidence."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_dump

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.evidence_flags import FlagCode, FlagDecision, FlagState, sentences


class FlagView(Strict):
    """A flag: a lead for a person, never a verdict. The other visit is named to those who may read it."""

    id = Id(required=True)
    visit_id = Id(required=True)
    item_id = fields.String(required=True, allow_none=True)
    code = fields.Enum(FlagCode, by_value=True, required=True)
    other_item_id = fields.String(required=True, allow_none=True)
    other_visit_id = fields.String(required=True, allow_none=True)
    score = fields.Float(required=True, metadata={"description": "from 0 to 1"})
    sentence_zh = fields.String(required=True)
    sentence_en = fields.String(required=True)
    evidence = fields.Dict(required=True)
    state = fields.Enum(FlagState, by_value=True, required=True)
    raised_at = Instant(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_by = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    decision = fields.Enum(FlagDecision, by_value=True, required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)

    @pre_dump
    def _flatten(self, shown: Any, **_: Any) -> dict[str, Any]:
        flag = shown.flag
        values = {name: getattr(flag, name) for name in self.fields if hasattr(flag, name)}
        zh, en = sentences(flag)
        if not shown.other_within:
            values |= {"other_item_id": None, "other_visit_id": None}
        return values | {"sentence_zh": zh, "sentence_en": en}


FlagPage = page_of(FlagView, "FlagPage")


class FlagQuery(PageQuery):
    state = fields.Enum(FlagState, by_value=True)
    code = fields.Enum(FlagCode, by_value=True)
    visit_id = Id()


class FlagAnswer(Strict):
    id = Id(required=True)
    answer = Text(most=2000, required=True)


class FlagDeciding(Strict):
    """`void` voids the visit with an upheld flag (V8); the reason is then the voiding's too."""

    id = Id(required=True)
    decision = fields.Enum(FlagDecision, by_value=True, required=True)
    reason = Text(most=1000, required=True)
    void = fields.Boolean(load_default=False, truthy={True}, falsy={False})
