"""What the desk's pages of group robots send (S15)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from api_schemas.base import PageQuery, Strict, Text
from api_schemas.messages import WebhookNew


class WebhookList(PageQuery):
    """The robots within reach."""


class WebhookForm(WebhookNew):
    """A new robot; its address and secret go in and never come out."""


class WebhookChange(Strict):
    """What is left empty stays; a secret is taken away by its tick."""

    name = Text(most=60, required=True)
    url = Text(most=500, load_only=True)
    secret = Text(most=200, load_only=True)
    without_secret = fields.Boolean(load_default=False)

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"secret": None} if data.pop("without_secret") else data


class WebhookSwitch(Strict):
    enabled = fields.Boolean(required=True)
