"""Builders around a case: holds, blocks, referrals, import files, packs; in the manner of `builders`."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, timedelta
from typing import Any, TypeVar

from server.domain.access import Post
from server.domain.credit import CreditRow, CreditRun, LedgerLine, LineKind, MonthlyStatement, StatementState
from server.domain.disputes import Dispute, Ground
from server.domain.evidence_packs import EvidencePack, PackRecipient, PackState
from server.domain.fines import Fine, FineState
from server.domain.imports import ImportFile, ImportKind, ImportState
from server.domain.placements import ContactBlock, Hold, HoldReason, Placement, PoliceReferral, Repayment
from server.domain.policy.wire import placement_to_json
from server.domain.quality import Breach, DrawnBy, QualityCheck, QualityItem, QualitySample, Verdict
from server.domain.visits import Visit
from server.services.evidence_packing import fresh_password
from server.services.facts_of_placement import facts_of_placements
from tests.conftest import Desk
from tests.support.cast import DISPATCHER, IT, QA, Member

_numbers = itertools.count(1)
E = TypeVar("E")


def make_hold(desk: Desk, placement: Placement, **changes: Any) -> Hold:
    """A complaint that stops the case (V13); its visits are not touched."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(Hold)) | {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "reason": HoldReason.COMPLAINT,
            "note": "",
            "placed_at": uow.now,
            "version": 1,
        }
        hold = uow.holds.add(Hold(**values | changes))
        uow.commit()
    return hold


def make_block(desk: Desk, placement: Placement, **changes: Any) -> ContactBlock:
    """The debtor of the placement, not to be contacted."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "number": None,
            "debtor_id": placement.debtor_id,
            "reason": "要求不得联系",
            "placed_at": uow.now,
            "placed_by": placement.collector_id,
            "lifted_at": None,
            "version": 1,
        }
        block = uow.contact_blocks.add(ContactBlock(**values | changes))
        uow.commit()
    return block


def make_referral(desk: Desk, placement: Placement, **changes: Any) -> PoliceReferral:
    """A referral of 1 March with an explanation that nobody has accepted yet (W6)."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "placement_id": placement.id,
            "referred_on": date(2026, 3, 1),
            "early_explanation": "准备出境",
            "early_accepted_by": None,
            "recorded_at": uow.now,
            "recorded_by": placement.collector_id,
            "version": 1,
        }
        referral = uow.police_referrals.add(PoliceReferral(**values | changes))
        uow.commit()
    return referral


def make_fine(desk: Desk, of: Member, by: Member, **changes: Any) -> Fine:
    """Somebody's fine for a false state of a case, found today and not looked at yet."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(Fine)) | {
            "id": uow.new_id(),
            "account_id": of.id,
            "entry": "false_case_state",
            "clause": "F4",
            "month": "2026-03",
            "found_on": date(2026, 3, 10),
            "count": 1,
            "amount_fen": 1000,
            "note": "",
            "state": FineState.FOUND,
            "found_by": by.id,
            "found_at": uow.now,
            "version": 1,
        }
        fine = uow.fines.add(Fine(**values | changes))
        uow.commit()
    return fine


def make_import(desk: Desk, **changes: Any) -> ImportFile:
    """A placements file of 郑州分公司 that waits for QA; its bytes lie nowhere."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "kind": ImportKind.PLACEMENTS,
            "filename": "委案.csv",
            "sha256": f"{next(_numbers):064x}",
            "size": 1000,
            "state": ImportState.WAITING,
            "dry_run": False,
            "branch_id": DISPATCHER.branch.id,
            "object_key": None,
            "rows": 1,
            "problems": {},
            "result": {},
            "job_id": None,
            "uploaded_by": DISPATCHER.id,
            "uploaded_at": uow.now,
            "confirmed_by": None,
            "confirmed_at": None,
            "finished_at": None,
            "destroyed_at": None,
            "undo_reason": None,
            "undo_asked_by": None,
            "undo_asked_at": None,
            "undone_by": None,
            "undone_at": None,
            "version": 1,
        }
        file = uow.import_files.add(ImportFile(**values | changes))
        uow.commit()
    return file


def make_pack(desk: Desk, visit: Visit, **changes: Any) -> EvidencePack:
    """A pack of a visit that is ready to be taken."""
    with desk.installation.house.units.write() as uow:
        values: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(EvidencePack)) | {
            "id": uow.new_id(),
            "placement_id": visit.placement_id,
            "visit_id": visit.id,
            "recipient": PackRecipient.POLICE,
            "recipient_name": "公安局",
            "purpose": "立案材料",
            "state": PackState.READY,
            "proposed_by": DISPATCHER.id,
            "proposed_post": Post.DISPATCHER,
            "proposed_at": uow.now,
            "decided_by": IT.id,
            "decided_post": Post.IT,
            "decided_at": uow.now,
            "items": 1,
            "sha256": f"{next(_numbers):064x}",
            "password": fresh_password(),
            "ready_at": uow.now,
            "expires_at": uow.now + timedelta(days=30),
            "downloaded_by": (),
            "password_seen_by": (),
            "version": 1,
        }
        pack = uow.evidence_packs.add(EvidencePack(**values | changes))
        uow.commit()
    return pack


def make_dispute(desk: Desk, placement: Placement, visit: Visit, **changes: Any) -> Dispute:
    """An objection to a line of a month of 2024 that was published; the line is of a run that no longer holds."""
    number = next(_numbers)
    paid_on, nothing = date(2024, 1, 1), {"clause": "A6", "code": "no_visit", "facts": {}}
    with desk.installation.house.units.write() as uow:
        paid = uow.repayments.add(
            make_value(Repayment, id=uow.new_id(), placement_id=placement.id, client_id=placement.client_id,
                       reference=f"old-{number}",
                       paid_on=paid_on, amount_fen=100, recorded_at=uow.now)
        )  # fmt: skip
        facts = placement_to_json(facts_of_placements(uow, [placement.id])[placement.id])
        run = uow.credit_runs.add(
            CreditRun(uow.new_id(), placement.id, "test", facts, (), "x", uow.now, False)
        )
        row = make_value(
            CreditRow, id=uow.new_id(), run_id=run.id, placement_id=placement.id, repayment_id=paid.id,
            month="2024-01", paid_on=paid_on, amount_fen=100, visited=True, extended=False, commission="normal",
            reason="no_visit",
            trace={
                "repayment": {"id": paid.id, "paid_on": paid_on.isoformat(), "paid_at": None, "amount": "1.00",
                              "reverses": None},
                "visits": [], "outcome": nothing, "commission": {"clause": "F2", "code": "normal", "facts": {}},
            },
        )  # fmt: skip
        uow.credit_lines.add(row)
        statement = uow.monthly_statements.add(
            make_value(
                MonthlyStatement, id=uow.new_id(), month=f"19{number % 90 + 10}-01", branch_id=placement.branch_id,
                state=StatementState.PUBLISHED, published_at=uow.now, published_late=False, objections_until=paid_on,
                evidence_until=paid_on, version=1,
            )
        )  # fmt: skip
        same = {name: getattr(row, name) for name in CreditRow.__slots__ if name in LedgerLine.__slots__}
        own = {
            "id": row.id,
            "statement_id": statement.id,
            "month": statement.month,
            "kind": LineKind.COMPUTED,
        }
        line = make_value(
            LedgerLine, **same | own, computed_id=row.id, client_id=placement.client_id,
            collector_id=placement.collector_id, outcome=nothing, sealed=False,
        )  # fmt: skip
        uow.ledger.add(line)
        uow.ledger.seal(statement.id)
        base = make_value(
            Dispute, id=uow.new_id(), line_id=line.id, statement_id=statement.id, placement_id=placement.id,
            filed_at=uow.now, ground=Ground.CONTACT, words="", claimed_visit_id=visit.id, attachments=(), run_id=run.id,
            editions=(), evidence=[], effect=[], filed_by=placement.collector_id,
        )  # fmt: skip
        dispute = uow.disputes.add(dataclasses.replace(base, **changes))
        uow.commit()
    return dispute


def make_value(entity: type[E], **values: Any) -> E:
    """An entity of these values; what is not said is None."""
    fields = dataclasses.fields(entity)  # type: ignore[arg-type]
    return entity(**dict.fromkeys(field.name for field in fields) | values)


def make_quality(desk: Desk, visit: Visit, month: str, **changes: Any) -> dict[str, str]:
    """A sample of a month with the visit in it, checked once: the ids of the sample and of the visit's place in it."""
    with desk.installation.house.units.write() as uow:
        sample = uow.quality_samples.add(
            QualitySample(uow.new_id(), month, "0" * 16, 1, "0" * 64, uow.now, QA.id)
        )
        item = uow.quality_items.add(QualityItem(uow.new_id(), sample.id, visit.id, 1, DrawnBy.CHANCE, 1))
        values: dict[str, Any] = {
            "id": uow.new_id(),
            "item_id": item.id,
            "verdict": Verdict.MINOR,
            "breaches": (Breach.TOO_OFTEN,),
            "note": "录音 03:10",
            "void_proposed": False,
            "checked_by": QA.id,
            "checked_at": uow.now,
        }
        uow.quality_checks.add(QualityCheck(**values | changes))
        uow.commit()
    return {"sample_id": sample.id, "item_id": item.id}
