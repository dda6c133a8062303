"""The wire contract of what a phone tells of itself for IT: codes and counts, nowhere a word that names somebody."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Instant, Strict, Text

_MOST = 1 << 42
_CODE = r"[a-z0-9_]{1,60}"


def _flag() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False})


def _count(most: int = 1_000_000) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(0, most))


def _matches(pattern: str, *, allow_none: bool = False) -> fields.String:
    return fields.String(
        required=True, allow_none=allow_none, validate=validate.Regexp(rf"\A(?:{pattern})\Z")
    )


class SupportItem(Strict):
    """One item that waits: what it is, how it stands, the code for which it was set aside."""

    what = _matches(_CODE)
    lane = _matches("small|sound")
    state = _matches("waiting|sending|set_aside")
    tries = _count()
    size = _count(_MOST)
    sent = _count(_MOST)
    age_seconds = _count(1 << 31)
    why = _matches(_CODE, allow_none=True)


class SupportError(Strict):
    """What went wrong: a code or the name of an error with its place in the app's files."""

    at = Instant(required=True)
    what = _matches(_CODE)
    code = _matches(r"[A-Za-z0-9_.: -]{1,120}")


class SupportBundleNew(Strict):
    """`edition` is that of the app's files, `agent` the browser's own name, `synced_at` when the day last came."""

    id = Id(required=True)
    at = Instant(required=True)
    app_version = _count()
    edition = _matches(r"[A-Za-z0-9_-]{1,20}")
    agent = Text(most=300, required=True)
    language = _matches("zh|en")
    installed = _flag()
    persistent = _flag()
    online = _flag()
    wifi = fields.Boolean(required=True, allow_none=True, truthy={True}, falsy={False})
    sound_goes = _matches("always|wifi|paused")
    room = _matches("enough|little|none")
    free_mib = fields.Integer(
        required=True, allow_none=True, strict=True, validate=validate.Range(0, 1 << 30)
    )
    clock_ahead_ms = fields.Integer(required=True, strict=True, validate=validate.Range(-_MOST, _MOST))
    synced_at = Instant(required=True, allow_none=True)
    recording = _flag()
    unsent = _count()
    unsent_bytes = _count(_MOST)
    set_aside = _count()
    items = fields.List(fields.Nested(SupportItem), required=True, validate=validate.Length(0, 100))
    errors = fields.List(fields.Nested(SupportError), required=True, validate=validate.Length(0, 20))


class SupportBundleView(Strict):
    """Who sent it from the device and when it came; `told` is the bundle as it was sent."""

    account_id = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)
    told = fields.Dict(required=True)


class SupportBundleViews(Strict):
    items = fields.List(fields.Nested(SupportBundleView), required=True)
