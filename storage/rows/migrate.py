"""Brings a database to the newest schema, one process at a time; and tells whether it is there."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.rows.database import transaction
from storage.rows.tables import METADATA


def migrate(engine: sa.Engine, to: str = "head") -> None:
    """Run what is missing in one transaction: a failed migration leaves the database as it was."""
    with transaction(engine, writes=True) as connection:
        command.upgrade(_config(connection), to)
        connection.commit()


def revisions() -> list[str]:
    """All revisions, the first one first."""
    return [r.revision for r in reversed(list(ScriptDirectory.from_config(_config(None)).walk_revisions()))]


def current_revision(engine: sa.Engine) -> str | None:
    with transaction(engine, writes=False) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: sa.Engine) -> list[object]:
    """What the tables in the code have that the database lacks, and the other way round; empty when they agree."""
    with transaction(engine, writes=False) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def draft_migration(engine: sa.Engine, message: str) -> None:
    """Write a migration for the differences (`fieldvisit migrate --draft`); a developer reads it before it is kept."""
    with transaction(engine, writes=True) as connection:
        command.revision(
            _config(connection), message=message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04d}"
        )


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config
