"""The day of one agent, put together in one answer, so that a phone needs a network once in the morning (S19, R12)."""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.access import Actor, Reach, Scope
from server.domain.calendar import local_day
from server.domain.people import Account
from server.domain.phone_days import (
    LEAST_APP_VERSION,
    PhoneDay,
    PhoneVisit,
    TeamMate,
    carried_by,
    talk_cards,
)
from server.domain.visit_whole import VisitBrief
from server.domain.visits import Device, MessageTemplate
from server.domain.wording import is_letter
from server.services import consents, visit_reading
from server.services.check_ins import presence_of
from server.services.holds import hold_on
from server.services.ports.paging import PAGE_LIMIT, PageRequest
from server.services.ports.phone_seals import PhoneSeals
from server.services.ports.unit_of_work import UnitOfWork
from server.services.visit_records import edition_at


def day_of(uow: UnitOfWork, seals: PhoneSeals, actor: Actor) -> PhoneDay:
    """Today's own visits in the order of the route, with the devices in the own hands."""
    day = local_day(uow.now)
    own = Reach(Scope.OWN, actor.account_id, None, None, None)
    found = uow.visits.page(PageRequest(PAGE_LIMIT), own, day=day).items
    carried = [visit for visit in found if carried_by(visit, actor.account_id)]
    briefs = visit_reading.briefs(uow, carried)
    people = uow.accounts.by_ids(id_ for brief in briefs for id_ in _team(brief))
    return PhoneDay(
        now=uow.now,
        day=day,
        least_app_version=LEAST_APP_VERSION,
        devices=_in_hand(uow, actor),
        sealing_key=seals.public(),
        consent=consents.asked(uow, actor),
        edition=edition_at(uow, uow.now),
        talk=talk_cards(),
        templates=_to_send(uow),
        visits=tuple(_carried(uow, brief, people) for brief in sorted(briefs, key=_route)),
    )


def _to_send(uow: UnitOfWork) -> tuple[MessageTemplate, ...]:
    """V15: the texts that may be sent; those of letters are printed at the desk."""
    usable = uow.message_templates.page(PageRequest(PAGE_LIMIT), usable=True).items
    return tuple(template for template in usable if not is_letter(template.body))


def _carried(uow: UnitOfWork, brief: VisitBrief, people: dict[str, Account]) -> PhoneVisit:
    file = visit_reading.phone_file(uow, brief.debtor.id)
    return PhoneVisit(
        brief=brief,
        team=tuple(TeamMate(id_, people[id_].display_name) for id_ in _team(brief)),
        hold=hold_on(uow, brief.visit),
        phones=tuple(visit_reading.phones_now(uow, file)),
        calls=visit_reading.calls_of_day(uow, file, uow.now),
        present=tuple(presence_of(uow, brief.visit).present),
    )


def _team(brief: VisitBrief) -> list[str]:
    visit = brief.visit
    return [id_ for id_ in (visit.lead_id, visit.partner_id, visit.trainee_id) if id_ is not None]


def _route(brief: VisitBrief) -> tuple[bool, str, int, str]:
    """The hours of the lease, then the place in the route; what has no hours comes last."""
    begins = brief.visit.valid_from
    return (
        begins is None,
        "" if begins is None else begins.isoformat(),
        brief.visit.position,
        brief.visit.id,
    )


def _in_hand(uow: UnitOfWork, actor: Actor) -> tuple[Device, ...]:
    """V20: the company devices that are handed out to this person."""
    handouts: Iterable[str] = (
        handout.device_id
        for handout in uow.device_handouts.having(account_id=actor.account_id)
        if handout.returned_at is None
    )
    return tuple(device for id_ in handouts if (device := uow.devices.need(id_)).retired_at is None)
