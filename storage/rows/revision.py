"""Tells whether a database has the newest schema, without Alembic: every start asks, and hardly any has to migrate.

Owns the reading of revisions by the names of the migrations' files. Refuses to change anything: `storage.rows.migrate`.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.rows.database import transaction

_VERSIONS = Path(__file__).with_name("migrations") / "versions"


def newest_revision() -> str:
    """The revision that the code's tables are at; a migration's file is named `REVISION_what_it_does.py`."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


def is_newest(engine: sa.Engine) -> bool:
    with transaction(engine, writes=False) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        held = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
        return held == [newest_revision()]
