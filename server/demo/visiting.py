"""At the door: a crew plays a script through the use cases, as two phones would send it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.demo.evidence import Drawing, Studio, send
from server.demo.firm import Firm
from server.demo.planning import Crew
from server.demo.requesting import Requested
from server.demo.scripts import Met, Script
from server.domain.coordinates import Datum
from server.domain.evidence import EvidenceKind
from server.domain.placements import AddressKind, CallLine, Direction, PhoneOwner
from server.domain.visits import (
    AddressOutcome,
    CheckDirection,
    CheckInWay,
    ContactChannel,
    Visit,
)
from server.services import (
    check_ins,
    follow_ups,
    letters,
    visit_answers,
    visit_calls,
    visit_contacts,
    visit_information,
    visit_messages,
    visit_outcomes,
)
from server.services.ports.unit_of_work import UnitOfWork

_ACCURACY_M = 12.0
_NOBODY_ELSE = {"knew_of_debt": False, "offered_to_repay": False}


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a crew: when it begins, how long it is, where; `drawings` are in the making."""

    crew: Crew
    requested: Requested
    visit_id: str
    begins: datetime
    minutes: int
    latitude: float
    longitude: float
    drawings: list[Drawing]

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    def sender(self, firm: Firm) -> str:
        """Whose phone sends: the lead's, the partner's where the lead has none."""
        return self.crew.lead if self.crew.lead in firm.phones else self.crew.partner


@dataclass(frozen=True, slots=True)
class Happened:
    """What the course needs to know of a visit afterwards."""

    visit_id: str
    letter_id: str | None
    relays: list[tuple[str, int]]


def prepare(
    firm: Firm, studio: Studio, crew: Crew, requested: Requested, visit: Visit, begins: datetime, seconds: int
) -> Stop:
    """Draw what the phones will bring while the crew is on its way; `seconds` is the length of the recording."""
    latitude, longitude = firm.place(visit.address_id, requested.case.county_code)
    minutes = max(15, seconds // 60 + 2)
    script = requested.script
    drawings: list[Drawing] = []
    if script.photo:
        for number, kind in enumerate(
            (EvidenceKind.PHOTO_FAR, EvidenceKind.PHOTO_NUMBER, EvidenceKind.PHOTO_DOOR)
        ):
            moment = begins + timedelta(minutes=1, seconds=40 * number)
            drawings.append(studio.photo(kind, moment, latitude, longitude))
    if script.letter is not None:
        for number, kind in enumerate((EvidenceKind.LETTER_ADDRESS, EvidenceKind.LETTER_MANNER)):
            moment = begins + timedelta(minutes=minutes - 3, seconds=30 * number)
            drawings.append(studio.photo(kind, moment, latitude, longitude))
    if script.recording:
        drawings.append(studio.recording(begins, seconds, latitude, longitude))
    return Stop(crew, requested, visit.id, begins, minutes, latitude, longitude, drawings)


def arrive(firm: Firm, stop: Stop) -> None:
    """Both check in on their phones; who has none shows a code that the other types (V1)."""
    _check(firm, stop, CheckDirection.IN, stop.begins)


def play(firm: Firm, stop: Stop, *, sends: bool = True) -> Happened:
    """Everything from the first word to the check-out, then the uploads, if the phone finds a network."""
    script = stop.requested.script
    firm.until(stop.ends)
    with firm.acting(stop.crew.lead) as (uow, _actor):
        relays = [(_meet(firm, uow, stop, met), met.relayed_after) for met in script.met]
        _call(firm, uow, stop, script)
        if script.message:
            _message(firm, uow, stop)
        letter_id = _leave_letter(firm, uow, stop, script) if script.letter is not None else None
        visit_answers.give(uow, firm.actors[stop.crew.lead], stop.visit_id, _answers(firm, stop))
        visit_outcomes.record(
            uow,
            firm.actors[stop.crew.lead],
            stop.visit_id,
            {"id": firm.new_id(), "outcome": script.outcome, "debtor_gone": script.gone, "note": ""},
        )
    _check(firm, stop, CheckDirection.OUT, stop.ends)
    if sends:
        send(firm, stop.sender(firm), stop.visit_id, stop.drawings)
    return Happened(stop.visit_id, letter_id, [(id_, after) for id_, after in relays if after is not None])


def go_on(firm: Firm, studio: Studio, stop: Stop, script: Script) -> Stop:
    """V7: on to the new address of the debtor on the spot; what happens there is another script."""
    visit = _follow_up(firm, stop, on_the_spot=True)
    begins = stop.ends + timedelta(minutes=25)
    requested = replace(stop.requested, script=script, visits=[visit])
    return prepare(firm, studio, stop.crew, requested, visit, begins, 40)


def follow_later(firm: Firm, stop: Stop, script: Script) -> Requested:
    """V7: the new address is visited on another day, by plan; what happens there is another script."""
    visit = _follow_up(firm, stop, on_the_spot=False)
    return replace(stop.requested, script=script, visits=[visit])


def _follow_up(firm: Firm, stop: Stop, *, on_the_spot: bool) -> Visit:
    with firm.acting(stop.crew.lead) as (uow, actor):
        learnt = {
            "id": firm.new_id(),
            "kind": AddressKind.HOME,
            "text": stop.requested.case.division + firm.inventor.detail(),
            "at": stop.begins + timedelta(minutes=6),
        }
        address = visit_information.add_address(firm.house, uow, actor, stop.visit_id, learnt)
        visit, _findings = follow_ups.open_follow_up(
            uow,
            actor,
            stop.visit_id,
            {"id": firm.new_id(), "address_id": address.id, "on_the_spot": on_the_spot, "at": stop.ends},
        )
    return visit


def _check(firm: Firm, stop: Stop, direction: CheckDirection, at: datetime) -> None:
    lead, partner = stop.crew.lead, stop.crew.partner
    if lead not in firm.phones:
        lead, partner = partner, lead
    _check_one(firm, stop, direction, at, lead, CheckInWay.OWN_DEVICE, None)
    if not stop.requested.script.partner:
        return
    if partner in firm.phones:
        _check_one(firm, stop, direction, at + timedelta(seconds=50), partner, CheckInWay.OWN_DEVICE, None)
        return
    with firm.acting(partner) as (uow, actor):
        code = check_ins.code_for(uow, actor, stop.visit_id)["code"]
    _check_one(firm, stop, direction, firm.now, lead, CheckInWay.PARTNER_CODE, (partner, code))


def _check_one(
    firm: Firm,
    stop: Stop,
    direction: CheckDirection,
    at: datetime,
    username: str,
    way: CheckInWay,
    coded: tuple[str, str] | None,
) -> None:
    firm.until(at)
    spread = firm.inventor.dice.uniform
    with firm.acting(username) as (uow, actor):
        check_ins.check(
            uow,
            actor,
            stop.visit_id,
            {
                "id": firm.new_id(),
                "direction": direction,
                "way": way,
                "at": at,
                "latitude": stop.latitude + spread(-0.0002, 0.0002),
                "longitude": stop.longitude + spread(-0.0002, 0.0002),
                "accuracy_m": _ACCURACY_M,
                "datum": Datum.WGS84,
                "device_id": firm.phones[username].device_id,
                "account_id": None if coded is None else firm.actors[coded[0]].account_id,
                "code": None if coded is None else coded[1],
                "began_offline": False,
            },
        )


def _meet(firm: Firm, uow: UnitOfWork, stop: Stop, met: Met) -> str:
    phone_id = None
    if met.channel is ContactChannel.PHONE_ON_SITE:
        phone_id = uow.phones.having(debtor_id=stop.requested.placement.debtor_id, owner=PhoneOwner.DEBTOR)[
            0
        ].id
    contact = visit_contacts.add(
        uow,
        firm.actors[stop.crew.lead],
        stop.visit_id,
        {
            "id": firm.new_id(),
            "who": met.who,
            "channel": met.channel,
            "name": "",
            "relation": "",
            "communicated": met.communicated,
            **_NOBODY_ELSE,
            "will_relay": met.will_relay,
            "can_relay": met.will_relay,
            "phone_id": phone_id,
            "at": stop.begins + timedelta(minutes=5),
        },
    )
    return contact.id


def _call(firm: Firm, uow: UnitOfWork, stop: Stop, script: Script) -> None:
    """V18: one record a call. Which phones are reachable, the calls of the weeks before say."""
    if script.calls == "none":
        return
    phones = uow.phones.having(debtor_id=stop.requested.placement.debtor_id, duplicate_of_id=None)
    for number, phone in enumerate(phones if script.calls == "all" else phones[1:]):
        answered = (
            any(m.channel is ContactChannel.PHONE_ON_SITE for m in script.met)
            and phone.owner is PhoneOwner.DEBTOR
        )
        visit_calls.add(
            uow,
            firm.actors[stop.crew.lead],
            stop.visit_id,
            {
                "id": firm.new_id(),
                "phone_id": phone.id,
                "at": stop.begins + timedelta(minutes=7, seconds=45 * number),
                "answered": answered,
                "direction": Direction.OUT,
                "seconds": 90 if answered else 0,
                "line": CallLine.COMPANY_DEVICE,
                "recording_offset_ms": None,
            },
        )


def _message(firm: Firm, uow: UnitOfWork, stop: Stop) -> None:
    template = uow.message_templates.having(name="还款提醒")[0]
    phone = uow.phones.having(debtor_id=stop.requested.placement.debtor_id, owner=PhoneOwner.DEBTOR)[0]
    visit_messages.queue(
        uow,
        firm.actors[stop.crew.lead],
        stop.visit_id,
        {
            "id": firm.new_id(),
            "phone_id": phone.id,
            "template_id": template.id,
            "at": stop.begins + timedelta(minutes=11),
        },
    )


def _leave_letter(firm: Firm, uow: UnitOfWork, stop: Stop, script: Script) -> str:
    letter = letters.leave(
        uow,
        firm.actors[stop.crew.lead],
        stop.visit_id,
        {
            "id": firm.new_id(),
            "left_at": script.letter,
            "manner": "密封后投入信箱",
            "at": stop.ends - timedelta(minutes=2),
        },
    )
    return letter.id


def _answers(firm: Firm, stop: Stop) -> dict[str, object]:
    script = stop.requested.script
    found = script.outcome is AddressOutcome.FOUND
    return {
        "id": firm.new_id(),
        "identity_shown_at": stop.begins + timedelta(minutes=4) if script.met else None,
        "entered": found and firm.inventor.chance(0.1),
        "entry_consent_by": "本人",
        "vulnerable_person": firm.inventor.chance(0.04),
        "vulnerable_note": None,
        "asked_to_leave": firm.inventor.chance(0.04),
        "unsafe": False,
        "recording_refused": False,
        "benefits_offered": firm.inventor.chance(0.01),
        "cash_offered": firm.inventor.chance(0.02),
        "relief_requested": False,
        "note": "",
    }
