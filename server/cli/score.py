"""Owns `fieldvisit score`: placements in, credit lines out, line by line (docs/policy/SCORING_FORMAT.md), over columns
(docs/bulk-tables.md), or spread over a cluster (docs/spark.md).

Refuses to hold more than one line in memory, and to let one bad line or row stop the good ones.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from server.cli.policy_option import read_policy, stop
from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_text
from server.domain.policy.editions import PolicyBook
from server.domain.policy.wire import read_line
from server.domain.policy.wire_rules import FactsError


@click.command("score")
@click.argument("file", required=False)
@click.option(
    "--policy", "policy_file", metavar="FILE", help="A policy document in TOML; without it the handbook's."
)
@click.option("--tables", metavar="FOLDER", help="Score the Parquet tables of a folder instead of FILE.")
@click.option(
    "--out",
    metavar="FOLDER",
    help="With --tables: where lines.parquet and shares.parquet are written. With spark: where the lines are.",
)
@click.option(
    "--engine",
    type=click.Choice(["python", "spark"]),
    default="python",
    help="spark: FILE, or all files of a folder, are scored by a cluster, or by all cores of this machine.",
)
def score(
    file: str | None, policy_file: str | None, tables: str | None, out: str | None, engine: str
) -> None:
    """Credit the repayments of FILE (JSON Lines, "-" for standard input) and write one line each.

    Bad lines go to standard error as FILE:LINE: FIELD: what is wrong, and make the exit status 1; 2 says
    that FILE or the policy cannot be read. With --tables it is FILE:ROW: COLUMN, and a placement with a bad
    row in any table is left out whole.
    """
    if engine == "spark":
        if file is None or file == "-" or tables is not None:
            raise click.UsageError("give FILE with --engine spark, neither standard input nor --tables")
    elif (file is None) == (tables is None) or (tables is None) != (out is None):
        raise click.UsageError("give either FILE, or both --tables FOLDER and --out FOLDER")
    book = read_policy(policy_file)
    if engine == "spark":
        if not _score_spark(str(file), out, book):
            sys.exit(1)
        return
    all_good = _score_file(file, book) if file is not None else _score_tables(str(tables), str(out), book)
    if not all_good:
        sys.exit(1)


def _score_tables(tables: str, out: str, book: PolicyBook) -> bool:
    # Loaded here: who scores a file need not wait for a database's library.
    from server.bulk.engine import TablesUnreadableError, score_tables

    try:
        faults = score_tables(Path(tables), Path(out), book)
    except TablesUnreadableError as error:
        stop(str(error))
    for fault in faults:
        click.echo(str(fault), err=True)
    return not faults


def _score_spark(file: str, out: str | None, book: PolicyBook) -> bool:
    # Loaded here: Spark is an extra, and who scores without it need not have it.
    from server.bulk.spark import SparkUnusableError, score_in_order, score_into

    output, all_good = sys.stdout.buffer, True
    try:
        for judged in score_in_order(file, book) if out is None else score_into(file, book, out):
            if judged.fault is not None:
                all_good = False
                click.echo(f"{judged.file}:{judged.number}: {judged.fault}", err=True)
            elif judged.lines is not None:
                output.write(judged.lines.encode() + b"\n")
    except SparkUnusableError as error:
        output.flush()
        stop(str(error))
    output.flush()
    return all_good


def _score_file(file: str, book: PolicyBook) -> bool:
    output = sys.stdout.buffer
    try:
        with _opened(file) as lines:
            all_good = _score_lines(file, lines, book, output)
    except _UnreadableError as error:
        output.flush()
        stop(str(error))
    output.flush()
    return all_good


class _UnreadableError(Exception):
    """The input cannot be opened, or breaks off while it is read."""


@contextmanager
def _opened(file: str) -> Iterator[Iterator[bytes]]:
    try:
        stream: BinaryIO = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115
    except OSError as error:
        raise _UnreadableError(f"{file}: {error.strerror}") from error
    try:
        yield _lines(file, stream)
    finally:
        if file != "-":
            stream.close()


def _lines(file: str, stream: BinaryIO) -> Iterator[bytes]:
    try:
        yield from stream
    except OSError as error:
        raise _UnreadableError(f"{file}: {error.strerror}") from error


def _score_lines(file: str, lines: Iterator[bytes], book: PolicyBook, output: BinaryIO) -> bool:
    all_good = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            placement = read_line(line)
        except FactsError as error:
            all_good = False
            click.echo(f"{file}:{number}: {error.field}: {error.words}", err=True)
            continue
        for credit_line in score_placement(placement, book):
            output.write(line_to_text(credit_line).encode() + b"\n")
    return all_good
