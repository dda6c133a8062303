"""Requests of the demo: collectors report visits, dispatchers decide; what goes before (R1 to R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.demo.cases import Case
from server.demo.firm import Firm
from server.demo.scripts import Script
from server.domain.access import Actor
from server.domain.placements import Address, AddressKind, Placement
from server.domain.problems import Problem
from server.domain.requests import DemolitionAnswer, RequestState, WaiverKind
from server.domain.visits import Visit
from server.services import request_decisions, request_waivers, visit_requests
from server.services.ports.unit_of_work import UnitOfWork
from server.services.request_facts import requested_addresses
from server.services.visit_requests import ChosenAddress


@dataclass(frozen=True, slots=True)
class Requested:
    """An accepted request: its case, what will happen there, and its visits."""

    case: Case
    script: Script
    placement: Placement
    visits: list[Visit]


def request_visit(firm: Firm, case: Case, script: Script) -> Requested | None:
    """Draft, check, file and accept; None where the clauses stand against it, which is told to nobody but the trail."""
    try:
        request_id = _file(firm, case)
    except Problem:
        return None
    if script.promising:
        _mark_promising(firm, request_id, case)
    firm.later(1)
    with firm.acting("dispatcher1") as (uow, _actor):
        request = uow.visit_requests.need(request_id)
        placement = uow.placements.need(request.placement_id)
        request_decisions.accept(uow, firm.house.addresses, request, placement)
        visits = uow.visits.having(request_id=request_id)
    return Requested(case, script, placement, visits)


def leave_undecided(firm: Firm, cases: list[Case]) -> None:
    """What the dispatchers find in the morning: filed, returned, refused, and drafts that ask for a waiver."""
    for number, case in enumerate(cases):
        try:
            if number % 4 == 3:
                _ask_for_waiver(firm, case)
                continue
            request_id = _file(firm, case)
        except Problem:
            continue
        if number % 4 == 2:
            state = RequestState.RETURNED if number % 8 == 2 else RequestState.REFUSED
            with firm.acting("dispatcher2") as (uow, _actor):
                request = uow.visit_requests.need(request_id)
                placement = uow.placements.need(request.placement_id)
                wrong, reason = None, "请补充楼号后再报"
                if state is RequestState.REFUSED:  # R13
                    wrong = requested_addresses(uow, request.id)[0].address_id
                    reason = "该小区没有这个楼号，地址有误"
                request_decisions.send_back(uow, request, placement, state, reason, wrong)


def placement_of(uow: UnitOfWork, case: Case) -> Placement:
    return uow.placements.having(case_number=case.case_number)[-1]


def household_of(uow: UnitOfWork, placement: Placement) -> Address:
    return uow.addresses.having(debtor_id=placement.debtor_id, kind=AddressKind.HOUSEHOLD)[0]


def _file(firm: Firm, case: Case) -> str:
    with firm.acting(case.collector.username) as (uow, actor):
        placement = placement_of(uow, case)
        chosen = addresses_to_visit(firm, uow, case, placement)
        for address in chosen:
            if address.urban_village:
                _ask_the_office(firm, uow, actor, address)
        request = _draft(firm, uow, case, placement, chosen)
        visit_requests.file(uow, firm.house.addresses, uow.visit_requests.need(request), placement)
        return request


def addresses_to_visit(firm: Firm, uow: UnitOfWork, case: Case, placement: Placement) -> list[Address]:
    """R5: the valid address before the household registration; both in one county may stand in one request (R7)."""
    household = household_of(uow, placement)
    if not case.confirmed_home:
        return [household]
    home = uow.addresses.having(debtor_id=placement.debtor_id, kind=AddressKind.HOME, duplicate_of_id=None)[0]
    return [home, household] if firm.inventor.chance(0.15) else [home]


def _ask_the_office(firm: Firm, uow: UnitOfWork, actor: Actor, address: Address) -> None:
    """R8: a call to the office before an urban village is reported."""
    request_waivers.record_demolition_check(
        uow,
        actor,
        address,
        id=firm.new_id(),
        office=f"{address.county}办事处",
        telephone="0371-66660000",
        called_at=firm.now - timedelta(minutes=20),
        answer=DemolitionAnswer.STANDING,
        note="答复未列入拆迁范围",
    )


def _draft(firm: Firm, uow: UnitOfWork, case: Case, placement: Placement, chosen: list[Address]) -> str:
    draft = visit_requests.open_draft(
        uow,
        firm.house.addresses,
        firm.actors[case.collector.username],
        id=firm.new_id(),
        placement_id=placement.id,
        note="电话多次未果，申请上门",
        chosen=[ChosenAddress(address.id, accept_normalized=True) for address in chosen],
    )
    return draft.id


def _ask_for_waiver(firm: Firm, case: Case) -> None:
    with firm.acting(case.collector.username) as (uow, actor):
        placement = placement_of(uow, case)
        request_id = _draft(firm, uow, case, placement, [household_of(uow, placement)])
        request_waivers.ask_waiver(
            uow,
            uow.visit_requests.need(request_id),
            placement,
            actor,
            id=firm.new_id(),
            kind=WaiverKind.PROMISE,
            address_id=None,
            reason="债务人改口，需上门核实还款能力",
        )


def _mark_promising(firm: Firm, request_id: str, case: Case) -> None:
    """A4: the manager finds that the case could have been collected by phone."""
    with firm.acting("manager1") as (uow, actor):
        request = uow.visit_requests.need(request_id)
        placement = uow.placements.need(request.placement_id)
        visit_requests.mark_promising(uow, actor, request, placement, f"{case.case_number} 电催已谈妥还款")
