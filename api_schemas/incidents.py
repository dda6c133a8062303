"""The wire contract of incidents."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, PageQuery, Strict, Text, page_of


class IncidentNew(Strict):
    """`kind` is a short code of what happened, `clause` the one that it touches. About oneself: a self-report (F7)."""

    id = Id(required=True)
    kind = Text(most=60, required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]*\Z"))
    clause = Text(most=4, required=True, validate=validate.Regexp(r"[A-Z][0-9]{1,2}\Z"))
    placement_id = Id(load_default=None, allow_none=True)
    visit_id = Id(load_default=None, allow_none=True)
    about_account_id = Id(load_default=None, allow_none=True)
    note = Text(most=2000, required=True)


class IncidentView(Strict):
    id = Id(required=True)
    kind = fields.String(required=True)
    clause = fields.String(required=True)
    placement_id = fields.String(required=True, allow_none=True)
    visit_id = fields.String(required=True, allow_none=True)
    about_account_id = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    self_reported = fields.Boolean(required=True)
    opened_at = Instant(required=True)
    opened_by = fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_by = fields.String(required=True, allow_none=True)
    closing_note = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


IncidentPage = page_of(IncidentView, "IncidentPage")


class IncidentQuery(PageQuery):
    open = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class IncidentClosing(Strict):
    id = Id(required=True)
    note = Text(most=2000, required=True)
