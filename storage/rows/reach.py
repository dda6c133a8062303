"""Whose rows, as SQL (S13): conditions that a list adds, the same as `server.services.scopes` decides one by one."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.access import Reach, Scope
from storage.rows.tables.people import accounts
from storage.rows.tables.placements import placements
from storage.rows.tables.visits import visits


def placements_within(reach: Reach) -> sa.ColumnElement[bool]:
    """On a statement that has `placements` in it."""
    own = placements.c.collector_id == reach.account_id
    match reach.scope:
        case Scope.ALL:
            return sa.true()
        case Scope.BRANCH if reach.branch_id is not None:
            return sa.or_(own, placements.c.branch_id == reach.branch_id)
        case Scope.PROJECT if reach.project_id is not None:
            return sa.or_(own, placements.c.project_id == reach.project_id)
        case Scope.TEAM if reach.team_id is not None:
            members = sa.select(accounts.c.id).where(accounts.c.team_id == reach.team_id)
            return sa.or_(own, placements.c.collector_id.in_(members))
        case _:
            return own


def visits_within(reach: Reach) -> sa.ColumnElement[bool]:
    """On a statement that has `visits` joined with `placements` in it: a team sees its own visits too."""
    return sa.or_(
        visits.c.lead_id == reach.account_id,
        visits.c.partner_id == reach.account_id,
        visits.c.trainee_id == reach.account_id,
        placements_within(reach),
    )


def visited_placements_within(reach: Reach) -> sa.ColumnElement[bool]:
    """On a statement that has `placements` in it: beside those within reach, those that one has visited oneself."""
    own = visits.alias()
    visited = sa.select(own.c.placement_id).where(
        own.c.started_at.is_not(None),
        sa.or_(
            own.c.lead_id == reach.account_id,
            own.c.partner_id == reach.account_id,
            own.c.trainee_id == reach.account_id,
        ),
    )
    return sa.or_(placements_within(reach), placements.c.id.in_(visited))
