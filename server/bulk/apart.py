"""The tables of facts made in a process of their own: what DuckDB took of memory is gone when it ends.

Owns that process, from what it is asked to what it answers. It is for jobs: a request that compares waits for no start
of a process.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from server.bulk.late import LateFactTables
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.services.ports.simulation import CaseOf, FactTablesError

_BATCH = 500
_Case = tuple[PlacementFacts, CaseOf]


class FactTablesApart(LateFactTables):
    """`write` and `prepare` elsewhere; the rest here."""

    def write(self, cases: Iterable[_Case], folder: Path) -> None:
        _ask(folder, None, cases)

    def prepare(self, folder: Path, book: PolicyBook) -> None:
        _ask(folder, book, ())


def _ask(folder: Path, book: PolicyBook | None, cases: Iterable[_Case]) -> None:
    process = subprocess.Popen(  # noqa: S603 - this Python and our own module
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process, process.stdout:
        with suppress(BrokenPipeError), process.stdin:  # it ended: its answer or its exit status says why
            pickle.dump((folder, book), process.stdin, pickle.HIGHEST_PROTOCOL)
            left = iter(cases)
            while batch := list(islice(left, _BATCH)):
                pickle.dump(batch, process.stdin, pickle.HIGHEST_PROTOCOL)
        answer = process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError(f"{folder}: no tables were made, exit status {process.returncode}")
    if answer:
        raise FactTablesError(answer.decode())


def _answer(asked: BinaryIO) -> str:
    """Why the folder cannot be used; empty when it was done."""
    tables = LateFactTables()
    folder, book = pickle.load(asked)  # noqa: S301 - from whoever started this process
    try:
        if book is None:
            tables.write(_cases(asked), folder)
        else:
            tables.prepare(folder, book)
    except FactTablesError as error:
        return str(error)
    return ""


def _cases(asked: BinaryIO) -> Iterator[_Case]:
    with suppress(EOFError):
        while True:
            yield from pickle.load(asked)  # noqa: S301 - from whoever started this process


if __name__ == "__main__":
    sys.stdout.write(_answer(sys.stdin.buffer))
