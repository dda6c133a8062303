"""The register of the protocol's MUSTs: each with its sentence, whom it binds, and a case that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.peers.speaker import Speaker

Case = Callable[[Speaker], None]


@dataclass(frozen=True)
class Must:
    """`part` is core or an extension. A MUST that binds clients is shown by a server that refuses who breaks it."""

    name: str
    part: str
    sentence: str
    binds: str
    case: Case


MUSTS: list[Must] = []


def must(part: str, sentence: str, *, binds: str = "server") -> Callable[[Case], Case]:
    """Enter a case under its name."""

    def enter(case: Case) -> Case:
        MUSTS.append(Must(case.__name__, part, sentence, binds, case))
        return case

    return enter
