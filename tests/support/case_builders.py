"""Builders around a case: holds, blocks, referrals, import files, packs; in the manner of `builders`."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, timedelta
from typing import Any

from server.domain.access import Post
from server.domain.evidence_packs import EvidencePack, PackRecipient, PackState
from server.domain.imports import ImportFile, ImportKind, ImportState
from server.domain.placements import ContactBlock, Hold, HoldReason, Placement, PoliceReferral
from server.domain.visits import Visit
from server.services.evidence_packing import fresh_password
from tests.conftest import Desk
from tests.support.cast import DISPATCHER, IT

_numbers = itertools.count(1)


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
