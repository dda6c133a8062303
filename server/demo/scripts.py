"""What happens at a door of the demo: one script a visit, so that every clause of the policy is seen at work.

A script is data; `course` plays it through the use cases. Repayments are shares of the placed amount, so many days
after the visit. X9 alone has no script: R6 lets nobody be sent to an unconfirmed address, so no letter is left at one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.domain.visits import AddressOutcome, ContactChannel, ContactWho, LetterPlace


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody met or telephoned; `relayed_after`: days until the relay is confirmed, None for never (C3)."""

    who: ContactWho
    channel: ContactChannel = ContactChannel.IN_PERSON
    communicated: bool = True
    will_relay: bool = False
    relayed_after: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A repayment; `reversed_after`: the bank takes a part back so many days later (A5)."""

    after: int
    share: float
    reversed_after: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """One course of a visit, with the clause or the reason code it is there for."""

    shows: str
    weight: int
    met: tuple[Met, ...] = ()
    letter: LetterPlace | None = None
    counterfoil_after: int | None = 0  # days; None: never handed back
    acknowledged_after: int | None = None
    calls: Literal["all", "some", "none"] = "none"
    message: bool = False
    partner: bool = True
    photo: bool = True
    recording: bool = True
    gone: bool = False
    outcome: AddressOutcome = AddressOutcome.FOUND
    voided_after: int | None = None
    promise_after: int | None = (
        None  # a promise by phone, due so many days after, heard between filing and plan
    )
    restored_after: int | None = None
    referred_after: int | None = None
    referred_before: int | None = None
    recalled_after: int | None = None
    promising: bool = False
    follow_up: Literal["learnt", "planned"] | None = None
    paid: tuple[Paid, ...] = ()


_DEBTOR = Met(ContactWho.DEBTOR)
_RELATIVE = Met(ContactWho.DIRECT_RELATIVE)
_FRIEND = Met(ContactWho.OTHER_CONTACT, will_relay=True, relayed_after=5)
_HERE = LetterPlace.VISITED_ADDRESS
_NOBODY = AddressOutcome.NOBODY

SCRIPTS: tuple[Script, ...] = (
    Script("C1", 16, met=(_DEBTOR,), paid=(Paid(4, 0.06), Paid(21, 0.05))),
    Script("C1 relative", 8, met=(_RELATIVE,), paid=(Paid(11, 0.04),)),
    Script("C1 unpaid", 8, met=(_DEBTOR,)),
    Script(
        "C2", 5, met=(Met(ContactWho.DEBTOR, ContactChannel.PHONE_ON_SITE),), calls="all", outcome=_NOBODY,
        paid=(Paid(9, 0.05),),
    ),
    Script("C3", 6, met=(_FRIEND,), outcome=_NOBODY, paid=(Paid(13, 0.04),)),
    Script(
        "relay_not_confirmed", 4, outcome=_NOBODY,
        met=(Met(ContactWho.OTHER_CONTACT, will_relay=True),), paid=(Paid(6, 0.03),),
    ),
    Script("C4", 8, letter=_HERE, calls="all", message=True, outcome=_NOBODY, paid=(Paid(3, 0.04), Paid(9, 0.02))),
    Script(
        "C4 committee", 3, letter=LetterPlace.VILLAGE_COMMITTEE, calls="all", message=True, outcome=_NOBODY,
        met=(Met(ContactWho.VILLAGE_COMMITTEE),), paid=(Paid(5, 0.03),),
    ),
    Script(
        "C5", 5, letter=_HERE, calls="all", message=True, acknowledged_after=8, outcome=_NOBODY, paid=(Paid(17, 0.06),),
    ),
    Script(
        "phones_not_called", 3, letter=_HERE, calls="some", message=True, outcome=_NOBODY, paid=(Paid(2, 0.03),)
    ),
    Script("message_not_sent", 3, letter=_HERE, calls="all", outcome=_NOBODY, paid=(Paid(4, 0.03),)),
    Script(
        "letter_not_proven", 3, letter=_HERE, counterfoil_after=None, calls="all", message=True, outcome=_NOBODY,
        paid=(Paid(4, 0.02),),
    ),
    Script(
        "debtor_gone", 3, letter=_HERE, calls="all", message=True, gone=True, outcome=AddressOutcome.MOVED,
        paid=(Paid(3, 0.02),),
    ),
    Script("no_effect", 5, met=(Met(ContactWho.STRANGER),), outcome=_NOBODY, paid=(Paid(5, 0.03),)),
    Script("not_two_present", 3, met=(_DEBTOR,), partner=False, paid=(Paid(6, 0.04),)),
    Script("no_photo_or_recording", 3, met=(_DEBTOR,), recording=False, paid=(Paid(7, 0.04),)),
    Script("voided", 2, met=(_DEBTOR,), voided_after=6, paid=(Paid(8, 0.05),)),
    Script("V7", 2, met=(_RELATIVE,), follow_up="learnt", paid=(Paid(6, 0.05),)),
    Script("superseded", 2, met=(_RELATIVE,), follow_up="planned", paid=(Paid(0, 0.03), Paid(7, 0.04))),
    Script("promise_pending", 3, met=(_DEBTOR,), promise_after=5, paid=(Paid(6, 0.05),)),
    Script(
        "contact_restored_by_collector", 3, letter=_HERE, calls="all", message=True, restored_after=2, outcome=_NOBODY,
        paid=(Paid(3, 0.04),),
    ),
    Script("W3", 4, met=(_DEBTOR,), paid=(Paid(5, 0.35), Paid(19, 0.2), Paid(43, 0.1))),
    Script("window_passed", 3, met=(_DEBTOR,), paid=(Paid(36, 0.05),)),
    Script("after_police_referral", 3, met=(_DEBTOR,), referred_after=10, paid=(Paid(8, 0.04), Paid(14, 0.05))),
    Script("W6 early", 2, met=(_DEBTOR,), referred_after=3, paid=(Paid(6, 0.03),)),
    Script("A3", 3, met=(_DEBTOR,), referred_before=12, paid=(Paid(7, 0.06),)),
    Script("A4", 3, met=(_DEBTOR,), promising=True, paid=(Paid(5, 0.05),)),
    Script("A5", 3, met=(_DEBTOR,), paid=(Paid(4, 0.08, reversed_after=9),)),
    Script("after_placement", 2, met=(_DEBTOR,), recalled_after=5, paid=(Paid(12, 0.05),)),
)  # fmt: skip
