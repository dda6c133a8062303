"""What a team takes along on paper: a sheet a visit, one on each page (V1, V6, V10, V14, V15).

Owns what stands on a sheet. Refuses every amount, the clear name and the debtor's numbers: a sheet that is lost must
not tell them (V10); papers that name a debtor are issued and ticked off one by one (V6, V21).
"""

from __future__ import annotations

from typing import Any

from admin_ui.desk.plans import ONE
from admin_ui.page import page
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.disclosure import TOPIC_WORDS, v14_talk_rules
from server.domain.visits import ContactWho
from server.services import plan_views, visit_reading
from server.services.visit_plans import OPEN_ON_PLAN
from server.web.endpoint import Call


@page(
    "GET",
    f"{ONE}/sheets",
    needs=[Permission.PLANS_READ],
    template="sheets.html",
    reads_personal=True,
    clauses=("V1", "V6", "V10", "V14", "V15"),
)
def visit_sheets(call: Call) -> dict[str, Any]:
    """The sheets of the teams that the reader sees, in the order of the day."""
    plan = plan_views.read_plan(call.uow, call.actor, call.path["plan_id"])
    visits = call.uow.visits.by_ids(stop.id for team in plan.teams for stop in team.visits)
    open_ones = [visit for visit in visits.values() if visit.state in OPEN_ON_PLAN]
    briefs = {brief.visit.id: brief for brief in visit_reading.briefs(call.uow, open_ones)}
    call.uow.audit(AuditEntry("visit.sheets_printed", "visit_plan", plan.id, {"ids": sorted(briefs)}))
    return {
        "plan": plan,
        "briefs": briefs,
        "collectors": call.uow.accounts.by_ids(one.placement.collector_id for one in briefs.values()),
        "rules": [(who, v14_talk_rules(who)) for who in ContactWho],
        "topics": TOPIC_WORDS,
    }
