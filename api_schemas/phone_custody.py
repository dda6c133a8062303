"""The wire contract of what lies unsent on phones: sealed keys, what a phone tells, a recorded loss (S19)."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, Reason, Strict, Text
from api_schemas.people import Tokens

LossRecorded = Reason


class SealedKeyGiven(Strict):
    """ECDH over P-256, HKDF-SHA-256, AES-256-GCM; in base64url, `ephemeral` the phone's point of 65 bytes."""

    key_id = Text(most=16, required=True)
    ephemeral = Text(least=87, most=87, required=True)
    iv = Text(least=16, most=16, required=True)
    data = Text(least=64, most=64, required=True)


class VaultToOpen(Strict):
    """`account_id` is whose phone it is; `reason` why the PIN does not do."""

    account_id = Id(required=True)
    sealed = fields.Nested(SealedKeyGiven, required=True)
    reason = Text(most=300, required=True)


class OpenedVaultView(Strict):
    """`key` in base64url; `tokens` where IT opened it: a login in that person's name that can send and nothing else."""

    key = fields.String(required=True)
    tokens = fields.Nested(Tokens, required=True, allow_none=True)


class UnsentTold(Strict):
    """What lies on the phone alone; `oldest_at` when the oldest of it was captured."""

    items = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1_000_000))
    bytes = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1 << 42))
    set_aside = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1_000_000))
    oldest_at = Instant(load_default=None, allow_none=True)
