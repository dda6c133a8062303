"""The objects of a case, for tests that walk every route: each parameter of a route names one of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.domain.calendar import local_day
from server.domain.credit import MonthlyStatement, StatementFile, StatementState
from server.domain.evidence_flags import FlagCode, Raised
from server.domain.imports import ImportKind
from server.domain.jobs import JobState
from server.domain.messages import OutboxMessage, OutboxState, RobotFlavour, Webhook
from server.domain.people import Certificate
from server.domain.placements import Address, AddressKind, Debtor, Phone, Placement
from server.domain.plans import VisitPlan
from server.domain.policy_proposals import PolicyProposal, ProposalState
from server.domain.visits import MessageState, Visit, VisitState
from server.services import notices
from server.services.evidence_flags import raise_flags
from server.services.ports.jobs import Job
from server.web.endpoint import Route
from tests.conftest import Desk
from tests.house.sides import HOME, Side
from tests.support import builders, captures, case_builders, cast, plan_builders, tus, visit_builders
from tests.support import evidence as files

MARKS, SEALED = HOME.marks, HOME.sealed
_NOBODYS = frozenset(
    {
        "post",
        "month",
        "name",
        "sample_id",
        "template_id",
        "webhook_id",
        "outbox_message_id",
        "document_id",
        "proposal_id",
        "job_id",
    }
)


@dataclass
class World:
    """Ids by the names of route parameters, and fields that bodies may name. `further` are ids that no route has."""

    side: Side
    ids: dict[str, str]
    known_fields: dict[str, Any]
    further: frozenset[str] = frozenset()

    def id_for(self, parameter: str, path: str = "") -> str:
        if parameter == "evidence_id" and ("/marks" in path or path.endswith(("/playable", "/peaks"))):
            parameter = "recording_id"  # a photo has none of these
        if "/payslips/" in path and parameter == "account_id":
            return self.side.lead.id  # the bystander's post may have none
        assert parameter in self.ids, (
            f"no object for the route parameter {parameter}: add it to tests/house/world.py"
        )
        return self.ids[parameter]

    def names_the_case(self, route: Route) -> bool:
        """Whether the route names an object that belongs to the case."""
        return not any(f"{name}>" in route.path for name in _NOBODYS)

    def case_ids(self) -> frozenset[str]:
        """The ids that nobody who is out of reach may be shown."""
        return frozenset(id_ for name, id_ in self.ids.items() if name not in _NOBODYS) | self.further

    def headers_for(self, route: Route) -> dict[str, str]:
        """The version that an edit is based on, and what the upload protocol says in headers."""
        if not route.name.startswith("uploads."):
            return {"If-Match": '"1"'} if route.versioned else {}
        said = {
            "item": files.fresh_id(),
            "visit": self.ids["visit_id"],
            "kind": "attachment",
            "filename": "a",
        }
        return {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "5",
            "Upload-Length": "100",
            "Upload-Metadata": tus.packed(said),
        }

    def query_for(self, route: Route) -> dict[str, str]:
        match route.name:
            case "evidence.read_evidence" | "evidence.play_evidence":
                return {"purpose": "test"}
            case "recording_marks.list_marks" | "recording_marks.remove_mark":
                return {"purpose": "test"}
            case "evidence.keep_evidence":
                return files.told(files.photo(2))
            case "evidence.import_evidence":
                return files.told(files.photo(2), brought_by=self.side.lead.id, reason="test")
            case "fines.propose_decision":
                return {"found": "inspection", "at_fault": "true", "pacified": "false"}
        return {}


def build_world(desk: Desk, side: Side = HOME, *, debtor: Debtor | None = None) -> World:
    """A placement of the side's collector with everything on it, marked so that a leak is seen."""
    debtor = debtor or _make_debtor(desk, side)
    placement = builders.make_placement(
        desk, side.collector, case_number=side.case_number, debtor_id=debtor.id, card_number=side.card_number,
        client_id=side.client_id, project_id=side.project_id,
    )  # fmt: skip
    phone = builders.make_phone(desk, placement, number=side.telephone, owner_name=side.debtor_name)
    address = builders.make_address(desk, placement, AddressKind.HOUSEHOLD, detail=f"建设路{side.place}")
    visit = builders.make_visit(
        desk, placement, address, VisitState.IN_PROGRESS, side.lead, side.partner,
        started_at=desk.clock.now(), outcome_note=side.words,
    )  # fmt: skip
    request = builders.make_request(desk, placement, [address], note=side.words)
    plan = plan_builders.make_plan(desk, _plan_day(desk, side), side.dispatcher.branch)
    planned = _make_planned(desk, side, plan, placement, address)
    paper = plan_builders.make_paper(desk, visit, purpose=side.words)
    _make_certificate(desk, side.bystander)
    ids = {
        "account_id": side.bystander.id,
        "session_id": _make_session(desk, side),
        "post": "qa",
        "month": "2026-03",
        "name": "placements.csv",
        "placement_id": placement.id,
        "address_id": address.id,
        "visit_id": visit.id,
        "evidence_id": _make_evidence(desk, side, visit),
        **_make_recording(desk, side, visit),
        "upload_id": _make_upload(desk, side, visit),
        "pack_id": _make_pack(desk, side, visit),
        "flag_id": _make_flag(desk, visit),
        "file_id": _make_closed_month(desk, side),
        **_make_dispute(desk, side, placement, visit),
        "plan_id": plan.id,
        "team_id": str(planned.team_id),
        "approval_id": plan_builders.make_travel_approval(desk, plan, reason=side.words).id,
        "paper_id": paper.id,
        "leave_id": plan_builders.make_leave(desk, side.bystander, note=side.words).id,
        **_make_device(desk, side),
        "request_id": request.id,
        "waiver_id": builders.make_waiver(desk, request, asked_reason=side.words).id,
        "contact_id": visit_builders.make_contact(desk, visit, name=side.debtor_name).id,
        "letter_id": visit_builders.make_letter(desk, visit, manner=side.words).id,
        "incident_id": visit_builders.make_incident(desk, visit, note=side.words).id,
        "fine_id": case_builders.make_fine(desk, side.lead, side.dispatcher, note=side.words).id,
        "template_id": visit_builders.make_template(desk).id,
        **_make_policy(desk),
        **case_builders.make_quality(desk, visit, f"2025-1{side.number}", note=side.words),
        "batch_id": _make_batch(desk, side, visit, phone),
        "message_id": _make_message(desk, side),
        **_make_case_records(desk, side, placement),
        **_make_robot(desk, side),
        "job_id": _make_job(desk),
    }
    named = {name: ids[name] for name in ("placement_id", "address_id", "visit_id", "request_id")}
    known = {"phone_id": phone.id, "visit_ids": [planned.id], "paper_ids": [paper.id]} | named
    return World(side, ids, known, frozenset({phone.id, planned.id}))


def _make_certificate(desk: Desk, member: cast.Member) -> None:
    """V11: a certificate that the account's routes find."""
    with desk.installation.house.units.write() as uow:
        today = local_day(uow.now)
        uow.certificates.add(
            Certificate(uow.new_id(), member.id, 90, "江涛", today, today, True, today.replace(year=2099), 1)
        )
        uow.commit()


def _plan_day(desk: Desk, side: Side) -> Any:
    """Each side has a day of its own, for there is one plan a branch and day."""
    return local_day(desk.clock.now()) + timedelta(days=1 + side.number)


def _make_debtor(desk: Desk, side: Side) -> Debtor:
    with desk.installation.house.units.write() as uow:
        debtor = uow.debtors.add(Debtor(uow.new_id(), side.identity_number, side.debtor_name, uow.now, 1))
        uow.commit()
    return debtor


def _make_planned(desk: Desk, side: Side, plan: VisitPlan, placement: Placement, address: Address) -> Visit:
    team = plan_builders.make_team(desk, plan, side.lead, side.partner)
    on_plan = {"plan_id": plan.id, "team_id": team.id}
    return builders.make_visit(
        desk, placement, address, VisitState.PUBLISHED, side.lead, side.partner, **on_plan
    )


def _make_case_records(desk: Desk, side: Side, placement: Placement) -> dict[str, str]:
    """What stands on the case itself, and the file that it came in by."""
    words = side.words
    brought = {
        "kind": ImportKind.REPAYMENTS,  # such a file can be undone
        "filename": f"{words}.csv",
        "branch_id": side.dispatcher.branch.id,
        "uploaded_by": side.dispatcher.id,
    }
    return {
        "hold_id": case_builders.make_hold(desk, placement, note=words).id,
        "block_id": case_builders.make_block(desk, placement, reason=words).id,
        "referral_id": case_builders.make_referral(desk, placement, early_explanation=words).id,
        "import_id": case_builders.make_import(desk, **brought).id,
    }


def _make_evidence(desk: Desk, side: Side, visit: Visit) -> str:
    """A photo that was brought to the desk, so that every route of evidence finds it, with a telling name."""
    brought = {"filename": f"{side.place}.jpg", "brought_by": side.lead.id, "reason": side.words}
    photo = files.photo(1 + 10 * side.number)
    answer = files.send(desk, side.dispatcher, visit, photo, desk_import=True, **brought)
    return str(desk.ok(answer, 201)["id"])


def _make_upload(desk: Desk, side: Side, visit: Visit) -> str:
    """An upload of the lead's that has begun, with a telling name."""
    path = tus.begun(desk, tus.metadata(visit, filename=f"{side.place}.pdf"), 100, member=side.lead)
    assert tus.patch(desk, path, 0, b"%PDF-", member=side.lead).status_code == 204
    return path.rpartition("/")[2]


def _make_recording(desk: Desk, side: Side, visit: Visit) -> dict[str, str]:
    """A recording of the lead's with a mark of the lead's in it."""
    sound = files.recording(1 + 10 * side.number)
    recording_id = str(desk.ok(files.send(desk, side.lead, visit, sound, "recording"), 201)["id"])
    mark = {"id": files.fresh_id(), "at_ms": 500, "words": side.words}
    desk.ok(desk.post(side.lead, f"/api/v1/evidence/{recording_id}/marks", json=mark), 201)
    return {"recording_id": recording_id, "mark_id": mark["id"]}


def _make_pack(desk: Desk, side: Side, visit: Visit) -> str:
    """A pack of the visit that can be taken, its bytes in the store."""
    key, content = f"packs/{visit.id}", b"bytes of a pack"
    desk.installation.house.objects.write(key, io.BytesIO(content), limit=100)
    return case_builders.make_pack(
        desk, visit, object_key=key, size=len(content), purpose=side.words, proposed_by=side.dispatcher.id
    ).id


def _make_flag(desk: Desk, visit: Visit) -> str:
    """A flag on the visit as a whole."""
    with desk.installation.house.units.write() as uow:
        shown = {"distance_m": 9000}
        (flag,) = raise_flags(uow, visit, [Raised(FlagCode.OUTSIDE_FENCE, 0.9, evidence=shown)])
        uow.commit()
    return flag.id


def _make_closed_month(desk: Desk, side: Side) -> str:
    """A file of a month of the side's branch that was closed long ago; each side has a month of its own."""
    key, content = f"statements/{side.number}", side.words.encode()
    stored = desk.installation.house.objects.write(key, io.BytesIO(content), limit=100)
    with desk.installation.house.units.write() as uow:
        statement = uow.monthly_statements.add(
            MonthlyStatement(
                uow.new_id(), f"2025-0{1 + side.number}", side.dispatcher.branch.id, StatementState.CLOSED, uow.now,
                side.dispatcher.id, False, local_day(uow.now), local_day(uow.now), uow.now, None, 1,
            )
        )  # fmt: skip
        file = uow.statement_files.add(
            StatementFile(
                uow.new_id(), statement.id, "csv", "text/csv", key, stored.size, stored.sha256, uow.now
            )
        )
        uow.commit()
    return file.id


def _make_dispute(desk: Desk, side: Side, placement: Placement, visit: Visit) -> dict[str, str]:
    """A line of an old month with an objection of the lead's to it, with telling words."""
    dispute = case_builders.make_dispute(desk, placement, visit, filed_by=side.lead.id, words=side.words)
    return {"line_id": dispute.line_id, "dispute_id": dispute.id}


def _make_policy(desk: Desk) -> dict[str, str]:
    """The handbook's policy as a document, and one that waits: firm-wide, nobody's."""
    with desk.installation.house.units.write() as uow:
        document_id, proposal_id = uow.new_id(), uow.new_id()
        uow.policy_documents.publish(document_id, "", uow.now, None)
        uow.policy_proposals.add(
            PolicyProposal(
                proposal_id, None, "", "test", ProposalState.PROPOSED, cast.DIRECTOR.id, uow.now, None, None, None,
                (), 1,
            )
        )  # fmt: skip
        uow.commit()
    return {"document_id": document_id, "proposal_id": proposal_id}


def _make_batch(desk: Desk, side: Side, visit: Visit, phone: Phone) -> str:
    """A batch with a message of the case in it; the case itself is on hold, so no route would make one."""
    batch = visit_builders.make_text_message_batch(desk, side.dispatcher)
    values = {"text": side.debtor_name, "state": MessageState.BATCHED, "batch_id": batch.id}
    visit_builders.make_text_message(desk, visit, phone, **values)
    return batch.id


def _make_session(desk: Desk, side: Side) -> str:
    """A second login of the collector, so that the one that a test speaks by goes on when this one is ended."""
    login = {"username": side.collector.username, "password": cast.PASSWORD}
    desk.token(side.collector)
    with desk.installation.house.units.read() as uow:
        before = {session.id for session in uow.sessions.open_of(side.collector.id)}
    desk.ok(desk.client.post("/api/v1/auth/login", json=login))
    with desk.installation.house.units.read() as uow:
        (second,) = {session.id for session in uow.sessions.open_of(side.collector.id)} - before
    return second


def _make_message(desk: Desk, side: Side) -> str:
    """A message in the collector's inbox."""
    told = {"case_number": side.case_number, "reason": side.words}
    with desk.installation.house.units.write() as uow:
        notices.tell(uow, [side.collector.id], "text_message_failed", told)
        uow.commit()
    with desk.installation.house.units.read() as uow:
        return str(uow.inbox_messages.having(account_id=side.collector.id)[-1].id)


def _make_device(desk: Desk, side: Side) -> dict[str, str]:
    """A device in the lead's hands with the key that it signs by."""
    phone = captures.Phone(desk, side.lead)
    return {"device_id": phone.device_id, "key_id": phone.key_id}


def _make_job(desk: Desk) -> str:
    """A job that was given up."""
    with desk.installation.house.units.write() as uow:
        id_, now = uow.new_id(), uow.now
        ended = Job(
            id_, "credit.placement", {}, JobState.FAILED, None, now, None, 8, 0, 0, "ValueError: test", None, now, now
        )  # fmt: skip
        uow.jobs.add(ended)
        uow.commit()
    return id_


def _make_robot(desk: Desk, side: Side) -> dict[str, str]:
    """A robot that is switched off, so that no test sends anything, and a message that waits for it."""
    with desk.installation.house.units.write() as uow:
        url, branch_id = "https://robot.example/send", side.dispatcher.branch.id
        robot = uow.webhooks.add(
            Webhook(uow.new_id(), branch_id, RobotFlavour.WECOM, "工作群", url, None, False, 1)
        )
        message = uow.outbox_messages.add(
            OutboxMessage(
                uow.new_id(), robot.id, "visit_list", "外访名单", OutboxState.WAITING, 0, uow.now, None, None
            )
        )  # fmt: skip
        uow.commit()
    return {"webhook_id": robot.id, "outbox_message_id": message.id}
