"""The wire contract of what comes before a visit: consent to recording and place, the phone's check of itself (V2)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, Strict
from api_schemas.problems import Words
from server.domain.consents import ConsentAsked


def _flag() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False})


class ConsentNew(Strict):
    """`version` is that of the text which was read."""

    id = Id(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10_000))


class ConsentView(Strict):
    """The text as it stands; `given_at` null: not consented to, or withdrawn."""

    version = fields.Integer(required=True)
    words = fields.Nested(Words, required=True)
    given_at = Instant(required=True, allow_none=True)

    def get_attribute(self, obj: ConsentAsked, attr: str, default: Any) -> Any:
        if attr == "words":
            return {"zh": obj.zh, "en": obj.en}
        return super().get_attribute(obj, attr, default)


class PreflightNew(Strict):
    """What works on the phone; `messenger`: the page runs inside a messenger's browser, which keeps nothing."""

    id = Id(required=True)
    at = Instant(required=True)
    free_mib = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(0, 1 << 30)
    )
    persistent = _flag()
    camera = _flag()
    microphone = _flag()
    place = _flag()
    wake_lock = _flag()
    installed = _flag()
    messenger = _flag()


class PreflightView(PreflightNew):
    account_id = Id(required=True)
    device_id = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)


class PreflightViews(Strict):
    items = fields.List(fields.Nested(PreflightView), required=True)
