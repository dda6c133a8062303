"""Files that the demo brings in: written as the client would send them, read by the product's own import (S20)."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from server.demo.firm import Firm
from server.domain.calendar import SHANGHAI
from server.domain.imports import ImportKind, ImportState
from server.services import imports
from server.services.importing.runs import run

_NAMES = {
    ImportKind.PLACEMENTS: "委案",
    ImportKind.PHONES: "电话",
    ImportKind.ADDRESSES: "地址",
    ImportKind.PROMISES: "承诺",
    ImportKind.POLICE_REFERRALS: "报经侦",
    ImportKind.CALL_NOTES: "催记",
    ImportKind.REPAYMENTS: "回款",
    ImportKind.PEOPLE: "人员",
}


def bring(firm: Firm, kind: ImportKind, rows: Iterable[Mapping[str, str]], *, by: str = "dispatcher1") -> int:
    """Bring rows in as a CSV file, uploaded by a dispatcher and, placements, confirmed by QA; returns how many."""
    listed = list(rows)
    if not listed:
        return 0
    columns = list(dict.fromkeys(column for row in listed for column in row))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{_NAMES[kind]}{firm.now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(listed)
        content = path.read_bytes()
        received = imports.ReceivedFile(
            kind, path.name, hashlib.sha256(content).hexdigest(), len(content), dry_run=False, object_key=None
        )
        with firm.acting(by) as (uow, actor):
            opened = imports.open_import(
                uow, received, uploaded_by=actor.account_id, branch_id=actor.branch_id
            )
            if kind is ImportKind.PLACEMENTS:
                confirmer = firm.actors["qa1"].account_id
                opened = imports.confirm_beforehand(uow, opened, confirmed_by=confirmer)
        ended = run(firm.house, opened, path)
    if ended.state is not ImportState.APPLIED:
        raise RuntimeError(f"the demo's own file of {kind.value} was not applied: {ended.problems}")
    return len(listed)
