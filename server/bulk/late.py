"""The port to simulations, answered when the first one is asked for. It owns nothing but the moment of import.

DuckDB takes a quarter of a second to import; a server that starts does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from server.bulk.tables import TABLES
from server.domain.policy.editions import PolicyBook
from server.domain.policy.facts import PlacementFacts
from server.services.ports.simulation import Asked, CaseOf, Compared


class LateFactTables:
    names: Sequence[str] = (*TABLES, "cases")

    def write(self, cases: Iterable[tuple[PlacementFacts, CaseOf]], folder: Path) -> None:
        from server.bulk.simulate import write

        write(cases, folder)

    def score(
        self, cases: Iterable[PlacementFacts], book: PolicyBook, folder: Path
    ) -> Iterator[Mapping[str, Any]]:
        from server.bulk.simulate import score

        return score(cases, book, folder)

    def prepare(self, folder: Path, book: PolicyBook) -> None:
        from server.bulk.simulate import prepare

        prepare(folder, book)

    def compare(
        self, folder: Path, before: PolicyBook, after: PolicyBook, asked: Asked, most: int
    ) -> Compared:
        from server.bulk.simulate import compare

        return compare(folder, before, after, asked, most)
