"""Owns how one visit stands under its edition: day, basis, exclusion, window, and whether it covers a
repayment.

Refuses to choose between visits (`attribution.py`) and to look at reversals by themselves: it is given net
amounts by original (A5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.calendar import local_day
from server.domain.making import quickly
from server.domain.policy.bases import FIVE_DAYS, first_basis, x7_contact_restored
from server.domain.policy.editions import Edition, PolicyBook
from server.domain.policy.exclusions import first_exclusion
from server.domain.policy.facts import PlacementFacts, RepaymentFacts, VisitFacts
from server.domain.policy.verdicts import Verdict
from server.domain.policy.windows import (
    AFTER_PLACEMENT,
    AFTER_POLICE_REFERRAL,
    BEFORE_VISIT,
    HALF_REACHED,
    LETTER_WINDOW_PASSED,
    WINDOW_PASSED,
    w1_month_end,
    w2_letter_end,
    w3_half,
    w4_placement_end,
    w5_before_visit,
    w6_police_cut,
)

COVERED = Verdict("A1", "covered", True)

# An original repayment with its net amount in fen, its reversals taken off.
Net = tuple[RepaymentFacts, int]


@quickly
@dataclass(frozen=True, slots=True)
class Window:
    """The days that a visit covers, and how they came about; `last` and `extended` are what a credit line
    shows.

    `own_last` is the end of W1 or W2 before any cut. `half` is None where W3 was not asked; `half_covered`
    and `half_base` (fen) are what it compared.
    """

    own_last: date
    last: date
    extended: bool
    opened_by_letter: bool
    half: Verdict | None
    half_covered: int
    half_base: int


@quickly
@dataclass(frozen=True, slots=True)
class Reading:
    """One visit judged. `window` is None unless it has a basis and no exclusion."""

    visit: VisitFacts
    day: date
    edition: Edition
    basis: Verdict
    exclusion: Verdict | None
    placement_end: date
    police_cut: date
    window: Window | None

    @property
    def by_letter(self) -> bool:
        """Whether X7 watches each repayment: the basis is C4."""
        return self.basis is FIVE_DAYS


def read_visits(placement: PlacementFacts, nets: Sequence[Net], book: PolicyBook) -> list[Reading]:
    """Every visit judged under its edition, in A1's order: the one that started last first, ties by the
    greater id."""
    visits: Sequence[VisitFacts] = placement.visits
    if len(visits) > 1:
        visits = sorted(visits, key=lambda visit: (visit.started_at, visit.id), reverse=True)
    return [_read(visit, placement, nets, book) for visit in visits]


def _read(visit: VisitFacts, placement: PlacementFacts, nets: Sequence[Net], book: PolicyBook) -> Reading:
    day = local_day(visit.started_at)
    edition = book.in_force_on(day)
    basis = first_basis(visit, day, edition)
    exclusion = first_exclusion(visit, day, basis, edition)
    placement_end = w4_placement_end(placement)
    police_cut = w6_police_cut(day, placement.police_referrals, edition)
    bare = Reading(visit, day, edition, basis, exclusion, placement_end, police_cut, None)
    if not basis.holds or exclusion is not None:
        return bare
    window = _window(bare, placement, nets)
    return Reading(visit, day, edition, basis, exclusion, placement_end, police_cut, window)


def _window(reading: Reading, placement: PlacementFacts, nets: Sequence[Net]) -> Window:
    edition, end, cut = reading.edition, reading.placement_end, reading.police_cut
    stops = edition.window_stops_at_placement_end
    limit = min(end, cut) if stops else cut
    if reading.by_letter:
        own_last = w2_letter_end(reading.day, edition)
        last = min(own_last, limit)
        if not (edition.letter_opens_month and _covers_a_positive_net(reading, last, nets)):
            return Window(own_last, last, False, False, None, 0, 0)
    own_last = w1_month_end(reading.day, edition)
    last = min(own_last, limit)
    covered = sum(net for original, net in nets if _reaches(reading, last, original))
    base = _half_base(reading, placement, nets)
    half = w3_half(covered, base, edition)
    extended = half is HALF_REACHED
    if extended:
        last = min(end if stops else max(own_last, end), cut)
    return Window(own_last, last, extended, reading.by_letter, half, covered, base)


def _half_base(reading: Reading, placement: PlacementFacts, nets: Sequence[Net]) -> int:
    if reading.edition.half_base == "placed_amount":
        return placement.placed_amount
    return placement.placed_amount - sum(net for original, net in nets if original.paid_on < reading.day)


def _covers_a_positive_net(reading: Reading, last: date, nets: Sequence[Net]) -> bool:
    return any(net > 0 and _reaches(reading, last, original) for original, net in nets)


def _reaches(reading: Reading, last: date, original: RepaymentFacts) -> bool:
    """Whether a window that ends on `last` holds the repayment, with W5, and X7 for the basis C4."""
    if (
        original.paid_on > last
        or w5_before_visit(reading.day, reading.visit.started_at, original) is not None
    ):
        return False
    return not reading.by_letter or x7_contact_restored(reading.visit, reading.day, original.paid_on) is None


def coverage(reading: Reading, original: RepaymentFacts) -> Verdict:
    """COVERED, BEFORE_VISIT (W5), or the reason that A6 gives for a visit that began before the repayment."""
    if w5_before_visit(reading.day, reading.visit.started_at, original) is not None:
        return BEFORE_VISIT
    window = reading.window
    if window is None:
        return reading.exclusion or reading.basis
    paid_on = original.paid_on
    restored = x7_contact_restored(reading.visit, reading.day, paid_on) if reading.by_letter else None
    if paid_on <= window.last and restored is None:
        return COVERED
    # By bare comparison of dates, whatever other limit may have ended the window before.
    if paid_on > reading.placement_end and reading.edition.window_stops_at_placement_end:
        return AFTER_PLACEMENT
    if paid_on > reading.police_cut:
        return AFTER_POLICE_REFERRAL
    if restored is not None:
        return restored
    return LETTER_WINDOW_PASSED if reading.by_letter and not window.opened_by_letter else WINDOW_PASSED
