"""What the use cases ask of the rows of people, and of the hashing of passwords."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from server.domain.access import Grants, Post, Reach
from server.domain.organisation import Client, Project
from server.domain.people import Account, Branch, Certificate, Team
from server.services.ports.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class LoginSession:
    """One login: a family of refresh tokens. Ended by logout, reuse, leaving, a password change or a revoked device.

    `key_id` is the key of the device that alone renews it; `opened_by` is who of IT opened it in the account's name, to
    send what lies unsent on a phone and for nothing else (S19).
    """

    id: str
    account_id: str
    device_id: str | None
    started_at: datetime
    last_used_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    user_agent: str
    key_id: str | None = None
    opened_by: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A login and of its account what every request asks: nothing of it is sealed."""

    session_id: str
    account_id: str
    device_id: str | None
    ended_at: datetime | None
    opened_by: str | None
    username: str
    display_name: str
    posts: tuple[Post, ...]
    branch_id: str | None
    team_id: str | None
    project_id: str | None
    left_on: date | None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token by its jti. Once used it names its successor."""

    id: str
    session_id: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None
    successor_id: str | None


class AccountRows(Protocol):
    def get(self, id: str) -> Account | None: ...
    def need(self, id: str) -> Account: ...
    def by_ids(self, ids: Iterable[str]) -> dict[str, Account]: ...
    def add(self, entity: Account) -> Account: ...
    def add_all(self, entities: Sequence[Account]) -> None: ...
    def save(self, entity: Account) -> Account: ...
    def team_of(self, id: str) -> str | None:
        """The team of an account; the Problem `not_found` where there is no such account."""

    def by_username(self, username: str) -> Account | None: ...
    def by_employee_numbers(self, numbers: Iterable[str]) -> dict[str, Account]: ...
    def in_service(self, branch_id: str) -> list[Account]:
        """Everybody of a branch who has not left."""

    def with_post(self, post: Post, branch_id: str | None = None) -> list[Account]:
        """Accounts in service that hold the post, in one branch or in all."""

    def page(
        self, request: PageRequest, reach: Reach, *, post: Post | None, in_service: bool
    ) -> Page[Account]: ...
    def former_hashes(self, account_id: str, limit: int) -> list[str]:
        """Hashes of the former passwords, newest first; `limit` 0: all of them."""

    def keep_former(self, id: str, account_id: str, password_hash: str, set_at: datetime) -> None: ...


class SessionRows(Protocol):
    def get(self, id: str) -> LoginSession | None: ...
    def asking(self, id: str) -> Asking | None:
        """Whose login it is, and what that person is now."""

    def add(self, entity: LoginSession) -> LoginSession: ...
    def touch(self, id: str, at: datetime) -> None: ...
    def bind(self, id: str, device_id: str, key_id: str) -> None: ...
    def end(self, id: str, at: datetime, reason: str) -> None: ...
    def end_of_keys(self, key_ids: Iterable[str], at: datetime, reason: str) -> int:
        """End the open logins that are bound to these keys of devices."""

    def end_all(self, account_id: str, at: datetime, reason: str, *, but: str | None = None) -> int: ...
    def open_of(self, account_id: str) -> list[LoginSession]: ...
    def token(self, jti: str) -> RefreshToken | None: ...
    def add_token(self, token: RefreshToken) -> None: ...
    def use_token(self, jti: str, at: datetime, successor: str) -> None: ...


class CertificateRows(Protocol):
    def get(self, id: str) -> Certificate | None: ...
    def need(self, id: str) -> Certificate: ...
    def add(self, entity: Certificate) -> Certificate: ...
    def save(self, entity: Certificate) -> Certificate: ...
    def of_account(self, account_id: str) -> Certificate | None: ...
    def of_accounts(self, account_ids: Iterable[str]) -> dict[str, Certificate]: ...


class OrganisationRows(Protocol):
    """Branches, teams, clients, projects: small tables, read whole."""

    def branches(self) -> list[Branch]: ...
    def branch(self, id: str) -> Branch: ...
    def branch_named(self, name: str) -> Branch | None: ...
    def add_branch(self, branch: Branch) -> None: ...
    def teams(self) -> list[Team]: ...
    def add_team(self, team: Team) -> None: ...
    def clients(self) -> list[Client]: ...
    def client_name(self, id: str) -> str: ...
    def client_named(self, name: str) -> str | None: ...
    def add_client(self, id: str, name: str) -> None: ...
    def projects(self) -> list[Project]: ...
    def project_named(self, client_id: str, name: str) -> str | None: ...
    def project_exists(self, id: str) -> bool: ...
    def add_project(self, id: str, client_id: str, name: str) -> None: ...


class GrantRows(Protocol):
    """The permission table (S4) as it stands in this firm."""

    def table(self) -> Mapping[Post, Grants]: ...
    def of(self, posts: Collection[Post]) -> Grants:
        """What these posts grant together: each permission with its widest scope."""

    def replace(self, post: Post, grants: Grants) -> None: ...


class PasswordHasher(Protocol):
    """argon2id in the product; slow on purpose, so never called inside a write transaction."""

    def hash(self, password: str) -> str: ...
    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; without a hash it takes the same time and is False."""
