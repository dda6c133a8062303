"""What commands share: the installation that the environment describes, and Problems told on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from server.bootstrap import Installation, build
from server.domain.problems import Problem
from server.services.accounts import install_grants
from server.settings import SettingsError, read_settings
from storage.rows.revision import is_newest


@contextmanager
def installed() -> Iterator[Installation]:
    """The installation; a Problem inside becomes words in both languages and exit status 1."""
    try:
        installation = build(read_settings())
        try:
            yield installation
        finally:
            installation.engine.dispose()  # a connection left open is one that the database goes on counting
    except SettingsError as error:
        click.echo(f"fieldvisit: {error}", err=True)
        sys.exit(2)
    except Problem as raised:
        for finding in raised.findings:
            clause = f" [{finding.kind.clause}]" if finding.kind.clause else ""
            click.echo(f"{finding.kind.code}{clause}: {finding.zh()} / {finding.en()}", err=True)
            click.echo(f"  → {finding.remedy_zh()} / {finding.remedy_en()}", err=True)
        sys.exit(1)


def bring_up(installation: Installation) -> None:
    """The newest schema, and the shipped permission table where there is none."""
    if not is_newest(installation.engine):
        # Alembic takes a tenth of a second to import; a start with nothing to migrate does not wait for it.
        from storage.rows.migrate import migrate

        migrate(installation.engine)
    with installation.house.units.write() as uow:
        install_grants(uow)
        uow.commit()
