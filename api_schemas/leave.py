"""The wire contract of leave, and what the desk's form of it sends (R15)."""

from __future__ import annotations

from marshmallow import fields

from api_schemas.base import Day, Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.leave import LeaveKind
from server.services.ports.leave import LeaveList


class LeaveQuery(PageQuery):
    listed = fields.Enum(LeaveList, by_value=True, load_default=LeaveList.TO_COME)


class _LeaveDays(Strict):
    id = Id(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    kind = fields.Enum(LeaveKind, by_value=True, required=True)
    note = Text(most=300, least=0, load_default="")


class LeaveNew(_LeaveDays):
    """Whole days, both included."""

    account_id = Id(required=True)


class LeaveForm(_LeaveDays):
    """At the desk a person is named by the employee number."""

    employee_number = Text(most=40, required=True)


class LeaveView(Strict):
    """`team_ids`: teams of days to come that the person stands in meanwhile."""

    id = Id(required=True, attribute="leave.id")
    account_id = Id(required=True, attribute="leave.account_id")
    display_name = fields.String(required=True, attribute="account.display_name")
    first_day = Day(required=True, attribute="leave.first_day")
    last_day = Day(required=True, attribute="leave.last_day")
    kind = fields.Enum(LeaveKind, by_value=True, required=True, attribute="leave.kind")
    note = fields.String(required=True, attribute="leave.note")
    entered_by = Id(required=True, attribute="leave.entered_by")
    entered_at = Instant(required=True, attribute="leave.entered_at")
    withdrawn_at = Instant(required=True, allow_none=True, attribute="leave.withdrawn_at")
    withdrawn_reason = fields.String(required=True, allow_none=True, attribute="leave.withdrawn_reason")
    team_ids = fields.List(Id(), required=True)


LeavePage = page_of(LeaveView, "LeavePage")
