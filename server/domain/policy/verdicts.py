"""Owns the answer that a clause gives: whether it speaks for the visit, under which clause and code.
Refuses words.

Verdicts are made once, at import, and compared by identity: scoring millions of lines makes no new ones.
The facts that decided are read beside a verdict by `trace.py`, the words by `explanations.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What one clause says of a visit or of a repayment.

    `holds` is true when it speaks for the credit (a basis that is met, a window that covers, a half that is
    reached) and false when it stands against it; `code` is the reason either way.
    """

    clause: str
    code: str
    holds: bool
