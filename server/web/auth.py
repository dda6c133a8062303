"""Tokens: what a decided login looks like on the wire, and who a request comes from (flask-jwt-extended)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import current_app, request
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from server.domain.problems import INVALID_INPUT, UNAUTHENTICATED, problem
from server.services.device_logins import Proof
from server.services.login import LoggedIn
from server.web.known_tokens import KnownTokens

ACCESS_LIFETIME = timedelta(minutes=15)
DEVICE_HEADER = "X-Device"
SIGNATURE_HEADER = "X-Device-Signature"
_DEVICE_LIMIT = 100


def tokens(logged_in: LoggedIn) -> dict[str, object]:
    """The two tokens. A refresh token is a function of its row, so that a repeat gets the same text again."""
    refresh = logged_in.refresh
    csrf = _csrf_of(logged_in.session.id)
    return {
        "access_token": create_access_token(
            logged_in.account.id,
            expires_delta=ACCESS_LIFETIME,
            additional_claims={"sid": logged_in.session.id, "csrf": csrf},
        ),
        "refresh_token": create_refresh_token(
            logged_in.account.id,
            expires_delta=False,  # the row says until when; a restored clock must not revive a token
            additional_claims={
                "sid": logged_in.session.id,
                "jti": refresh.id,
                "csrf": csrf,
                "iat": 0,  # the row knows when; a house clock ahead of the machine's is no token from the future
            },
        ),
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
    }


def _csrf_of(session_id: str) -> str:
    """One for the whole session: a form that was opened before the tokens were renewed can still be sent."""
    key = current_app.config["JWT_SECRET_KEY"]
    return hmac.new(key, f"csrf {session_id}".encode(), hashlib.sha256).hexdigest()


def bearer() -> tuple[str, str]:
    """Account id and session id of the access token that the request carries; refused as unauthenticated without."""
    known: KnownTokens = current_app.extensions["fieldvisit.known_tokens"]
    header = request.headers.get("Authorization", "")
    found = known.find(header)
    if found is not None:
        return found.account_id, found.session_id
    _verify()
    claims = get_jwt()
    if header:  # whatever may let in besides one day, a verdict is only ever of what was shown in the header
        known.keep(header, claims)
    return str(claims["sub"]), str(claims["sid"])


def refresh_token_id() -> str:
    """The jti of the refresh token that the request carries."""
    _verify(refresh=True)
    return str(get_jwt()["jti"])


def device_proof(text: str) -> Proof | None:
    """The signature of a device over the text, where the request carries one."""
    signature = request.headers.get(SIGNATURE_HEADER)
    return None if signature is None else Proof(text, signature)


def token_shown() -> str:
    """The text of the token that the request carries."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _verify(*, refresh: bool = False) -> None:
    """flask-jwt-extended would answer in a shape of its own; ours is the one shape of all errors."""
    try:
        verify_jwt_in_request(refresh=refresh)
    except (JWTExtendedException, PyJWTError) as error:
        raise problem(UNAUTHENTICATED, why=type(error).__name__) from error


def device_asked() -> str | None:
    """The device that the request says it comes from; None for a browser at a desk."""
    device = request.headers.get(DEVICE_HEADER)
    if device is not None and not (0 < len(device) <= _DEVICE_LIMIT and device.isprintable()):
        raise problem(
            INVALID_INPUT, DEVICE_HEADER, field_zh="设备", field_en=DEVICE_HEADER, detail="not a device id"
        )
    return device
