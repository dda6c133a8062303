"""What became of the own visits, read online and kept nowhere (S19); the objection is made from the line (M2)."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.phone.conftest import Field
from tests.support import visit_values as values
from tests.support.cases import Case
from tests.support.cast import AGENT, DISPATCHER, MANAGER
from tests.support.rows import at, changed, keep

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("environment", ["sqlite"], indirect=True)]

FEBRUARY = "/api/v1/statements/2026-02"


def test_an_agent_reads_the_month_and_objects_from_a_line(field: Field) -> None:
    case = Case(field.desk)
    met = case.visit(started_at=at("2026-02-10"))
    keep(
        field.desk,
        values.contact(met, at=met.started_at),
        values.repayment(case.placement, date(2026, 2, 12), 50_001),
    )
    changed(field.desk, [case.placement])
    field.desk.work()
    field.desk.ok(field.desk.post(DISPATCHER, f"{FEBRUARY}/publish", {}), 201)
    phone = field.take()
    phone.enter(AGENT)
    phone.tap("settings")
    phone.tap("history")
    phone.tap("month-2026-02")
    phone.sees_at("line", "我的份额")
    phone.picture("history")
    assert phone.violations() == []
    phone.tap("object")
    phone.page.fill("[name=words]", "搭档的份额有误")
    phone.picture("objection")
    phone.tap("send-objection")
    phone.sees("经理")
    expect(phone.at("send-objection")).to_have_count(0)
    (dispute,) = field.desk.ok(field.desk.get(MANAGER, f"{FEBRUARY}/disputes"))["items"]
    assert (dispute["ground"], dispute["words"]) == ("contact", "搭档的份额有误")
    shelves = [row for name in ("meta", "sealed", "outbox") for row in phone.on_disk(name)]
    assert [row for row in shelves if case.placement.case_number in row] == []
