"""What a phone carries on a day: the own visits with what must be known at the door (S19, V10, V14). Values alone.

It owns which visits these are. It refuses those of other days and of other teams: what is not on the phone cannot be
lost with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.calls import CallDay
from server.domain.consents import ConsentAsked
from server.domain.disclosure import TalkRules, v14_talk_rules
from server.domain.placements import Hold
from server.domain.policy.editions import Edition
from server.domain.visit_whole import VisitBrief, VisitPhone
from server.domain.visits import ContactWho, Device, MessageTemplate, Visit, VisitState

# The oldest app that still speaks to this server; it is raised by whoever changes what phones send.
LEAST_APP_VERSION = 1
_CARRIED = frozenset({VisitState.PUBLISHED, VisitState.IN_PROGRESS, VisitState.COMPLETED})


class Standing(StrEnum):
    """A contact as far as V10 and V14 tell them apart."""

    PLAIN = "plain"
    OFFERS_TO_REPAY = "offers_to_repay"  # knew of the debt unasked and offered to repay it


@dataclass(frozen=True, slots=True)
class TalkCard:
    """What may be asked of and said to somebody of that kind."""

    who: ContactWho
    standing: Standing
    rules: TalkRules


@dataclass(frozen=True, slots=True)
class TeamMate:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The server's public key as phones take it: coordinates of P-256 in base64url (S19)."""

    id: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class PhoneVisit:
    """One visit as its team carries it along; `present` are those who are proven to be there already.

    `calls` is the debtor's day so far (V9).
    """

    brief: VisitBrief
    team: tuple[TeamMate, ...]
    hold: Hold | None
    phones: tuple[VisitPhone, ...]
    calls: CallDay
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhoneDay:
    """A day of one agent. `devices` are those in the own hands; `edition` has the numbers that the phone keeps to."""

    now: datetime
    day: date
    least_app_version: int
    devices: tuple[Device, ...]
    sealing_key: SealingKey
    consent: ConsentAsked
    edition: Edition
    talk: tuple[TalkCard, ...]
    templates: tuple[MessageTemplate, ...]
    visits: tuple[PhoneVisit, ...]


def carried_by(visit: Visit, account_id: str) -> bool:
    """S19: whether a visit of the day is on that person's phone: their own, published, neither failed nor cancelled."""
    team = (visit.lead_id, visit.partner_id, visit.trainee_id)
    return account_id in team and visit.state in _CARRIED


def talk_cards() -> tuple[TalkCard, ...]:
    """The rules of V14 for everybody who may be met, so that the phone shows them without a network."""
    plain = [TalkCard(who, Standing.PLAIN, v14_talk_rules(who)) for who in ContactWho]
    offering = [
        TalkCard(who, Standing.OFFERS_TO_REPAY, v14_talk_rules(who, knew_of_debt=True, offered_to_repay=True))
        for who in ContactWho
        if who is not ContactWho.DEBTOR
    ]
    return (*plain, *offering)
