"""Owns `fieldvisit outlines`: the table of county outlines made of a GeoJSON that the firm may use.
Refuses to fetch one: where the data comes from, and by what right, is the firm's to say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from server.geo.outlines import OutlinesUnreadable, write_table
from server.settings import SettingsError, read_settings


@click.command()
@click.argument("geojson", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def outlines(geojson: Path) -> None:
    """Make the table of county outlines from GEOJSON (WGS-84, a county's code in gb, adcode or code)."""
    try:
        target = read_settings().outlines_file
        target.parent.mkdir(parents=True, exist_ok=True)
        counties = write_table(target, geojson)
    except (OutlinesUnreadable, SettingsError) as error:
        click.echo(f"fieldvisit: {error}", err=True)
        sys.exit(2)
    click.echo(f"{target}: {counties} counties, {target.stat().st_size} bytes")
