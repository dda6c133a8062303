"""Routes of the daily check of persons, machines and accounts (S17)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.daily_checks import DailyCheckList, DailyCheckNew, DailyCheckQuery, DailyCheckView
from server.domain.access import Permission
from server.domain.calendar import local_day
from server.domain.daily_checks import (
    DAILY_CHECK_CHANGED,
    DAILY_CHECK_DONE,
    DAILY_CHECK_TO_COME,
    DAILY_CHECK_UNEXPLAINED,
    DailyCheck,
)
from server.domain.problems import NOT_FOUND
from server.services import daily_checks
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "daily_checks",
    __name__,
    url_prefix="/api/v1",
    description="The daily check of persons and accounts (S17)",
)


@endpoint(
    blueprint,
    "GET",
    "/daily-checks",
    needs=daily_checks.READERS,
    query=DailyCheckQuery,
    answer=DailyCheckList,
    reads_personal=True,
)
def list_daily_checks(call: Call) -> dict[str, object]:
    """S17: who worked on a day, on which machine, under which account; what deviates first."""
    on = call.query["on"] or local_day(call.uow.now)
    return {"on": on, "items": daily_checks.read_day(call.uow, call.actor, on, call.query["checked"])}


@endpoint(
    blueprint,
    "POST",
    "/daily-checks",
    needs=[Permission.ACCOUNTS_CHECK],
    body=DailyCheckNew,
    answer=DailyCheckView,
    status=201,
    once=True,
    problems=[
        DAILY_CHECK_TO_COME,
        DAILY_CHECK_CHANGED,
        DAILY_CHECK_UNEXPLAINED,
        DAILY_CHECK_DONE,
        NOT_FOUND,
    ],
)
def tick_daily_check(call: Call) -> DailyCheck:
    """S17: IT has looked at a person's day."""
    return daily_checks.tick(call.uow, call.actor, call.body)
