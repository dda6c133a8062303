"""The journey's last part: the client's repayments and a reversal by file, and the month as JSON, CSV and XLSX."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from server.domain.calendar import SHANGHAI
from tests.support.cast import AGENT, CLIENT, COLLECTOR, DISPATCHER, MANAGER, PARTNER
from tests.support.over_http import Firm


def repayments(firm: Firm, today: date, began: datetime, started: datetime) -> None:
    """Five repayments of today: after the follow-up, between both visits, before them, relayed, never visited."""
    between = (began + (started - began) / 2).astimezone(SHANGHAI)
    rows = [
        _row("P1", "J-FOLLOWED", "5000.01", today),
        _row("P2", "J-FOLLOWED", "77.77", today, 回款时间=between.isoformat()),
        _row("P3", "J-FOLLOWED", "66.66", today, 回款时间=f"{today} 00:01"),
        _row("P4", "J-RELAYED", "300.00", today),
        _row("P5", "J-UNVISITED", "88.88", today),
    ]
    assert firm.bring(DISPATCHER, "repayments", rows)["created"] == {"repayments": 5}
    again = firm.settled(DISPATCHER, firm.upload(DISPATCHER, "repayments", rows), "unchanged")
    assert again["created"] == {}


def _row(reference: str, case: str, amount: str, day: date, **changes: str) -> dict[str, object]:
    return {
        "案件编号": case, "委托方": CLIENT, "回款流水号": reference, "回款日期": day.isoformat(), "回款金额": amount,
        **changes,
    }  # fmt: skip


def month(firm: Firm, today: date) -> None:
    """M1 to the fen, before and after the bank takes a part back; every line says why."""
    totals = _scored(firm, today, 5)
    assert totals["lines"] == {"count": 5, "amount": "5533.32"}
    lines = _lines(firm, today)
    assert lines["P1"]["window"]["extended"] is True  # W3: half of the placed amount is reached
    assert _shares(lines["P1"]) == [(AGENT.name, "2500.01"), (PARTNER.name, "2500.00")]
    back = [_row("R1", "J-FOLLOWED", "-1000.01", today, 冲回原流水号="P1")]
    firm.bring(DISPATCHER, "repayments", back)
    totals = _scored(firm, today, 6)
    assert totals["credited"] == {"count": 3, "amount": "4300.00"}
    assert totals["not_credited"] == {"count": 2, "amount": "144.43"}
    assert totals["not_visited"] == {"count": 1, "amount": "88.88"}
    assert {agent["name"]: agent["amount"] for agent in totals["agents"]} == {
        AGENT.name: "2150.00",
        PARTNER.name: "2150.00",
    }
    lines = _lines(firm, today)
    _judge(firm, lines)
    _files(firm, today, lines)
    _why(firm)


def _scored(firm: Firm, today: date, count: int) -> Any:
    """The month's sums when the worker has scored every repayment."""
    path = f"/statements/{today:%Y-%m}/totals"
    totals = firm.until(
        lambda: firm.get(DISPATCHER, path),
        lambda seen: seen["unscored"] == 0 and seen["lines"]["count"] == count,
    )
    assert totals["repayments"] == totals["lines"]
    assert totals["difference"] == "0.00"
    return totals


def _lines(firm: Firm, today: date) -> dict[str, Any]:
    items = firm.get(DISPATCHER, f"/statements/{today:%Y-%m}", all="true", limit=200)["items"]
    return {line["reference"]: line for line in items}


def _shares(line: Any) -> list[tuple[str, str]]:
    return [(share["name"], share["amount"]) for share in line["shares"]]


def _judge(firm: Firm, lines: dict[str, Any]) -> None:
    follow_up, relayed = firm.ids["follow-up"], firm.ids["visit J-RELAYED"]
    judged = {
        name: (line["visit_id"], line["basis"], line["clause"], line["reason"])
        for name, line in lines.items()
    }
    assert judged["P1"] == judged["R1"] == (follow_up, "met", "C1", None)
    assert judged["P4"] == (relayed, "relayed", "C3", None)
    assert [judged[name][3] for name in ("P2", "P3", "P5")] == ["superseded", "no_visit", "no_visit"]
    assert lines["P2"]["clause"] == "X6"
    assert lines["P1"]["window"]["extended"] is False  # what came back no longer reaches the half
    assert _shares(lines["P1"]) == [(AGENT.name, "2500.01"), (PARTNER.name, "2500.00")]
    assert _shares(lines["R1"]) == [(AGENT.name, "-500.01"), (PARTNER.name, "-500.00")]
    assert _shares(lines["P4"]) == [(AGENT.name, "150.00"), (PARTNER.name, "150.00")]
    for line in lines.values():
        assert line["why"]["zh"], line
        assert line["why"]["en"], line
        assert sum(Decimal(share["amount"]) for share in line["shares"]) in (0, Decimal(line["amount"]))


def _files(firm: Firm, today: date, lines: dict[str, Any]) -> None:
    """CSV and workbook hold the same lines, and both agree with the sums to the fen."""
    path = f"/statements/{today:%Y-%m}"
    text = firm.file(MANAGER, f"{path}.csv", all="true").decode("utf-8-sig")
    from_csv = {row["回款流水号"]: row for row in csv.DictReader(io.StringIO(text))}
    book = openpyxl.load_workbook(io.BytesIO(firm.file(MANAGER, f"{path}.xlsx", all="true", language="en")))
    heading, *rows = book.active.iter_rows(values_only=True)
    from_xlsx = {
        row["repayment reference"]: row for row in (dict(zip(heading, r, strict=True)) for r in rows)
    }
    assert from_csv.keys() == from_xlsx.keys() == lines.keys()
    for name, line in lines.items():
        amount = Decimal(line["amount"])
        assert Decimal(from_csv[name]["回款金额"]) == amount
        assert round(Decimal(str(from_xlsx[name]["amount"])), 2) == amount
        assert from_csv[name]["理由"]
        assert from_xlsx[name]["reason"]
        assert "张三" not in str(from_csv[name])
    assert from_csv["P1"]["外访业绩"] == f"{AGENT.name} 2500.01；{PARTNER.name} 2500.00"
    assert sum(Decimal(row["回款金额"]) for row in from_csv.values()) == Decimal("4533.31")


def _why(firm: Firm) -> None:
    """The case's own lines, as its collector and its agents read them: why this visit, and why not the other."""
    path = f"/placements/{firm.ids['J-FOLLOWED']}/credit"
    for member in (COLLECTOR, AGENT):
        items = firm.get(member, path)["items"]
        assert len(items) == 4
        for line in items:
            assert line["why"]["zh"]
            assert line["trace"]
