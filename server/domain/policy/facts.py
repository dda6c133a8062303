"""Owns the facts that a decision may see, as frozen values. Refuses everything else: names, places, the
time of day now.

Days are dates in Asia/Shanghai, instants are aware datetimes, money is whole fen. `wire.py` reads and
writes them in the scoring format, whose page says what each field means.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from server.domain.making import quickly

AddressKind = Literal["household", "home", "work", "other"]
Who = Literal["debtor", "direct_relative", "other_contact", "village_committee", "stranger"]
Channel = Literal["in_person", "phone_on_site"]
LeftAt = Literal["visited_address", "village_committee"]
PhoneOwner = Literal["debtor", "relative", "other"]


@dataclass(frozen=True, slots=True)
class PoliceReferralFacts:
    """A referral to the economic-crime police, and whether an early one was explained and accepted (W6)."""

    referred_on: date
    early_explained: bool


@quickly
@dataclass(frozen=True, slots=True)
class AddressFacts:
    """The visited address: its origin, and whether a confirmation is on file (R6)."""

    kind: AddressKind
    confirmed: bool


@quickly
@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A person met at the place, or telephoned from it during the visit."""

    who: Who
    channel: Channel
    communicated: bool
    will_relay: bool
    can_relay: bool
    relayed_on: date | None


@quickly
@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A letter that was left, and the day of the call that acknowledged it."""

    left_at: LeftAt
    photographed: bool
    counterfoil_returned: bool
    acknowledged_on: date | None


@quickly
@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """A number on file at the visit; one that V9 or V13 forbade to call is not reachable."""

    id: str
    owner: PhoneOwner
    reachable: bool
    called: bool
    messaged: bool


@quickly
@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One stop at one address by one team, the lead first in `agents`."""

    id: str
    started_at: datetime
    agents: tuple[str, ...]
    present: tuple[str, ...]
    photos: int
    recordings: int
    voided: bool
    address: AddressFacts
    contacts: tuple[ContactFacts, ...]
    letter: LetterFacts | None
    phones: tuple[PhoneFacts, ...]
    debtor_gone: bool
    promise_due_on: date | None
    promise_explained: bool
    superseded_by: str | None
    contact_restored_on: date | None


@quickly
@dataclass(frozen=True, slots=True)
class RepaymentFacts:
    """A repayment in fen, or a reversal: negative, and naming the repayment that it reverses."""

    id: str
    paid_on: date
    paid_at: datetime | None
    amount: int
    reverses: str | None


@quickly
@dataclass(frozen=True, slots=True)
class PlacementFacts:
    """One case as placed with the firm once, with its visits and repayments; `placed_amount` in fen."""

    id: str
    placed_amount: int
    opened_on: date
    recall_on: date
    retained_until: date | None
    promising_from: date | None
    police_referrals: tuple[PoliceReferralFacts, ...]
    visits: tuple[VisitFacts, ...]
    repayments: tuple[RepaymentFacts, ...]
