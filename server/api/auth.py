"""Routes of signing in, staying in and signing out."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest import Blueprint

from api_schemas.people import Credentials, DeviceOfLogin, Me, PasswordChange, SessionList, Tokens
from server.domain.access import Permission
from server.domain.people import (
    ACCOUNT_CLOSED,
    ACCOUNT_LOCKED,
    PASSWORD_EXPIRED,
    PASSWORD_REUSED,
    PASSWORD_WEAK,
    WRONG_CREDENTIALS,
)
from server.domain.phone_custody import DEVICE_UNPROVEN
from server.domain.problems import UNAUTHENTICATED
from server.services import accounts, device_logins, login
from server.services.device_logins import Proof
from server.services.house import House
from server.web.auth import device_asked, device_proof, refresh_token_id, token_shown, tokens
from server.web.endpoint import Call, endpoint, open_endpoint

blueprint = Blueprint("auth", __name__, url_prefix="/api/v1/auth", description="Signing in (S1 to S3)")

_AT_THE_DOOR = (WRONG_CREDENTIALS, ACCOUNT_LOCKED, ACCOUNT_CLOSED)


@open_endpoint(
    blueprint, "POST", "/login", body=Credentials, answer=Tokens, problems=[*_AT_THE_DOOR, PASSWORD_EXPIRED]
)
def sign_in(house: House, body: dict[str, Any]) -> dict[str, object]:
    """Sign in with user name and password. The third wrong try in a row locks the account for 30 minutes (S3)."""
    logged_in = login.sign_in(
        house,
        body["username"],
        body["password"],
        device_id=device_asked(),
        user_agent=request.headers.get("User-Agent", ""),
    )
    return tokens(logged_in)


@open_endpoint(
    blueprint,
    "POST",
    "/password",
    body=PasswordChange,
    answer=None,
    status=204,
    problems=[*_AT_THE_DOOR, PASSWORD_WEAK, PASSWORD_REUSED],
)
def change_password(house: House, body: dict[str, Any]) -> None:
    """Change the own password with the old one (S2); also the way in when its period is over. Ends every session."""
    login.change_password(house, body["username"], body["password"], body["new_password"])


@open_endpoint(blueprint, "POST", "/refresh", answer=Tokens, problems=[UNAUTHENTICATED, ACCOUNT_CLOSED])
def refresh(house: House, _body: dict[str, Any]) -> dict[str, object]:
    """Exchange the refresh token (as the bearer) for new tokens. Using one twice ends the session.

    A login that is bound to a device sends the signature of its key over the token in X-Device-Signature (V20).
    """
    jti, proof = refresh_token_id(), device_proof(token_shown())
    return tokens(login.refresh(house, jti, device_id=device_asked(), proof=proof))


@endpoint(
    blueprint,
    "POST",
    "/device",
    needs=[Permission.DEVICES_ENROL],
    body=DeviceOfLogin,
    answer=None,
    status=204,
    problems=[DEVICE_UNPROVEN],
)
def bind_device(call: Call) -> None:
    """Bind this login to the company device whose key signed its access token: it ends with the key (S1, V20)."""
    proof = Proof(token_shown(), call.body["signature"])
    device_logins.bind(call.uow, call.house.signatures, call.actor, call.body["key_id"], proof)


@endpoint(blueprint, "POST", "/logout", needs=[Permission.SELF], answer=None, status=204)
def sign_out(call: Call) -> None:
    """End this session."""
    login.sign_out(call.uow, call.actor)


@endpoint(blueprint, "GET", "/me", needs=[Permission.SELF], answer=Me)
def me(call: Call) -> dict[str, object]:
    """Who I am and what my posts let me do."""
    actor = call.actor
    return {
        "account_id": actor.account_id,
        "username": actor.username,
        "display_name": actor.display_name,
        "posts": sorted(actor.posts),
        "grants": [{"permission": p, "scope": s} for p, s in sorted(actor.grants.items())],
        "branch_id": actor.branch_id,
    }


@endpoint(blueprint, "GET", "/sessions", needs=[Permission.SELF], answer=SessionList)
def list_sessions(call: Call) -> dict[str, object]:
    """My open sessions."""
    return {"items": call.uow.sessions.open_of(call.actor.account_id)}


@endpoint(
    blueprint, "DELETE", "/sessions/<uuid:session_id>", needs=[Permission.SELF], answer=None, status=204
)
def end_session(call: Call) -> None:
    """End one of my sessions."""
    accounts.end_session(call.uow, call.actor, call.path["session_id"])
