"""What a decision on a visit request may see: the case, the addresses asked for and known, what was granted before.

Frozen values without a clock: `requested_on` is the day that is judged, today for a draft and the day of filing later.
Refuses to look anything up; `server.services.request_facts` gathers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.domain.addresses import AddressVerdict
from server.domain.placements import Address, AddressKind, AddressStanding, Hold, Placement, Promise
from server.domain.policy.editions import Edition
from server.domain.requests import DemolitionCheck, Waiver, WaiverKind


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address of the debtor, asked for or not, with the standing that the records give it (`address_standing`).

    `visited`: a visit of this placement took place there (R5).
    """

    address: Address
    standing: AddressStanding
    visited: bool

    @property
    def rank(self) -> int:
        """R5: 1 valid, 2 household registration, 3 everything else."""
        if self.standing is AddressStanding.VALID:
            return 1
        return 2 if self.address.kind is AddressKind.HOUSEHOLD else 3

    @property
    def done_with(self) -> bool:
        """R5: a higher-ranked address stands in nobody's way once it was visited or recorded as invalid."""
        return self.visited or self.standing is AddressStanding.INVALID


@dataclass(frozen=True, slots=True)
class AskedAddress:
    """An address of the request: today's verdict on it in both languages, what the person accepted, what is on file."""

    known: KnownAddress
    verdict: AddressVerdict
    message_en: str
    accepted_text: str | None
    confirmed: bool
    demolition_checks: tuple[DemolitionCheck, ...]

    @property
    def address(self) -> Address:
        return self.known.address


@dataclass(frozen=True, slots=True)
class OpenDivision:
    """R7: a county-level division in which another request of the debtor is open, and since when."""

    county_code: str
    county: str
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Everything the clauses R1 to R8, R11 and V13 ask for one request on one day.

    `holds` are those in force; `person_blocked`: nobody may contact the debtor any more.
    """

    placement: Placement
    requested_on: date
    edition: Edition
    asked: tuple[AskedAddress, ...]
    known: tuple[KnownAddress, ...]
    open_divisions: tuple[OpenDivision, ...]
    waivers: tuple[Waiver, ...]
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    person_blocked: bool

    def granted(self, kind: WaiverKind, address_id: str | None = None) -> Waiver | None:
        """The newest waiver of that kind that a dispatcher granted; for one address where one is named."""
        granted = [
            waiver
            for waiver in self.waivers
            if waiver.kind is kind and waiver.granted and waiver.address_id == address_id
        ]
        return max(granted, key=lambda waiver: waiver.asked_at, default=None)
