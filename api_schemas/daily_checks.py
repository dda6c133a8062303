"""The wire contract of the daily check of persons, machines and accounts (S17)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from api_schemas.base import Day, Id, Instant, Strict, Text
from server.domain.daily_checks import Deviation


class DailyCheckQuery(Strict):
    """Without a day it is today's. `checked` false: unticked, or deviating since the tick."""

    on = Day(load_default=None)
    checked = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class DailyCheckNew(Strict):
    """`deviations` are those that whoever ticks was shown; `note` is needed where there are any."""

    id = Id(required=True)
    on = Day(required=True)
    account_id = Id(required=True)
    deviations = fields.List(
        fields.Enum(Deviation, by_value=True), required=True, validate=validate.Length(0, len(Deviation))
    )
    note = Text(most=1000, least=0, load_default="")


class DailyCheckForm(DailyCheckNew):
    """A form has them as one text with commas, and a day without any leaves it empty. `checked`: of the list to go
    back to."""

    deviations = fields.List(fields.Enum(Deviation, by_value=True), load_default=list)
    checked = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})

    @pre_load
    def _parted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        shown = data.get("deviations", "")
        return data | {"deviations": shown.split(",") if shown else []}


class DailyCheckView(Strict):
    id = Id(required=True)
    on = Day(required=True)
    account_id = Id(required=True)
    deviations = fields.List(fields.Enum(Deviation, by_value=True), required=True)
    note = fields.String(required=True)
    checked_by = Id(required=True)
    checked_at = Instant(required=True)


class DayLoginView(Strict):
    """`opened_by`: of IT, who opened it in this name to send what lay on a phone (S19)."""

    id = Id(required=True)
    device_id = Id(required=True, allow_none=True)
    user_agent = fields.String(required=True)
    started_at = Instant(required=True)
    last_used_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    opened_by = Id(required=True, allow_none=True)


class DayDeviceView(Strict):
    device_id = Id(required=True)
    issued_at = Instant(required=True)
    due_at = Instant(required=True)
    returned_at = Instant(required=True, allow_none=True)


class AccountDayView(Strict):
    """`checked`: the latest tick still fits; `check` alone with `checked` false: something deviates since."""

    account_id = Id(required=True, attribute="account.id")
    display_name = fields.String(required=True, attribute="account.display_name")
    username = fields.String(required=True, attribute="account.username")
    logins = fields.List(fields.Nested(DayLoginView), required=True)
    devices = fields.List(fields.Nested(DayDeviceView), required=True, attribute="handouts")
    deviations = fields.List(fields.Enum(Deviation, by_value=True), required=True)
    check = fields.Nested(DailyCheckView, required=True, allow_none=True)
    checked = fields.Boolean(required=True)


class DailyCheckList(Strict):
    on = Day(required=True)
    items = fields.List(fields.Nested(AccountDayView), required=True)
