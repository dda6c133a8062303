"""Owns what never counts whatever the basis: X1, X2, X3, X6, X4 (section 4), in that order. Refuses X5 and
X7 to X9, which concern the basis C4 alone and stand in `bases.py`.
"""

from datetime import date

from server.domain.policy.bases import MET, PHONED
from server.domain.policy.editions import Edition
from server.domain.policy.facts import VisitFacts
from server.domain.policy.registry import clause
from server.domain.policy.verdicts import Verdict

VOIDED = Verdict("X1", "voided", False)
NOT_TWO_PRESENT = Verdict("X2", "not_two_present", False)
NO_PHOTO_OR_RECORDING = Verdict("X3", "no_photo_or_recording", False)
SUPERSEDED = Verdict("X6", "superseded", False)
PROMISE_PENDING = Verdict("X4", "promise_pending", False)


@clause("X1", codes=("voided",))
def x1_voided(visit: VisitFacts) -> Verdict | None:
    """The evidence was found forged and voided (V8).

    「外访录音必须真实有效」
    """
    return VOIDED if visit.voided else None


@clause("X2", codes=("not_two_present",), ours=True)
def x2_not_two_present(visit: VisitFacts, edition: Edition) -> Verdict | None:
    """Fewer agents were present than the team needs (V1); that it takes the credit away is ours."""
    return NOT_TWO_PRESENT if len(visit.present) < edition.team_size else None


@clause("X3", codes=("no_photo_or_recording",))
def x3_no_photo_or_recording(visit: VisitFacts, edition: Edition) -> Verdict | None:
    """A photo and a recording are both needed.

    「外访案件无照片和录音」
    """
    if visit.photos and visit.recordings:
        return None
    if edition.evidence_required == "either" and (visit.photos or visit.recordings):
        return None
    return NO_PHOTO_OR_RECORDING


@clause("X6", codes=("superseded",))
def x6_superseded(visit: VisitFacts, basis: Verdict, edition: Edition) -> Verdict | None:
    """A follow-up at the new address took place and superseded this earlier visit (V7).

    「去往新地址的外访计入外访成绩，前一次仍为电催成绩」
    """
    if visit.superseded_by is None:
        return None
    if edition.supersede_keeps_contact and basis in (MET, PHONED):
        return None
    return SUPERSEDED


@clause("X4", codes=("promise_pending",))
def x4_promise_pending(visit: VisitFacts, day: date, edition: Edition) -> Verdict | None:
    """The visit fell on or before a promised day that was known at publication, without an accepted
    explanation (R11).

    「电催过程中，债务人已承诺且有能力进行还款，因此不建议在承诺还款日期之前去外访」
    """
    due_on = visit.promise_due_on
    if due_on is None or day > due_on or visit.promise_explained or not edition.promise_excludes_visit:
        return None
    return PROMISE_PENDING


def first_exclusion(visit: VisitFacts, day: date, basis: Verdict, edition: Edition) -> Verdict | None:
    """The first exclusion that holds, in the order of the policy's table; None when nothing excludes the
    visit."""
    return (
        x1_voided(visit)
        or x2_not_two_present(visit, edition)
        or x3_no_photo_or_recording(visit, edition)
        or x6_superseded(visit, basis, edition)
        or x4_promise_pending(visit, day, edition)
    )
