"""`fieldvisit import`: facts in by file from the command line, with the same checks as through the API (S20, W4)."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from pathlib import Path
from typing import Any

import click

from server.cli.installed import installed
from server.domain.imports import (
    COMMAND_LINE,
    ImportFile,
    ImportKind,
    ImportState,
)
from server.jobs.second_scorer import NoSecondScorer
from server.services import imports
from server.services.house import House
from server.services.importing.runs import Progress, run
from server.services.importing.templates import template_csv, template_xlsx
from server.services.imports import ReceivedFile
from server.services.ports.tables import Language

_PIECE = 1 << 20


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--dry-run", is_flag=True, help="Check only: list every problem by row and column.")
@click.option("--uploaded-by", metavar="USERNAME", help="The dispatcher who brings the file.")
@click.option("--confirmed-by", metavar="USERNAME", help="S20: the QA who confirms; placements need one.")
@click.option(
    "--template", is_flag=True, help="Write the template of KIND to FILE (.csv or .xlsx; else CSV to stdout)."
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the template."
)
def import_file(
    kind: str,
    file: Path | None,
    dry_run: bool,
    uploaded_by: str | None,
    confirmed_by: str | None,
    template: bool,
    language: Language,
) -> None:
    """Bring the rows of FILE (CSV or XLSX) in: all of them, or none.

    Exit status 1 when the file was refused. FILE itself stays where it is: whoever brought it destroys it (S20).
    """
    if template:
        _write_template(ImportKind(kind), file, language)
        return
    if file is None or not file.is_file():
        raise click.UsageError("FILE must name a file that exists")
    with installed() as installation:
        # What the file touches is scored by the worker, in a process of its own.
        house = dataclasses.replace(installation.house, second_scorer=NoSecondScorer())
        opened = _open(house, ImportKind(kind), file, dry_run, uploaded_by, confirmed_by)
        ended = opened
        if opened.state is not ImportState.UNCHANGED:
            with _Bar() as progress:
                ended = run(house, opened, file, progress)
    _tell(ended)
    if ended.state is ImportState.REFUSED:
        sys.exit(1)


def _open(
    house: House,
    kind: ImportKind,
    path: Path,
    dry_run: bool,
    uploaded_by: str | None,
    confirmed_by: str | None,
) -> ImportFile:
    """Put the file on record, confirmed where somebody of QA is named; placements without are only checked."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            digest.update(piece)
    received = ReceivedFile(kind, path.name, digest.hexdigest(), path.stat().st_size, dry_run, None)
    if kind is ImportKind.PLACEMENTS and confirmed_by is None and not dry_run:
        raise click.UsageError("placements are confirmed by QA (S20): name one with --confirmed-by")
    with house.units.read() as asking:
        uploader = None if uploaded_by is None else imports.named_uploader(asking, uploaded_by, kind)
        confirmer = None if confirmed_by is None else imports.named_confirmer(asking, confirmed_by)
    with house.units.write(None if uploader is None else uploader.id) as uow:
        file = imports.open_import(
            uow,
            received,
            uploaded_by=COMMAND_LINE if uploader is None else uploader.id,
            branch_id=None if uploader is None else uploader.branch_id,
        )
        if confirmer is not None and file.state is ImportState.CHECKING and not dry_run:
            file = imports.confirm_beforehand(uow, file, confirmed_by=confirmer.id)
        uow.commit()
    return file


class _Bar:
    """A progress bar on standard error that learns its length from the first word of progress."""

    def __enter__(self) -> Progress:
        self._bar: Any = None
        return self._progress

    def _progress(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=total, label="· rows", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)


def _tell(file: ImportFile) -> None:
    problems = file.problems.get("items", [])
    for each in problems:
        column = "" if each["column"] is None else f" {each['column']}"
        click.echo(f"row {each['row']}{column}: {each['message']['zh']} / {each['message']['en']}", err=True)
    total = file.problems.get("total", 0)
    if total > len(problems):
        click.echo(f"… {total - len(problems)} more", err=True)
    for each in file.result.get("warnings", {}).get("items", [])[:20]:
        click.echo(f"warning: row {each['row']} {each['column']}: {each['message']['zh']}", err=True)
    words = [f"{file.state.value}: {file.rows} rows"]
    words += [f"{count} {name}" for name, count in file.result.get("created", {}).items()]
    words += [f"{count} {name} changed" for name, count in file.result.get("changed", {}).items()]
    if total:
        words.append(f"{total} problems")
    if file.result.get("warnings", {}).get("total"):
        words.append(f"{file.result['warnings']['total']} warnings")
    click.echo(", ".join(words))


def _write_template(kind: ImportKind, file: Path | None, language: Language) -> None:
    with installed() as installation:
        tables = installation.house.tables
    if file is None:
        sys.stdout.buffer.write(template_csv(tables, kind, language))
    elif file.suffix.lower() == ".xlsx":
        with file.open("wb") as output:
            template_xlsx(tables, output, kind, language)
    else:
        file.write_bytes(template_csv(tables, kind, language))
