"""Queries on people: accounts, logins, certificates, the organisation, the permission table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from server.domain.access import Grants, Permission, Post, Reach, Scope, widest
from server.domain.organisation import Client, Project
from server.domain.people import Account, Branch, Certificate, Team
from server.domain.problems import NOT_FOUND, problem
from server.services.ports.paging import Page, PageRequest
from server.services.ports.people import Asking, LoginSession, RefreshToken
from storage.rows.column_cipher import ColumnCipher
from storage.rows.mapping import Rows
from storage.rows.paging import keyset_page
from storage.rows.prepared import Prepared
from storage.rows.tables import people as tables

_accounts = tables.accounts
_sessions = tables.login_sessions
_tokens = tables.refresh_tokens
_TEAM_OF = Prepared(sa.select(_accounts.c.team_id).where(_accounts.c.id == sa.bindparam("wanted")))
# Asked with every request: two rows whole, and what of an account is sealed opened, took longer than the rest of it.
_ASKING = Prepared(
    sa.select(
        _sessions.c.id,
        _sessions.c.account_id,
        _sessions.c.device_id,
        _sessions.c.ended_at,
        _sessions.c.opened_by,
        _accounts.c.username,
        _accounts.c.display_name,
        _accounts.c.posts,
        _accounts.c.branch_id,
        _accounts.c.team_id,
        _accounts.c.project_id,
        _accounts.c.left_on,
    )
    .join(_accounts, _accounts.c.id == _sessions.c.account_id)
    .where(_sessions.c.id == sa.bindparam("wanted"))
)


def within_reach(reach: Reach) -> sa.ColumnElement[bool]:
    """Accounts that an actor may list: itself and, by scope, its team, project, branch or all."""
    own = _accounts.c.id == reach.account_id
    match reach.scope:
        case Scope.ALL:
            return sa.true()
        case Scope.BRANCH if reach.branch_id is not None:
            return sa.or_(own, _accounts.c.branch_id == reach.branch_id)
        case Scope.PROJECT if reach.project_id is not None:
            return sa.or_(own, _accounts.c.project_id == reach.project_id)
        case Scope.TEAM if reach.team_id is not None:
            return sa.or_(own, _accounts.c.team_id == reach.team_id)
        case _:
            return own


class AccountQueries(Rows[Account]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _accounts, Account, cipher)

    def team_of(self, id: str) -> str | None:
        for (team_id,) in _TEAM_OF.rows(self.connection, {"wanted": id}):
            found: str | None = team_id
            return found
        raise problem(NOT_FOUND, what=f"accounts {id}")

    def by_username(self, username: str) -> Account | None:
        return self.one(_accounts.c.username == username)

    def by_employee_numbers(self, numbers: Iterable[str]) -> dict[str, Account]:
        wanted = sorted(set(numbers))
        found = {}
        for start in range(0, len(wanted), 1000):
            for account in self.many(_accounts.c.employee_number.in_(wanted[start : start + 1000])):
                found[account.employee_number] = account
        return found

    def in_service(self, branch_id: str) -> list[Account]:
        return self.many(_accounts.c.branch_id == branch_id, _accounts.c.left_on.is_(None))

    def with_post(self, post: Post, branch_id: str | None = None) -> list[Account]:
        where: list[sa.ColumnElement[bool]] = [_accounts.c.left_on.is_(None)]
        if branch_id is not None:
            where.append(_accounts.c.branch_id == branch_id)
        return [a for a in self.many(*where, order=(_accounts.c.username,)) if post in a.posts]

    def page(
        self, request: PageRequest, reach: Reach, *, post: Post | None, in_service: bool
    ) -> Page[Account]:
        statement = sa.select(_accounts).where(within_reach(reach))
        if in_service:
            statement = statement.where(_accounts.c.left_on.is_(None))
        if post is not None:
            statement = statement.where(sa.cast(_accounts.c.posts, sa.Text).like(f'%"{post}"%'))
        return keyset_page(self, statement, [_accounts.c.username], request)

    def former_hashes(self, account_id: str, limit: int) -> list[str]:
        former = tables.former_passwords
        statement = (
            sa.select(former.c.password_hash)
            .where(former.c.account_id == account_id)
            .order_by(former.c.set_at.desc())
        )
        if limit > 0:
            statement = statement.limit(limit)
        return list(self.connection.execute(statement).scalars())

    def keep_former(self, id: str, account_id: str, password_hash: str, set_at: datetime) -> None:
        self.connection.execute(
            sa.insert(tables.former_passwords).values(
                id=id, account_id=account_id, password_hash=password_hash, set_at=set_at
            )
        )


class SessionQueries(Rows[LoginSession]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, _sessions, LoginSession, cipher)
        self._token_rows = Rows(connection, _tokens, RefreshToken, cipher)

    def asking(self, id: str) -> Asking | None:
        for row in _ASKING.rows(self.connection, {"wanted": id}):
            return Asking(*row)
        return None

    def touch(self, id: str, at: datetime) -> None:
        self._set(_sessions.c.id == id, last_used_at=at)

    def bind(self, id: str, device_id: str, key_id: str) -> None:
        self._set(_sessions.c.id == id, device_id=device_id, key_id=key_id)

    def end_of_keys(self, key_ids: Iterable[str], at: datetime, reason: str) -> int:
        bound = sa.and_(_sessions.c.key_id.in_(sorted(set(key_ids))), _sessions.c.ended_at.is_(None))
        return self._set(bound, ended_at=at, end_reason=reason)

    def end(self, id: str, at: datetime, reason: str) -> None:
        self._set(
            sa.and_(_sessions.c.id == id, _sessions.c.ended_at.is_(None)), ended_at=at, end_reason=reason
        )

    def end_all(self, account_id: str, at: datetime, reason: str, *, but: str | None = None) -> int:
        where = sa.and_(_sessions.c.account_id == account_id, _sessions.c.ended_at.is_(None))
        if but is not None:
            where = sa.and_(where, _sessions.c.id != but)
        return self._set(where, ended_at=at, end_reason=reason)

    def open_of(self, account_id: str) -> list[LoginSession]:
        return self.many(_sessions.c.account_id == account_id, _sessions.c.ended_at.is_(None))

    def token(self, jti: str) -> RefreshToken | None:
        return self._token_rows.get(jti)

    def add_token(self, token: RefreshToken) -> None:
        self._token_rows.add(token)

    def use_token(self, jti: str, at: datetime, successor: str) -> None:
        self.connection.execute(
            sa.update(_tokens).where(_tokens.c.id == jti).values(used_at=at, successor_id=successor)
        )

    def _set(self, where: sa.ColumnElement[bool], **values: Any) -> int:
        return self.connection.execute(sa.update(_sessions).where(where).values(**values)).rowcount


class CertificateQueries(Rows[Certificate]):
    def __init__(self, connection: sa.Connection, cipher: ColumnCipher) -> None:
        super().__init__(connection, tables.certificates, Certificate, cipher)

    def of_account(self, account_id: str) -> Certificate | None:
        return self.one(self.table.c.account_id == account_id)

    def of_accounts(self, account_ids: Iterable[str]) -> dict[str, Certificate]:
        return {c.account_id: c for c in self.many(self.table.c.account_id.in_(sorted(set(account_ids))))}


class OrganisationQueries:
    """Branches, teams, clients and projects: a few dozen rows, read whole."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def branches(self) -> list[Branch]:
        rows = self._connection.execute(
            sa.select(tables.branches).order_by(tables.branches.c.name)
        ).mappings()
        return [Branch(**row) for row in rows]

    def branch(self, id: str) -> Branch:
        for branch in self.branches():
            if branch.id == id:
                return branch
        raise problem(NOT_FOUND, what=f"branch {id}")

    def branch_named(self, name: str) -> Branch | None:
        return next((branch for branch in self.branches() if branch.name == name), None)

    def add_branch(self, branch: Branch) -> None:
        self._connection.execute(
            sa.insert(tables.branches).values(
                id=branch.id, name=branch.name, city_code=branch.city_code, city_name=branch.city_name
            )
        )

    def teams(self) -> list[Team]:
        rows = self._connection.execute(sa.select(tables.teams).order_by(tables.teams.c.name)).mappings()
        return [Team(**row) for row in rows]

    def add_team(self, team: Team) -> None:
        self._connection.execute(
            sa.insert(tables.teams).values(id=team.id, branch_id=team.branch_id, name=team.name)
        )

    def clients(self) -> list[Client]:
        table = tables.clients
        rows = self._connection.execute(sa.select(table).order_by(table.c.name)).mappings()
        return [Client(**row) for row in rows]

    def client_name(self, id: str) -> str:
        statement = sa.select(tables.clients.c.name).where(tables.clients.c.id == id)
        return str(self._connection.execute(statement).scalar_one())

    def client_named(self, name: str) -> str | None:
        clients = tables.clients
        return self._connection.execute(
            sa.select(clients.c.id).where(clients.c.name == name)
        ).scalar_one_or_none()

    def add_client(self, id: str, name: str) -> None:
        self._connection.execute(sa.insert(tables.clients).values(id=id, name=name))

    def projects(self) -> list[Project]:
        table = tables.projects
        rows = self._connection.execute(sa.select(table).order_by(table.c.name)).mappings()
        return [Project(**row) for row in rows]

    def project_named(self, client_id: str, name: str) -> str | None:
        projects = tables.projects
        statement = sa.select(projects.c.id).where(projects.c.client_id == client_id, projects.c.name == name)
        return self._connection.execute(statement).scalar_one_or_none()

    def project_exists(self, id: str) -> bool:
        statement = sa.select(tables.projects.c.id).where(tables.projects.c.id == id)
        return self._connection.execute(statement).one_or_none() is not None

    def add_project(self, id: str, client_id: str, name: str) -> None:
        self._connection.execute(sa.insert(tables.projects).values(id=id, client_id=client_id, name=name))


@lru_cache
def _grants_of(posts: int) -> Prepared:
    """Asked with every request, of so many posts."""
    grants = tables.post_grants.c
    asked = [sa.bindparam(f"post_{number}", type_=grants.post.type) for number in range(posts)]
    return Prepared(sa.select(grants.permission, grants.scope).where(grants.post.in_(asked)))


class GrantQueries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def table(self) -> Mapping[Post, Grants]:
        found: dict[Post, dict[Permission, Scope]] = {post: {} for post in Post}
        for row in self._connection.execute(sa.select(tables.post_grants)).mappings():
            found[row["post"]][row["permission"]] = row["scope"]
        return found

    def of(self, posts: Collection[Post]) -> Grants:
        asked = {f"post_{number}": post for number, post in enumerate(sorted(posts))}
        rows = _grants_of(len(asked)).rows(self._connection, asked)
        return widest({permission: scope} for permission, scope in rows)

    def replace(self, post: Post, grants: Grants) -> None:
        table = tables.post_grants
        self._connection.execute(sa.delete(table).where(table.c.post == post))
        if grants:
            rows = [{"post": post, "permission": p, "scope": s} for p, s in grants.items()]
            self._connection.execute(sa.insert(table), rows)
