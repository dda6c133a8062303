"""The objects of one case, for tests that walk every route: each parameter of a route names one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.domain.placements import AddressKind, Debtor
from server.domain.visits import MessageState, Visit, VisitState
from server.web.endpoint import Route
from tests.conftest import Desk
from tests.support import builders, case_builders, cast, plan_builders, visit_builders
from tests.support import evidence as files

MARKS = ("欧阳守静", "AJ-SECRET-0001", "13912345678", "秘密花园7号楼")
IDENTITY_NUMBER, CARD_NUMBER = builders.identity_number(19_999), "6222021234567890128"
# What must stand nowhere in clear but in its own sealed column: not in the trail, not in the log (S6, S8).
SEALED = (MARKS[0], IDENTITY_NUMBER, CARD_NUMBER, MARKS[2])


@dataclass
class World:
    """Ids by the names of route parameters, and fields that bodies may name."""

    ids: dict[str, str]
    known_fields: dict[str, Any]
    not_of_the_case: frozenset[str]

    def id_for(self, parameter: str) -> str:
        assert parameter in self.ids, (
            f"no object for the route parameter {parameter}: add it to tests/house/world.py"
        )
        return self.ids[parameter]

    def names_the_case(self, route: Route) -> bool:
        """Whether the route names an object that belongs to the case."""
        return not any(f"{name}>" in route.path for name in self.not_of_the_case)

    def query_for(self, route: Route) -> dict[str, str]:
        match route.name:
            case "evidence.read_evidence":
                return {"purpose": "test"}
            case "evidence.keep_evidence":
                return files.told(files.photo(2))
            case "evidence.import_evidence":
                return files.told(files.photo(2), brought_by=cast.AGENT.id, reason="test")
        return {}


def build_world(desk: Desk) -> World:
    """A placement of 李敏 with everything on it, marked so that a leak is seen."""
    placement = builders.make_placement(
        desk, case_number=MARKS[1], debtor_id=_make_debtor(desk).id, card_number=CARD_NUMBER
    )
    builders.make_phone(desk, placement, number=MARKS[2], owner_name=MARKS[0])
    address = builders.make_address(desk, placement, AddressKind.HOUSEHOLD, detail=f"建设路{MARKS[3]}")
    visit = builders.make_visit(desk, placement, address, VisitState.IN_PROGRESS, started_at=desk.clock.now())
    request = builders.make_request(desk, placement, [address])
    waiver = builders.make_waiver(desk, request)
    plan = plan_builders.make_plan(desk)
    team = plan_builders.make_team(desk, plan)
    on_plan = {"plan_id": plan.id, "team_id": team.id}
    builders.make_visit(desk, placement, address, VisitState.PUBLISHED, **on_plan)
    ids = {
        "account_id": cast.COLLEAGUE.id,
        "session_id": cast.known_id("no session"),
        "post": "qa",
        "month": "2026-03",
        "placement_id": placement.id,
        "address_id": address.id,
        "visit_id": visit.id,
        "evidence_id": _make_evidence(desk, visit),
        "plan_id": plan.id,
        "device_id": builders.make_device(desk, cast.AGENT).id,
        "paper_id": plan_builders.make_paper(desk, visit).id,
        "team_id": team.id,
        "approval_id": plan_builders.make_travel_approval(desk, plan).id,
        "incident_id": visit_builders.make_incident(desk, visit).id,
        "hold_id": case_builders.make_hold(desk, placement).id,
        "block_id": case_builders.make_block(desk, placement).id,
        "referral_id": case_builders.make_referral(desk, placement).id,
        "import_id": case_builders.make_import(desk).id,
        "name": "placements.csv",
        "message_id": cast.known_id("no message"),
        "webhook_id": cast.known_id("no robot"),
        "outbox_message_id": cast.known_id("no message to a group"),
        "request_id": request.id,
        "waiver_id": waiver.id,
        "contact_id": visit_builders.make_contact(desk, visit, name=MARKS[0]).id,
        "letter_id": visit_builders.make_letter(desk, visit).id,
        "template_id": visit_builders.make_template(desk).id,
        "batch_id": _make_batch(desk, visit),
    }
    known = {
        "placement_id": placement.id,
        "address_id": address.id,
        "visit_id": visit.id,
        "request_id": request.id,
    }
    not_of_the_case = {"account_id", "session_id", "post", "month", "template_id", "name"}
    not_of_the_case |= {"message_id", "webhook_id", "outbox_message_id"}
    return World(ids, known, frozenset(not_of_the_case))


def _make_debtor(desk: Desk) -> Debtor:
    with desk.installation.house.units.write() as uow:
        debtor = uow.debtors.add(Debtor(uow.new_id(), IDENTITY_NUMBER, MARKS[0], uow.now, 1))
        uow.commit()
    return debtor


def _make_evidence(desk: Desk, visit: Visit) -> str:
    """A photo that was brought to the desk, so that every route of evidence finds it, with a telling name."""
    brought = {"filename": f"{MARKS[3]}.jpg", "brought_by": cast.AGENT.id, "reason": "手机送修"}
    answer = files.send(desk, cast.DISPATCHER, visit, files.photo(), desk_import=True, **brought)
    return str(desk.ok(answer, 201)["id"])


def _make_batch(desk: Desk, visit: Visit) -> str:
    """A batch with a message of the case in it; the case itself is on hold, so no route would make one."""
    phone = builders.make_phone(desk, visit_builders.placement_of(desk, visit), number=MARKS[2])
    batch = visit_builders.make_text_message_batch(desk)
    values = {"text": MARKS[0], "state": MessageState.BATCHED, "batch_id": batch.id}
    visit_builders.make_text_message(desk, visit, phone, **values)
    return batch.id
