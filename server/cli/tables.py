"""Owns `fieldvisit tables`: from the scoring format to the bulk tables, and from their answer back to lines.

Refuses what `fieldvisit score` refuses, in the same words; a placement id that stands twice too, for in the tables
it is the key.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from server.bulk.convert import read_answer, write_tables
from server.bulk.engine import TablesUnreadableError
from server.bulk.unpack import read_tables
from server.cli.policy_option import stop
from server.domain.policy.facts import PlacementFacts
from server.domain.policy.wire import placement_to_json, read_line
from server.domain.policy.wire_rules import FactsError

Item = TypeVar("Item")


@click.group()
def tables() -> None:
    """Between JSON Lines and the Parquet tables of `fieldvisit score --tables`."""


@tables.command()
@click.argument("file")
@click.argument("folder")
def pack(file: str, folder: str) -> None:
    """Write the placements of FILE (JSON Lines, "-" for standard input) as tables into FOLDER.

    Bad lines are left out and told as `fieldvisit score` tells them; the exit status is then 1.
    """
    refused: list[str] = []
    try:
        with click.open_file(file, "rb") as lines:
            write_tables(_good_placements(file, lines, refused), Path(folder))
    except TablesUnreadableError as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or file}: {error.strerror}")
    if refused:
        sys.exit(1)


def _good_placements(file: str, lines: Iterator[bytes], refused: list[str]) -> Iterator[PlacementFacts]:
    known: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            placement = read_line(line)
            if placement.id in known:
                raise FactsError("id", "names a placement that the file has already")
        except FactsError as error:
            refused.append(str(error))
            click.echo(f"{file}:{number}: {error.field}: {error.words}", err=True)
            continue
        known.add(placement.id)
        yield placement


@tables.command()
@click.argument("folder")
def unpack(folder: str) -> None:
    """Write the placements of the tables in FOLDER as JSON Lines, which `fieldvisit score` reads."""
    _print_rows(placement_to_json(placement) for placement in _stopping(read_tables(Path(folder))))


@tables.command()
@click.argument("folder")
def lines(folder: str) -> None:
    """Write the answer in FOLDER (lines.parquet, shares.parquet) as `fieldvisit score` writes its lines."""
    _print_rows(_stopping(read_answer(Path(folder))))


def _print_rows(rows: Iterator[dict[str, Any]]) -> None:
    output = sys.stdout.buffer
    for row in rows:
        output.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    output.flush()


def _stopping(items: Iterator[Item]) -> Iterator[Item]:
    """The items; what cannot be read ends the command with 2."""
    try:
        yield from items
    except TablesUnreadableError as error:
        stop(str(error))
