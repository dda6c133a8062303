"""Owns the windows W1 to W6 (section 5): the days that a visit can cover, and what cuts them. Refuses to
pick a visit."""

from datetime import date, datetime, timedelta

from server.domain.calendar import LAST_DAY, days_after, month_later
from server.domain.policy.editions import Edition
from server.domain.policy.facts import PlacementFacts, PoliceReferralFacts, RepaymentFacts
from server.domain.policy.registry import clause
from server.domain.policy.verdicts import Verdict

WINDOW_PASSED = Verdict("W1", "window_passed", False)
LETTER_WINDOW_PASSED = Verdict("W2", "window_passed", False)
HALF_REACHED = Verdict("W3", "half_reached", True)
HALF_NOT_REACHED = Verdict("W3", "half_not_reached", False)
AFTER_PLACEMENT = Verdict("W4", "after_placement", False)
BEFORE_VISIT = Verdict("W5", "before_visit", False)
AFTER_POLICE_REFERRAL = Verdict("W6", "after_police_referral", False)

_ONE_DAY = timedelta(days=1)


@clause("W1", codes=("window_passed",))
def w1_month_end(day: date, edition: Edition) -> date:
    """The last day of the month that begins with the visit: the day before the same day of the next month.

    「自外访之日起后一个月」
    「如本月10号外访，至次月9号前(包括9号)还款计入业绩」
    """
    same_day, exists = month_later(day)
    if exists and edition.month_end == "day_before":
        return same_day - _ONE_DAY
    return same_day


@clause("W2", codes=("window_passed",))
def w2_letter_end(day: date, edition: Edition) -> date:
    """The last day of the five that a letter opens, counted from the day after the visit.

    「在5天内有回款的(从外访次日起算」
    """
    return days_after(day, edition.letter_days)


@clause("W3", codes=("half_reached", "half_not_reached"))
def w3_half(covered: int, base: int, edition: Edition) -> Verdict:
    """Half of the base came back within the visit's own month (all in fen): the window runs on with the
    placement.

    「外访一个月内还款50%，则委案期内还款均有效」
    """
    if base <= 0 or covered * edition.half_denominator >= base * edition.half_numerator:
        return HALF_REACHED
    return HALF_NOT_REACHED


@clause("W4", codes=("after_placement",))
def w4_placement_end(placement: PlacementFacts) -> date:
    """The last day of the placement, retention included: no window reaches past it.

    「委案期」
    「包括留案」
    """
    retained_until = placement.retained_until
    if retained_until is not None and retained_until > placement.recall_on:
        return retained_until
    return placement.recall_on


@clause("W5", codes=("before_visit",), ours=True)
def w5_before_visit(day: date, started_at: datetime, repayment: RepaymentFacts) -> Verdict | None:
    """Paid before the visit began; on its day only a known time can show that."""
    paid_on = repayment.paid_on
    if paid_on > day:
        return None
    if paid_on < day or (repayment.paid_at is not None and repayment.paid_at < started_at):
        return BEFORE_VISIT
    return None


@clause("W6", codes=("after_police_referral",))
def w6_police_cut(day: date, referrals: tuple[PoliceReferralFacts, ...], edition: Edition) -> date:
    """The last day before a referral to the economic-crime police ends the windows: the earliest of the cuts.

    「需在外访7天后报经侦，特殊情况必须向外访客服说明」
    「若回款，经侦前计入外访成绩，经侦后不计入」
    """
    cut = LAST_DAY
    for referral in referrals:
        referred_on = referral.referred_on
        if referred_on > day:
            if not referral.early_explained:
                # A referral within the wait does not shorten what the visit was promised: the cut is its
                # last day.
                referred_on = max(referred_on, days_after(day, edition.police_referral_wait_days))
            cut = min(cut, referred_on)
    return cut
