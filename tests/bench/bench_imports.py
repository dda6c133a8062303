"""Figures of imports: rows a second of 20,000 placements and of 20,000 repayments, on SQLite in a scratch folder."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from server.bootstrap import Installation, build
from server.clock import FixedClock
from server.domain.imports import COMMAND_LINE, ImportFile, ImportKind
from server.services.importing.runs import run
from server.services.imports import ReceivedFile, confirm_beforehand, open_import
from server.settings import read_settings
from storage.passwords import Argon2Passwords
from storage.rows.migrate import migrate
from tests.conftest import NOON
from tests.support import cast
from tests.support.sheets import csv_bytes, placement_row

ROWS = 20_000


def bring(installation: Installation, kind: ImportKind, path: Path) -> tuple[ImportFile, float]:
    """The import at its end, and the seconds that it took."""
    received = ReceivedFile(
        kind, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size, False, None
    )
    began = time.perf_counter()
    with installation.house.units.write() as uow:
        file = open_import(uow, received, uploaded_by=COMMAND_LINE, branch_id=None)
        file = confirm_beforehand(uow, file, confirmed_by=cast.QA.id)
        uow.commit()
    ended = run(installation.house, file, path)
    return ended, time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installation = build(
            read_settings({"FIELDVISIT_DATA_DIR": str(folder / "data")}), clock=FixedClock(NOON)
        )
        migrate(installation.engine)
        with installation.house.units.write() as uow:
            cast.enter(uow, Argon2Passwords(cheap=True), NOON)
            uow.commit()
        placements = [
            placement_row(n, 户籍地址=f"河南省新乡市原阳县福宁集镇建设路{n}号", 债务人电话=f"138{n:08d}")
            for n in range(ROWS)
        ]
        repayments = [
            {
                "案件编号": row["案件编号"],
                "回款流水号": f"HK{n:08d}",
                "回款日期": "2026-03-05",
                "回款金额": "100.00",
            }
            for n, row in enumerate(placements)
        ]
        for kind, rows in ((ImportKind.PLACEMENTS, placements), (ImportKind.REPAYMENTS, repayments)):
            path = folder / f"{kind}.csv"
            path.write_bytes(csv_bytes(rows))
            ended, seconds = bring(installation, kind, path)
            print(
                f"{kind}: {ended.state}, {ROWS} rows in {seconds:.1f} s, {ROWS / seconds:.0f} rows a second"
            )
        installation.engine.dispose()


if __name__ == "__main__":
    main()
