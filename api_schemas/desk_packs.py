"""What the desk's pages of evidence packs send (S11, S16, S22)."""

from __future__ import annotations

from marshmallow import fields

from api_schemas.base import Id, PageQuery, Strict, Text
from server.domain.evidence_packs import PackRecipient, PackState


class PackList(PageQuery):
    state = fields.Enum(PackState, by_value=True, load_default=None)


class PackCaseQuery(Strict):
    """Of which case, once somebody said it; `visit_id` is the visit that was open then."""

    case_number = Text(most=64, load_default=None)
    visit_id = Id(load_default=None)


class PackForm(Strict):
    """S16: without `visit_id` it is the whole case."""

    id = Id(required=True)
    placement_id = Id(required=True)
    visit_id = Id(load_default=None)
    recipient = fields.Enum(PackRecipient, by_value=True, required=True)
    recipient_name = Text(most=100, required=True)
    purpose = Text(most=500, required=True)
