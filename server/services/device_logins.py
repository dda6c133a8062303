"""Logins that are bound to a company device (S1, V20): by a signature of its key, at binding and at each renewal.

A refresh token that was copied off a phone renews nothing, for the private half of the key cannot be taken out of it.
It refuses a key that was revoked or is somebody else's; who has the device by the register is asked at the visit (V1).
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.capture_manifests import DeviceKey
from server.domain.phone_custody import DEVICE_UNPROVEN
from server.domain.problems import UNAUTHENTICATED, problem
from server.services.ports.people import LoginSession
from server.services.ports.signatures import SignatureCheck
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Proof:
    """A text and the signature over it by the key of a device, in base64url."""

    text: str
    signature: str


def bind(uow: UnitOfWork, signatures: SignatureCheck, actor: Actor, key_id: str, proof: Proof) -> DeviceKey:
    """Bind the login to the device whose key signed its access token."""
    key = uow.device_keys.get(key_id)
    if (
        key is None
        or key.account_id != actor.account_id
        or not key.in_force(uow.now)
        or not _fits(signatures, key, proof)
        or actor.session_id is None
    ):
        raise problem(DEVICE_UNPROVEN, "key_id")
    uow.sessions.bind(actor.session_id, key.device_id, key.id)
    detail = {"device_id": key.device_id, "key_id": key.id}
    uow.audit(AuditEntry("login.bound", "login_session", actor.session_id, detail))
    return key


def bound_key(uow: UnitOfWork, actor: Actor) -> DeviceKey | None:
    """The key of the device that this login is bound to."""
    session = None if actor.session_id is None else uow.sessions.get(actor.session_id)
    return None if session is None or session.key_id is None else uow.device_keys.get(session.key_id)


def refuse_unproven(
    uow: UnitOfWork, signatures: SignatureCheck, session: LoginSession, proof: Proof | None
) -> None:
    """A bound login is renewed by its device alone."""
    if session.key_id is None:
        return
    key = uow.device_keys.need(session.key_id)
    if proof is None or not key.in_force(uow.now) or not _fits(signatures, key, proof):
        raise problem(UNAUTHENTICATED, why="device_unproven")


def _fits(signatures: SignatureCheck, key: DeviceKey, proof: Proof) -> bool:
    return proof.text.isascii() and signatures.fits(key.x, key.y, proof.text.encode(), proof.signature)
