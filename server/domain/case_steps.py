"""What comes next on a case, for whoever works it: the first of this order that holds.

Owns the order. Refuses to look anything up: what stands on the case is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.requests import RequestState


class NextStep(StrEnum):
    """What a collector does next; the order is that in which they are asked."""

    ENDED = "ended"
    ON_HOLD = "on_hold"  # V13
    CORRECT_REQUEST = "correct_request"  # returned
    FINISH_DRAFT = "finish_draft"
    PROMISE_BROKEN = "promise_broken"  # the day has passed and nothing was repaid since it was promised
    WAITS_FOR_DECISION = "waits_for_decision"
    VISIT_TO_COME = "visit_to_come"
    PROMISE_PENDING = "promise_pending"  # R11
    CALL = "call"


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """What stands on a case today. `promise_due` is the latest promised day, `repaid_since` whether anything was repaid
    on or after the day on which it was promised; `to_visit`: an accepted request has a visit that is not over."""

    ended: bool
    on_hold: bool
    request_states: frozenset[RequestState]
    to_visit: bool
    promise_due: date | None
    repaid_since: bool


def next_step(case: CaseStanding, today: date) -> NextStep:
    """The one thing to do next."""
    promised = case.promise_due is not None and not case.repaid_since
    asked = (
        (NextStep.ENDED, case.ended),
        (NextStep.ON_HOLD, case.on_hold),
        (NextStep.CORRECT_REQUEST, RequestState.RETURNED in case.request_states),
        (NextStep.FINISH_DRAFT, RequestState.DRAFT in case.request_states),
        (NextStep.PROMISE_BROKEN, promised and case.promise_due is not None and case.promise_due < today),
        (NextStep.WAITS_FOR_DECISION, RequestState.FILED in case.request_states),
        (NextStep.VISIT_TO_COME, case.to_visit),
        (NextStep.PROMISE_PENDING, promised),
    )
    return next((step for step, holds in asked if holds), NextStep.CALL)
