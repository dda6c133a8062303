"""What follows from repayments beyond their credit: a placement repaid in full is held, one recalled goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from server.domain.placements import Hold, HoldReason, Placement, Repayment
from server.domain.repayment_rules import repaid_in_full
from server.services.holds import place_hold, release_hold
from server.services.ports.unit_of_work import UnitOfWork


def settle_holds(uow: UnitOfWork, placement_ids: Iterable[str]) -> None:
    """Place or release the hold `repaid` of each placement by its net repayments; for any number in few queries."""
    for placement, hold in unsettled(uow, uow.placements.by_ids(set(placement_ids)).values()):
        if hold is None:
            place_hold(uow, placement, HoldReason.REPAID, "", by=None)
        else:
            release_hold(uow, placement, hold, "reversed", by=None)


def unsettled(
    uow: UnitOfWork,
    placements: Iterable[Placement],
    coming: Iterable[Repayment] = (),
    without: Collection[str] = (),
) -> list[tuple[Placement, Hold | None]]:
    """Placements whose hold `repaid` is not as their repayments want it, with the one to release or None to place one.

    `coming` are repayments that are not on file yet; those of the ids `without` are judged as if they were not.
    """
    ids = {placement.id: placement for placement in placements}
    paid: dict[str, list[Repayment]] = defaultdict(list)
    for repayment in (*uow.repayments.having_any("placement_id", ids), *coming):
        if repayment.id not in without:
            paid[repayment.placement_id].append(repayment)
    held = {
        hold.placement_id: hold
        for hold in uow.holds.having_any("placement_id", ids)
        if hold.reason is HoldReason.REPAID and hold.released_at is None
    }
    found: list[tuple[Placement, Hold | None]] = []
    for placement in ids.values():
        full = repaid_in_full(placement, paid[placement.id])
        hold = held.get(placement.id)
        if (full and hold is None and placement.ended_on is None) or (not full and hold is not None):
            found.append((placement, hold))
    return found
