"""The wire contract of QA's samples and checks (S12)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.quality import Breach, DrawnBy, Verdict

_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")


class SampleNew(Strict):
    month = fields.String(required=True, validate=_MONTH)


class SampleView(Strict):
    """`seed` and the frame's digest are what it can be drawn again by."""

    id = Id(required=True, attribute="sample.id")
    month = fields.String(required=True, attribute="sample.month")
    seed = fields.String(required=True, attribute="sample.seed")
    population = fields.Integer(required=True, attribute="sample.population")
    frame_sha256 = fields.String(required=True, attribute="sample.frame_sha256")
    drawn_at = Instant(required=True, attribute="sample.drawn_at")
    drawn_by = fields.String(required=True, attribute="sample.drawn_by")
    drawn = fields.Integer(required=True)
    checked = fields.Integer(required=True)


class SampleList(Strict):
    items = fields.List(fields.Nested(SampleView), required=True)


class RedrawnView(Strict):
    """Whether the month as it stood then, and the visits that the seed draws of it, are the ones on record."""

    same_frame = fields.Boolean(required=True)
    same_visits = fields.Boolean(required=True)


class QualityItemQuery(PageQuery):
    checked = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class QualityCheckNew(Strict):
    """`breaches` are codes of the check list; `void_proposed` puts it before the manager (V8)."""

    id = Id(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    breaches = fields.List(
        fields.Enum(Breach, by_value=True), load_default=list, validate=validate.Length(max=len(Breach))
    )
    note = Text(least=0, most=2000, load_default="")
    void_proposed = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class QualityCheckView(Strict):
    id = Id(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    breaches = fields.List(fields.Enum(Breach, by_value=True), required=True)
    note = fields.String(required=True)
    void_proposed = fields.Boolean(required=True)
    checked_by = fields.String(required=True)
    checked_at = Instant(required=True)


class QualityItemView(Strict):
    id = Id(required=True, attribute="item.id")
    visit_id = Id(required=True, attribute="item.visit_id")
    position = fields.Integer(required=True, attribute="item.position")
    drawn_by = fields.Enum(DrawnBy, by_value=True, required=True, attribute="item.drawn_by")
    weight = fields.Integer(required=True, attribute="item.weight")
    case_number = fields.String(required=True, attribute="brief.placement.case_number")
    checks = fields.List(fields.Nested(QualityCheckView), required=True)


QualityItemPage = page_of(QualityItemView, "QualityItemPage")
