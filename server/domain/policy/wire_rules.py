"""Owns the rules of the scoring format that span fields, and the one error of a line. Refuses the first
breach.

The rules are checked once every field is good by itself, in the order of the line, and named by the later
field.
"""

from server.domain.calendar import local_day
from server.domain.policy.facts import PlacementFacts, RepaymentFacts, VisitFacts


class FactsError(ValueError):
    """Facts that break the format: the path of the first field at fault, and what is wrong with it in
    English."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(f"{field}: {words}")
        self.field = field
        self.words = words

    def inside(self, place: str) -> "FactsError":
        """The same error seen from the object that holds the field."""
        return FactsError(f"{place}.{self.field}" if self.field else place, self.words)


def check_rules_across_fields(placement: PlacementFacts) -> None:
    """Raise FactsError for the first rule across fields that the placement breaks."""
    known: set[str] = set()
    for index, visit in enumerate(placement.visits):
        if visit.id in known:
            raise FactsError(f"visits[{index}].id", "names a visit that the line has already")
        known.add(visit.id)
        _check_visit(visit, index)
    _check_repayments(placement.repayments)


def _check_visit(visit: VisitFacts, index: int) -> None:
    agents = visit.agents
    if visit.present != agents:
        for name in visit.present:
            if name not in agents:
                raise FactsError(f"visits[{index}].present", "names somebody who is not among the agents")
    if len(visit.phones) > 1:
        known: set[str] = set()
        for position, phone in enumerate(visit.phones):
            if phone.id in known:
                raise FactsError(
                    f"visits[{index}].phones[{position}].id", "names a phone that the visit has already"
                )
            known.add(phone.id)


def _check_repayments(repayments: tuple[RepaymentFacts, ...]) -> None:
    by_id: dict[str, RepaymentFacts] = {}
    for repayment in repayments:
        by_id.setdefault(repayment.id, repayment)
    left: dict[str, int] = {}
    for index, repayment in enumerate(repayments):
        if by_id[repayment.id] is not repayment:
            raise FactsError(f"repayments[{index}].id", "names a repayment that the line has already")
        if repayment.paid_at is not None and local_day(repayment.paid_at) != repayment.paid_on:
            raise FactsError(f"repayments[{index}].paid_at", "must fall on the local day paid_on")
        if repayment.reverses is not None:
            _check_reversal(repayment, f"repayments[{index}].reverses", by_id, left)
        elif repayment.amount <= 0:
            raise FactsError(
                f"repayments[{index}].reverses",
                "must name a repayment where the amount is not greater than zero",
            )


def _check_reversal(
    reversal: RepaymentFacts, place: str, by_id: dict[str, RepaymentFacts], left: dict[str, int]
) -> None:
    original = by_id.get(reversal.reverses or "")
    if original is None or original is reversal:
        raise FactsError(place, "must name another repayment of the line")
    if original.reverses is not None:
        raise FactsError(place, "must name a repayment that is no reversal")
    if reversal.amount >= 0:
        raise FactsError(place, "must be null unless the amount is less than zero")
    left[original.id] = left.get(original.id, original.amount) + reversal.amount
    if left[original.id] < 0:
        raise FactsError(place, "names a repayment that would be reversed by more than its amount")
