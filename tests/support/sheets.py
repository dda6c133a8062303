"""Import files made on the fly: CSV in any encoding, XLSX; a desk that brings them in and runs the jobs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from werkzeug.test import TestResponse

from tests.conftest import Desk
from tests.support.builders import identity_number
from tests.support.cast import CLIENT, COLLECTOR, DISPATCHER, PROJECT, Member

Row = Mapping[str, object]


def placement_row(number: int, **changes: object) -> dict[str, object]:
    """A row of a placements file that is right as it stands; keys are the Chinese headers."""
    return {
        "案件编号": f"WA{number:06d}",
        "委托方": CLIENT,
        "项目": PROJECT,
        "分公司": COLLECTOR.branch.name,
        "批次": "2026-03",
        "债务人姓名": "张三",
        "身份证号": identity_number(number),
        "委案金额": "10000.00",
        "开案日期": "2026-03-01",
        "退案日期": "2026-08-31",
        "法务工号": f"N-{COLLECTOR.username}",
        **changes,
    }


def headers_of(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(header for row in rows for header in row))


def csv_bytes(rows: Sequence[Row], encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, headers_of(rows), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Row]) -> bytes:
    """Cells keep the types that are given, so that days and figures are such in the file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    headers = headers_of(rows)
    sheet.append(headers)
    for row in rows:
        sheet.append([row.get(header) for header in headers])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def upload(
    desk: Desk,
    kind: str,
    content: bytes,
    *,
    by: Member = DISPATCHER,
    filename: str = "rows.csv",
    dry_run: bool = False,
    form: Mapping[str, str] | None = None,
) -> TestResponse:
    data: dict[str, Any] = {"kind": kind, "file": (io.BytesIO(content), filename), **(form or {})}
    if dry_run:
        data["dry_run"] = "true"
    return desk.request("POST", by, "/api/v1/imports", data=data, content_type="multipart/form-data")


def bring(
    desk: Desk, kind: str, rows: Sequence[Row], by: Member = DISPATCHER, **options: Any
) -> dict[str, Any]:
    """Upload rows as CSV, run the jobs, and return the import as it then stands."""
    opened = desk.ok(upload(desk, kind, csv_bytes(rows), by=by, **options), 202)
    desk.work()
    shown: dict[str, Any] = desk.ok(desk.get(by, f"/api/v1/imports/{opened['file']['id']}"))
    return shown


def places(shown: Mapping[str, Any]) -> list[tuple[int, str | None, str]]:
    """Row, column and code of each problem."""
    return [(p["row"], p["column"], p["code"]) for p in shown["problems"]["items"]]
