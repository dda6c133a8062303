"""Signing in and staying in: password tries (S3), sessions, rotating refresh tokens, password changes (S2).

Owns the life of a login. It refuses to know tokens as strings: `server.web.auth` signs what is decided here.
Hashing is slow on purpose, so a try is charged in one transaction, the password verified outside any, and the try
settled in a second one: parallel guesses are counted before they are looked at.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta

from server.domain.access import Actor
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.people import (
    ACCOUNT_CLOSED,
    ACCOUNT_LOCKED,
    PASSWORD_EXPIRED,
    PASSWORD_REUSED,
    WRONG_CREDENTIALS,
    Account,
    after_wrong_try,
    locked,
    password_expired,
    password_findings,
)
from server.domain.phone_custody import SENDING_LIFETIME, sending_only
from server.domain.problems import UNAUTHENTICATED, problem, refuse_if
from server.services.device_logins import Proof, refuse_unproven
from server.services.house import House
from server.services.ports.people import LoginSession, RefreshToken
from server.services.ports.unit_of_work import UnitOfWork

REFRESH_LIFETIME = timedelta(days=14)
REPEAT_GRACE = timedelta(
    seconds=60
)  # an answer that was lost on the way is asked for again by the same device


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a login or a refresh yields: whose it is, the session, and the refresh token to hand out."""

    account: Account
    session: LoginSession
    refresh: RefreshToken


def sign_in(
    house: House, username: str, password: str, *, device_id: str | None, user_agent: str
) -> LoggedIn:
    """A new session, or the Problem of S1, S2 or S3 that stands against it."""
    account = _verified(house, username, password)
    with house.units.write(account.id) as uow:
        account = uow.accounts.need(account.id)
        edition = uow.policy.in_force_on(local_day(uow.now))
        if password_expired(account, now=uow.now, days=edition.password_days):
            raise problem(PASSWORD_EXPIRED, days=edition.password_days)
        session = LoginSession(
            uow.new_id(), account.id, device_id, uow.now, uow.now, None, None, user_agent[:200]
        )
        uow.sessions.add(session)
        refresh = _issue(uow, session)
        uow.audit(AuditEntry("login.opened", "login_session", session.id, {"device_id": device_id}))
        uow.commit()
        return LoggedIn(account, session, refresh)


def change_password(house: House, username: str, password: str, new_password: str) -> None:
    """Change the own password with the old one (S2); every session ends, so that a stolen one does too."""
    account = _verified(house, username, password)
    with house.units.read() as uow:
        edition = uow.policy.in_force_on(local_day(uow.now))
        former = [account.password_hash, *uow.accounts.former_hashes(account.id, edition.password_history)]
    refuse_if(password_findings(new_password, minimum=edition.password_min_length))
    if any(house.passwords.verify(one, new_password) for one in former):
        raise problem(PASSWORD_REUSED, "new_password")
    new_hash = house.passwords.hash(new_password)
    with house.units.write(account.id) as uow:
        current = uow.accounts.need(account.id)
        if current.password_hash != account.password_hash:
            raise problem(WRONG_CREDENTIALS)
        set_password(uow, current, new_hash, by_self=True)
        uow.commit()


def set_password(uow: UnitOfWork, account: Account, password_hash: str, *, by_self: bool) -> Account:
    """Put a hash in place of the last one, which joins the former ones; a password set by others must be changed."""
    uow.accounts.keep_former(uow.new_id(), account.id, account.password_hash, uow.now)
    uow.sessions.end_all(account.id, uow.now, "password_changed")
    uow.audit(AuditEntry("password.changed" if by_self else "password.reset", "account", account.id))
    return uow.accounts.save(
        dataclasses.replace(
            account,
            password_hash=password_hash,
            password_changed_at=uow.now if by_self else None,
            wrong_tries=0,
            locked_until=None,
        )
    )


def open_for_sending(uow: UnitOfWork, actor: Actor, account_id: str, device_id: str) -> LoggedIn:
    """S19: a login in somebody's name, opened by IT on their phone, that can send what lies there and nothing else."""
    account = uow.accounts.need(account_id)
    session = LoginSession(
        id=uow.new_id(),
        account_id=account.id,
        device_id=device_id,
        started_at=uow.now,
        last_used_at=uow.now,
        ended_at=None,
        end_reason=None,
        user_agent="",
        opened_by=actor.account_id,
    )
    uow.sessions.add(session)
    detail = {"device_id": device_id, "account_id": account.id, "opened_by": actor.account_id}
    uow.audit(AuditEntry("login.opened_for_sending", "login_session", session.id, detail))
    return LoggedIn(account, session, _issue(uow, session))


def refresh(house: House, jti: str, *, device_id: str | None, proof: Proof | None = None) -> LoggedIn:
    """Rotate a refresh token. One used before ends its whole family, but for the same device's repeat within 60 s.

    A login that is bound to a device is renewed with the signature of its key over the token, and not without (V20).
    """
    with house.units.write() as uow:
        token = uow.sessions.token(jti)
        session = None if token is None else uow.sessions.get(token.session_id)
        if token is None or session is None or session.ended_at is not None or token.expires_at <= uow.now:
            raise problem(UNAUTHENTICATED, why="session_ended")
        account = uow.accounts.need(session.account_id)
        if account.left_on is not None and session.opened_by is None:
            raise problem(ACCOUNT_CLOSED)
        refuse_unproven(uow, house.signatures, session, proof)
        successor = _successor(uow, token, session, device_id)
        if successor is None:
            uow.sessions.end(session.id, uow.now, "refresh_token_reused")
            uow.audit(
                AuditEntry("login.ended", "login_session", session.id, {"reason": "refresh_token_reused"})
            )
            uow.commit()
            raise problem(UNAUTHENTICATED, why="refresh_token_reused")
        uow.sessions.touch(session.id, uow.now)
        uow.commit()
        return LoggedIn(account, session, successor)


def sign_out(uow: UnitOfWork, actor: Actor) -> None:
    """End the session of the one who asks."""
    if actor.session_id is not None:
        uow.sessions.end(actor.session_id, uow.now, "signed_out")
        uow.audit(AuditEntry("login.ended", "login_session", actor.session_id, {"reason": "signed_out"}))


def actor_of(uow: UnitOfWork, account_id: str, session_id: str) -> Actor:
    """Who asks, as of this transaction: a session that ended or a person who left is refused at once (S1)."""
    asking = uow.sessions.asking(session_id)
    if asking is None or asking.account_id != account_id or asking.ended_at is not None:
        raise problem(UNAUTHENTICATED, why="session_ended")
    if asking.left_on is not None and asking.opened_by is None:
        raise problem(ACCOUNT_CLOSED)
    grants = uow.grants.of(asking.posts)
    return Actor(
        account_id=asking.account_id,
        username=asking.username,
        display_name=asking.display_name,
        posts=frozenset(asking.posts),
        grants=grants if asking.opened_by is None else sending_only(grants),
        branch_id=asking.branch_id,
        team_id=asking.team_id,
        project_id=asking.project_id,
        session_id=asking.session_id,
        device_id=asking.device_id,
    )


def _successor(
    uow: UnitOfWork, token: RefreshToken, session: LoginSession, device_id: str | None
) -> RefreshToken | None:
    if token.used_at is None:
        successor = _issue(uow, session)
        uow.sessions.use_token(token.id, uow.now, successor.id)
        return successor
    repeat = uow.now - token.used_at <= REPEAT_GRACE and device_id == session.device_id
    if not repeat or token.successor_id is None:
        return None
    successor_token = uow.sessions.token(token.successor_id)
    if successor_token is None or successor_token.used_at is not None:
        return None
    return successor_token


def _issue(uow: UnitOfWork, session: LoginSession) -> RefreshToken:
    until = session.started_at + SENDING_LIFETIME if session.opened_by else uow.now + REFRESH_LIFETIME
    token = RefreshToken(uow.new_id(), session.id, uow.now, until, None, None)
    uow.sessions.add_token(token)
    return token


def _verified(house: House, username: str, password: str) -> Account:
    """The account whose password this is. Charges the try first, verifies outside, settles after (S3)."""
    account = _charge(house, username)
    right = house.passwords.verify(None if account is None else account.password_hash, password)
    if account is None:
        raise problem(WRONG_CREDENTIALS)
    if not right:
        _log_lock(house, account)
        raise problem(WRONG_CREDENTIALS)
    with house.units.write(account.id) as uow:
        current = uow.accounts.need(account.id)
        settled = uow.accounts.save(dataclasses.replace(current, wrong_tries=0, locked_until=None))
        uow.commit()
    return settled


def _charge(house: House, username: str) -> Account | None:
    """Count a try as wrong before it is looked at; None for an unknown name. A locked account is refused unlooked."""
    with house.units.write() as uow:
        account = uow.accounts.by_username(username)
        if account is None:
            return None
        if account.left_on is not None:
            raise problem(ACCOUNT_CLOSED)
        if locked(account, uow.now):
            raise problem(ACCOUNT_LOCKED, until=account.locked_until)
        edition = uow.policy.in_force_on(local_day(uow.now))
        tries, until = after_wrong_try(
            account, uow.now, lock_after=edition.lock_after, lock_minutes=edition.lock_minutes
        )
        charged = uow.accounts.save(dataclasses.replace(account, wrong_tries=tries, locked_until=until))
        uow.commit()
        return charged


def _log_lock(house: House, charged: Account) -> None:
    """S3: a lock stands in the audit log; it is written once the try is known to be wrong."""
    if charged.locked_until is None:
        return
    with house.units.write() as uow:
        detail = {"wrong_tries": charged.wrong_tries, "until": charged.locked_until.isoformat()}
        uow.audit(AuditEntry("account.locked", "account", charged.id, detail))
        uow.commit()
