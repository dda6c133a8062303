"""Brings a database to the newest schema, one process at a time; and tells whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.rows.columns import Choice
from storage.rows.database import transaction, wait_for_disk
from storage.rows.seals import install_seals
from storage.rows.tables import METADATA


def migrate(engine: sa.Engine, to: str = "head") -> None:
    """Run what is missing in one transaction: a failed migration leaves the database as it was."""
    with transaction(engine, writes=True) as connection:
        command.upgrade(_config(connection), to)
        if to == "head":
            install_seals(connection)
        connection.commit()
    wait_for_disk(engine)


def revisions() -> list[str]:
    """All revisions, the first one first."""
    return [r.revision for r in reversed(list(ScriptDirectory.from_config(_config(None)).walk_revisions()))]


def current_revision(engine: sa.Engine) -> str | None:
    with transaction(engine, writes=False) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: sa.Engine) -> list[object]:
    """What the tables in the code have that the database lacks, and the other way round; empty when they agree."""
    with transaction(engine, writes=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _type_differs})
        return list(compare_metadata(context, METADATA))


def draft_migration(engine: sa.Engine, message: str) -> None:
    """Write a migration for the differences (`fieldvisit migrate --draft`); a developer reads it before it is kept."""
    with transaction(engine, writes=True) as connection:
        command.revision(
            _config(connection), message=message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04d}"
        )


def _type_differs(
    _context: MigrationContext,
    _inspected_column: object,
    _metadata_column: object,
    inspected: sa.types.TypeEngine[Any],
    declared: sa.types.TypeEngine[Any],
) -> bool | None:
    """A choice is text to the database; every other type is compared by Alembic (None)."""
    return False if isinstance(declared, Choice) and isinstance(inspected, sa.Text) else None


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config
