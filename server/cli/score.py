"""Owns `fieldvisit score`: placements in, credit lines out, line by line (docs/policy/SCORING_FORMAT.md).

Refuses to hold more than one line in memory, and to let one bad line stop the good ones.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Never

import click

from server.domain.policy.attribute import score_placement
from server.domain.policy.credit_lines import line_to_text
from server.domain.policy.editions import HANDBOOK_BOOK, PolicyBook
from server.domain.policy.policy_documents import PolicyError, parse_policy
from server.domain.policy.wire import read_line
from server.domain.policy.wire_rules import FactsError


@click.command("score")
@click.argument("file")
@click.option(
    "--policy", "policy_file", metavar="FILE", help="A policy document in TOML; without it the handbook's."
)
def score(file: str, policy_file: str | None) -> None:
    """Credit the repayments of FILE (JSON Lines, "-" for standard input) and write one line each.

    Bad lines go to standard error as FILE:LINE: FIELD: what is wrong, and make the exit status 1; 2 says
    that FILE or the policy cannot be read.
    """
    book = _read_policy(policy_file)
    output = sys.stdout.buffer
    try:
        with _opened(file) as lines:
            all_good = _score_lines(file, lines, book, output)
    except _UnreadableError as error:
        output.flush()
        _stop(str(error))
    output.flush()
    if not all_good:
        sys.exit(1)


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


def _read_policy(policy_file: str | None) -> PolicyBook:
    if policy_file is None:
        return HANDBOOK_BOOK
    try:
        with open(policy_file, encoding="utf-8") as document:
            return parse_policy(document.read())
    except OSError as error:
        _stop(f"{policy_file}: {error.strerror}")
    except UnicodeDecodeError:
        _stop(f"{policy_file}: is no UTF-8")
    except PolicyError as error:
        _stop(f"{policy_file}: {error}")


def _stop(words: str) -> Never:
    click.echo(words, err=True)
    sys.exit(2)
