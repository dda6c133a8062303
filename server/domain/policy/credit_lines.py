"""Owns the credit line, one for each repayment, and its JSON (docs/policy/SCORING_FORMAT.md). Refuses to
decide."""

from dataclasses import dataclass
from datetime import date
from json.encoder import encode_basestring
from typing import Any, Literal

from server.domain.making import quickly
from server.domain.money import format_fen

Commission = Literal["normal", "to_visit", "none"]


@quickly
@dataclass(frozen=True, slots=True)
class CreditWindow:
    """The days that the credited visit covers; `extended` when W3 was reached."""

    from_day: date
    to_day: date
    extended: bool


@quickly
@dataclass(frozen=True, slots=True)
class CreditLine:
    """Who is credited with a repayment, or why nobody is; amounts in fen, a reversal's are negative.

    `basis`, `clause` and `window` are those of the credited visit; without one they are None, `shares` is
    empty and `reason` is the code of A6.
    """

    placement: str
    repayment: str
    amount: int
    visit: str | None
    basis: str | None
    clause: str | None
    window: CreditWindow | None
    shares: tuple[tuple[str, int], ...]
    collector_commission: Commission
    reason: str | None


def line_to_json(line: CreditLine) -> dict[str, Any]:
    """The line as plain data, keys in the order of the format."""
    window = line.window
    return {
        "placement": line.placement,
        "repayment": line.repayment,
        "amount": format_fen(line.amount),
        "visit": line.visit,
        "basis": line.basis,
        "clause": line.clause,
        "window": window
        and {
            "from": window.from_day.isoformat(),
            "to": window.to_day.isoformat(),
            "extended": window.extended,
        },
        "shares": [{"agent": agent, "amount": format_fen(fen)} for agent, fen in line.shares],
        "collector_commission": line.collector_commission,
        "reason": line.reason,
    }


def line_to_text(line: CreditLine) -> str:
    """The line as JSON text without its line break; by hand, since `json.dumps` costs several times as much.

    Ids and names are escaped; bases, clauses, codes, days and amounts are our own and need no escaping.
    """
    window = line.window
    head = (
        f'{{"placement": {encode_basestring(line.placement)}, '
        f'"repayment": {encode_basestring(line.repayment)}, '
        f'"amount": "{format_fen(line.amount)}", '
    )
    if line.visit is None or window is None:
        return (
            f'{head}"visit": null, "basis": null, "clause": null, "window": null, "shares": [], '
            f'"collector_commission": "{line.collector_commission}", "reason": "{line.reason}"}}'
        )
    shares = ", ".join(
        [
            f'{{"agent": {encode_basestring(agent)}, "amount": "{format_fen(fen)}"}}'
            for agent, fen in line.shares
        ]
    )
    return (
        f'{head}"visit": {encode_basestring(line.visit)}, '
        f'"basis": "{line.basis}", "clause": "{line.clause}", '
        f'"window": {{"from": "{window.from_day}", "to": "{window.to_day}", '
        f'"extended": {"true" if window.extended else "false"}}}, "shares": [{shares}], '
        f'"collector_commission": "{line.collector_commission}", "reason": null}}'
    )
