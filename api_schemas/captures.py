"""The wire contract of the chain of captures: keys, manifests, what does not fit, and how much was recorded."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from api_schemas.base import Id, Instant, Reason, Strict, Text
from api_schemas.problems import Words
from server.domain.capture_chain import ChainFinding
from server.domain.capture_manifests import GapCause

MOST_SIGNED = 900_000  # a segment each ten seconds for six hours; a body of JSON has a megabyte

RevokeKey = Reason


class Signed(fields.String):
    """The text to the letter, neither trimmed nor written anew: its signature is over these bytes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=validate.Length(1, MOST_SIGNED), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not value.isascii() or "\x00" in value:
            raise ValidationError("must be a text in ASCII: escape everything else")
        return super()._deserialize(value, attr, data, **kwargs)


class PublicKey(Strict):
    """RFC 7517: the public half of an ECDSA key over P-256 as WebCrypto exports it."""

    kty = fields.String(required=True, validate=validate.OneOf(["EC"]))
    crv = fields.String(required=True, validate=validate.OneOf(["P-256"]))
    x = Text(least=43, most=43, required=True)
    y = Text(least=43, most=43, required=True)


class DeviceKeyNew(Strict):
    """V20: `code` is the one-time code that was made for the device where it was handed out."""

    id = Id(required=True)
    jwk = fields.Nested(PublicKey, required=True)
    code = Text(most=20, required=True)


class EnrolmentCodeView(Strict):
    """V20: `code` is in this answer alone; it is good once, until `expires_at`, for the one who has the device."""

    id = Id(required=True)
    device_id = Id(required=True)
    account_id = Id(required=True)
    code = fields.String(required=True)
    expires_at = Instant(required=True)


class DeviceKeyView(Strict):
    id = Id(required=True)
    device_id = Id(required=True)
    account_id = Id(required=True)
    jwk = fields.Function(
        lambda key: {"kty": "EC", "crv": "P-256", "x": key.x, "y": key.y}, metadata={"type": "object"}
    )
    enrolled_at = Instant(required=True)
    enrolled_by = fields.String(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    revoked_by = fields.String(required=True, allow_none=True)
    revoke_reason = fields.String(required=True, allow_none=True)


class DeviceKeyViews(Strict):
    items = fields.List(fields.Nested(DeviceKeyView), required=True)


class ManifestNew(Strict):
    """`signed` is the manifest exactly as it was signed; `signature` in base64url, r and s of 32 bytes each."""

    id = Id(required=True)
    key_id = Id(required=True)
    signed = Signed(required=True)
    signature = Text(most=200, required=True)


class ChainFindingView(Strict):
    """What does not fit, in words; `item_id` names the file where it is about one, `seq` the place in the chain."""

    code = fields.String(required=True)
    manifest_id = Id(required=True, allow_none=True)
    item_id = fields.String(required=True, allow_none=True)
    seq = fields.Integer(required=True, allow_none=True)
    message = fields.Nested(Words, required=True)

    def get_attribute(self, obj: ChainFinding, attr: str, default: Any) -> Any:
        if attr == "message":
            return {"zh": obj.zh(), "en": obj.en()}
        return super().get_attribute(obj, attr, default)


class ManifestReceipt(Strict):
    """S10: the manifest is kept; `findings` are what does not fit so far, `awaited` the files still to come."""

    id = Id(required=True)
    sha256 = fields.String(required=True)
    received_at = Instant(required=True)
    captures = fields.Integer(required=True)
    gaps = fields.Integer(required=True)
    findings = fields.List(fields.Nested(ChainFindingView), required=True)
    awaited = fields.List(fields.String(), required=True)


class ManifestView(Strict):
    id = Id(required=True, attribute="manifest.id")
    account_id = Id(required=True, attribute="manifest.account_id")
    key_id = Id(required=True, attribute="manifest.key_id")
    device_id = fields.Function(
        lambda sent: None if sent.key is None else sent.key.device_id, metadata={"type": ["string", "null"]}
    )
    sha256 = fields.String(required=True, attribute="manifest.sha256")
    received_at = Instant(required=True, attribute="manifest.received_at")
    captures = fields.Function(lambda sent: len(sent.captures), metadata={"type": "integer"})
    gaps = fields.Function(lambda sent: len(sent.gaps), metadata={"type": "integer"})
    signature_fits = fields.Boolean(required=True, attribute="fits")


class ChainView(Strict):
    """V2, V8: what the phones signed of a visit. A finding is a lead, never a verdict: a person decides."""

    manifests = fields.List(fields.Nested(ManifestView), required=True, attribute="sent")
    findings = fields.List(fields.Nested(ChainFindingView), required=True)
    awaited = fields.List(fields.String(), required=True, attribute="judged.awaited")


class GapView(Strict):
    """A time without a recording, and its cause as the phone reported it."""

    begins_at = Instant(required=True)
    ends_at = Instant(required=True)
    cause = fields.Enum(GapCause, by_value=True, required=True)


class CoverageView(Strict):
    """V2: milliseconds of the visit, of it recorded, and sound that nobody gave a time; gaps of over three seconds."""

    visit_ms = fields.Integer(required=True, allow_none=True)
    recorded_ms = fields.Integer(required=True, allow_none=True)
    per_mille = fields.Integer(required=True, allow_none=True)
    unplaced_ms = fields.Integer(required=True)
    gaps = fields.List(fields.Nested(GapView), required=True)
