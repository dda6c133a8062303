"""Tables of people: branches, teams, accounts, their posts, logins, certificates and the permission table."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.access import Permission, Post, Scope
from storage.rows.columns import (
    METADATA,
    choice,
    day,
    flag,
    id_column,
    instant,
    integer,
    reference,
    sealed,
    text,
    values,
    version,
)

branches = sa.Table(
    "branches", METADATA, id_column(), text("name", unique=True), text("city_code"), text("city_name")
)

teams = sa.Table("teams", METADATA, id_column(), reference("branch_id", "branches.id"), text("name"))

clients = sa.Table("clients", METADATA, id_column(), text("name", unique=True))

projects = sa.Table(
    "projects",
    METADATA,
    id_column(),
    reference("client_id", "clients.id"),
    text("name"),
    sa.UniqueConstraint("client_id", "name"),
)

accounts = sa.Table(
    "accounts",
    METADATA,
    id_column(),
    text("username", unique=True),
    text("display_name"),
    values("posts", Post),
    text("employee_number", unique=True),
    reference("branch_id", "branches.id", nullable=True),
    reference("team_id", "teams.id", nullable=True),
    reference("project_id", "projects.id", nullable=True),
    *sealed("telephone", nullable=True),
    day("agreement_signed_on"),
    text("password_hash"),
    instant("password_changed_at", nullable=True),
    integer("wrong_tries"),
    instant("locked_until", nullable=True),
    day("left_on", nullable=True),
    instant("created_at"),
    version(),
)

former_passwords = sa.Table(
    "former_passwords",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    text("password_hash"),
    instant("set_at"),
)

login_sessions = sa.Table(
    "login_sessions",
    METADATA,
    id_column(),
    reference("account_id", "accounts.id"),
    text("device_id", nullable=True),
    instant("started_at"),
    instant("last_used_at", index=True),
    instant("ended_at", nullable=True),
    text("end_reason", nullable=True),
    text("user_agent"),
    text("key_id", nullable=True, index=True),
    text("opened_by", nullable=True),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    METADATA,
    id_column(),  # the token's jti
    reference("session_id", "login_sessions.id"),
    instant("issued_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
    text("successor_id", nullable=True),
)

certificates = sa.Table(
    "certificates",
    METADATA,
    id_column(),
    sa.Column("account_id", sa.ForeignKey("accounts.id"), nullable=False, unique=True),
    integer("score"),
    text("approved_by"),
    day("approved_on"),
    day("tested_on", nullable=True),
    flag("test_passed"),
    day("valid_until"),
    version(),
)

post_grants = sa.Table(
    "post_grants",
    METADATA,
    choice("post", Post, primary_key=True),
    choice("permission", Permission, primary_key=True),
    choice("scope", Scope),
)
