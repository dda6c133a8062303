"""What waits for somebody, counted by post: the numbers beside the places of the desk.

Owns which number concerns whom. Refuses to read a row: each count is one query, the same for one row and a million.
S17's alone is counted from its list, a few queries: whether a tick still holds, the rule says and no condition of SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from server.domain.access import Actor, Permission, reach
from server.domain.calendar import local_day
from server.domain.requests import RequestState
from server.domain.visits import VisitState
from server.services import daily_checks
from server.services.ports.requests import RequestFilter
from server.services.ports.unit_of_work import UnitOfWork

# Older gaps in evidence are statements' and audits' business; the desk still can have these mended.
LACKING_DAYS = 31
# The rail and the first page write "999+" for whatever is more.
MOST_COUNTED = 1000


class ToDo(StrEnum):
    """What is counted, each the head of one list."""

    TO_APPROVE = "to_approve"
    TO_ANSWER = "to_answer"
    RETURNED = "returned"
    TO_PLAN = "to_plan"
    RUNNING = "running"
    LACKING = "lacking"
    TO_RULE = "to_rule"
    TO_CONFIRM = "to_confirm"
    TO_CHECK = "to_check"
    UNTICKED = "unticked"
    UNREAD = "unread"


def waiting(uow: UnitOfWork, actor: Actor) -> Mapping[ToDo, int]:
    """How many wait of each kind that concerns the actor, with the kinds of which none waits."""
    return _of_requests(uow, actor) | _of_visits(uow, actor) | _of_the_rest(uow, actor)


def _of_requests(uow: UnitOfWork, actor: Actor) -> dict[ToDo, int]:
    if actor.may(Permission.REQUESTS_DECIDE):
        reached = reach(actor, Permission.REQUESTS_DECIDE)
        filed = uow.visit_requests.counts(reached, RequestFilter(state=RequestState.FILED))
        asking = uow.visit_requests.counts(
            reached, RequestFilter(state=RequestState.DRAFT, waiting_waivers=True)
        )
        return {ToDo.TO_APPROVE: sum(filed.values()), ToDo.TO_ANSWER: sum(asking.values())}
    if actor.may(Permission.REQUESTS_WRITE):
        reached = reach(actor, Permission.REQUESTS_WRITE)
        back = uow.visit_requests.counts(reached, RequestFilter(state=RequestState.RETURNED))
        return {ToDo.RETURNED: sum(back.values())}
    return {}


def _of_visits(uow: UnitOfWork, actor: Actor) -> dict[ToDo, int]:
    counted: dict[ToDo, int] = {}
    if actor.may(Permission.VISITS_READ):
        states = uow.visits.counts(
            reach(actor, Permission.VISITS_READ), [VisitState.ACCEPTED, VisitState.IN_PROGRESS]
        )
        if actor.may(Permission.PLANS_WRITE):
            counted[ToDo.TO_PLAN] = states.get(VisitState.ACCEPTED, 0)
        counted[ToDo.RUNNING] = states.get(VisitState.IN_PROGRESS, 0)
    if actor.may(Permission.EVIDENCE_READ):
        hours = uow.policy.in_force_on(local_day(uow.now)).upload_hours
        due = uow.now - timedelta(hours=hours)
        counted[ToDo.LACKING] = uow.evidence_items.lacking_count(
            reach(actor, Permission.EVIDENCE_READ), due - timedelta(days=LACKING_DAYS), due, MOST_COUNTED
        )
    return counted


def _of_the_rest(uow: UnitOfWork, actor: Actor) -> dict[ToDo, int]:
    counted = {ToDo.UNREAD: uow.inbox_messages.unread_count(actor.account_id)}
    if actor.may(Permission.STATEMENTS_RULE):
        counted[ToDo.TO_RULE] = uow.disputes.waiting_count(reach(actor, Permission.DISPUTES_READ))
    if actor.may(Permission.IMPORTS_CONFIRM):
        counted[ToDo.TO_CONFIRM] = uow.import_files.waiting_count(reach(actor, Permission.IMPORTS_CONFIRM))
    if actor.may(Permission.QUALITY_WRITE):
        counted[ToDo.TO_CHECK] = uow.quality_items.waiting_count(reach(actor, Permission.QUALITY_WRITE))
    if actor.may(Permission.ACCOUNTS_CHECK):
        counted[ToDo.UNTICKED] = daily_checks.open_count(uow, actor, local_day(uow.now))
    return counted
