"""The one shape of an error: RFC 9457 with our extensions `remedy`, `clause` and `errors`."""

from __future__ import annotations

from marshmallow import fields

from api_schemas.base import Strict


class Words(Strict):
    """A sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class ProblemError(Strict):
    """One thing that is wrong: the code, the policy's clause, the field, the facts, the words and what to do next."""

    code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    message = fields.Nested(Words, required=True)
    remedy = fields.Nested(Words, required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class ProblemDocument(Strict):
    """`application/problem+json`; `title` is the stable code of the first error."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    remedy = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(ProblemError), required=True)
