"""Migrations: from empty and from every earlier revision to what the tables say, on both databases."""

from __future__ import annotations

import pytest

from server.bootstrap import Installation
from server.settings import read_settings
from storage.rows.database import open_engine
from storage.rows.migrate import current_revision, differences, migrate, revisions
from storage.rows.revision import is_newest, newest_revision


def test_the_migrated_database_is_what_the_tables_say(installation: Installation) -> None:
    assert differences(installation.engine) == []
    assert current_revision(installation.engine) == revisions()[-1]
    assert newest_revision() == revisions()[-1]
    assert is_newest(installation.engine)


def test_migrating_again_changes_nothing(installation: Installation) -> None:
    migrate(installation.engine)
    assert differences(installation.engine) == []


@pytest.mark.parametrize("earlier", revisions())
def test_every_earlier_revision_leads_to_the_newest(
    earlier: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("earlier")
    engine = open_engine(read_settings({"FIELDVISIT_DATA_DIR": str(folder)}).database_url)
    assert not is_newest(engine)
    migrate(engine, earlier)
    assert is_newest(engine) == (earlier == newest_revision())
    migrate(engine)
    assert differences(engine) == []
    engine.dispose()
