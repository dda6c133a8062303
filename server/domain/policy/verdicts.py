"""Owns the answer that a clause gives: whether it speaks for the visit, under which clause and code.
Refuses words.

Verdicts are made once, at import, and compared by identity: scoring millions of lines makes no new ones.
The facts that decided are read beside a verdict by `trace.py`, the words by `explanations.py`.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What one clause says of a visit or of a repayment.

    `holds` is true when it speaks for the credit (a basis that is met, a window that covers, a half that is
    reached) and false when it stands against it; `code` is the reason either way. `told` is the same as plain
    data, one and the same in every trace: nobody writes into it.
    """

    clause: str
    code: str
    holds: bool
    told: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        told = {"clause": self.clause, "code": self.code, "holds": self.holds}
        object.__setattr__(self, "told", told)
