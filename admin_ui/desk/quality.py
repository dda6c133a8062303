"""QA at the desk: the month's sample with its seed, each visit of it with the check list, what was found (S12, V8).

Owns the forms. Refuses nothing of its own: what a check may say, and that a month is drawn once, the rules say.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.lists import Tab, href, next_page
from admin_ui.months_offered import month_before
from admin_ui.page import page
from api_schemas.base import PageQuery
from api_schemas.desk_quality import TICK, CheckForm, SampleForm, SampleList
from server.domain.access import Permission
from server.domain.audit import AuditEntry
from server.domain.calendar import local_day
from server.domain.credit import month_of
from server.domain.quality import CHECK_LIST, LEAST_DRAWN, MOST_DRAWN, PER_CENT_DRAWN, Breach, Verdict
from server.services import evidence_reading, quality, visit_reading
from server.services.ports.paging import PageRequest
from server.services.quality import SampleShown
from server.web.endpoint import Call

LIST = "/desk/quality"
ONE = f"{LIST}/<uuid:item_id>"
LATE = "/desk/evidence-late"
_READS, _WRITES = [Permission.QUALITY_READ], [Permission.QUALITY_WRITE]
_CLAUSES = ("S12", "V8", "S8")


@page(
    "GET",
    LIST,
    needs=_READS,
    template="quality.html",
    query=SampleList,
    reads_personal=True,
    clauses=_CLAUSES,
)
def quality_sample(call: Call) -> dict[str, Any]:
    """A month's sample: how it was drawn, its visits, what was found."""
    asked = call.query
    samples, shown = quality.asked_sample(call.uow, asked["month"], waiting=asked["checked"] is False)
    due = month_before(month_of(local_day(call.uow.now)))
    found = None
    if shown is not None:
        request = PageRequest(asked["limit"], asked.get("after"))
        found = quality.items_page(call.uow, call.actor, request, shown.sample.id, asked["checked"])
    checks = [check for one in (found.items if found else ()) if (check := one.latest)]
    people = {check.checked_by for check in checks} | ({shown.sample.drawn_by} if shown else set())
    return {
        "shown": shown,
        "items": found.items if found else [],
        "next": next_page(LIST, found.next if found else None),
        "people": call.uow.accounts.by_ids(people),
        "months": [one.month for one in samples],
        "tabs": _tabs(shown, asked["checked"]),
        "draws": due
        if call.actor.may(Permission.QUALITY_WRITE) and all(due != one.month for one in samples)
        else None,
        "rule": {"per_cent": PER_CENT_DRAWN, "least": LEAST_DRAWN, "most": MOST_DRAWN},
        "address": lambda month: href(LIST, {"month": month}),
    }


@page("POST", LIST, needs=_WRITES, template=None, fields=SampleForm)
def draw_quality_sample(call: Call) -> Response:
    """S12: draw the month's sample; nobody chooses its seed."""
    sample = quality.draw_sample(call.uow, call.actor, call.body["month"])
    return see_other(href(LIST, {"month": sample.month}))


@page(
    "GET", f"{LIST}/samples/<uuid:sample_id>/redraw", needs=_READS, template="redrawn.html", clauses=("S12",)
)
def redraw_quality_sample(call: Call) -> dict[str, Any]:
    """Draw it again by its seed, and say whether it is the same."""
    return {
        "redrawn": quality.redraw(call.uow, call.path["sample_id"]),
        "sample": call.uow.quality_samples.need(call.path["sample_id"]),
    }


@page("GET", ONE, needs=_READS, template="quality_check.html", reads_personal=True, clauses=_CLAUSES)
def quality_item(call: Call) -> dict[str, Any]:
    """A visit of the sample beside the check list, with the checks that there are."""
    item, visit = quality.item_within(call.uow, call.actor, call.path["item_id"], Permission.QUALITY_READ)
    (shown,) = quality.items_shown(call.uow, [item])
    call.uow.audit(AuditEntry("quality.read", "quality_item", item.id, {"visit_id": visit.id}))
    people = {check.checked_by for check in shown.checks}
    people |= {id_ for id_ in (visit.lead_id, visit.partner_id) if id_ is not None}
    return {
        "shown": shown,
        "visit": visit,
        "sample": call.uow.quality_samples.need(item.sample_id),
        "people": call.uow.accounts.by_ids(people),
        "list": CHECK_LIST,
        "tick": TICK,
        "verdicts": list(Verdict),
        "checks": call.actor.may(Permission.QUALITY_WRITE),
        "form_id": call.uow.new_id(),
    }


@page("POST", f"{ONE}/check", needs=_WRITES, template=None, fields=CheckForm)
def check_quality_item(call: Call) -> Response:
    """S12: keep what was found; the same form sent again is the same check."""
    body = call.body
    if call.uow.quality_checks.get(body["id"]) is None:
        ticked = [breach for breach in Breach if body[f"{TICK}{breach.value}"]]
        quality.check_visit(call.uow, call.actor, call.path["item_id"], body | {"breaches": ticked})
    return see_other(f"{LIST}/{call.path['item_id']}")


@page(
    "GET",
    LATE,
    needs=[Permission.EVIDENCE_READ],
    template="evidence_late.html",
    query=PageQuery,
    reads_personal=True,
    clauses=("V2", "S10"),
)
def late_list(call: Call) -> dict[str, Any]:
    """V2: what came later than the policy's hours after check-out, the newest first."""
    found = evidence_reading.late(
        call.uow, call.actor, PageRequest(call.query["limit"], call.query.get("after"))
    )
    visits = call.uow.visits.by_ids(item.visit_id for item in found.items)
    briefs = visit_reading.briefs(call.uow, list(visits.values()))
    return {
        "items": found.items,
        "briefs": {brief.visit.id: brief for brief in briefs},
        "people": call.uow.accounts.by_ids(item.account_id for item in found.items),
        "hours": call.uow.policy.in_force_on(local_day(call.uow.now)).upload_hours,
        "next": next_page(LATE, found.next),
    }


def _tabs(shown: SampleShown | None, checked: bool | None) -> list[Tab]:
    if shown is None:
        return []
    counts = (
        (None, "all", shown.drawn),
        (False, "open", shown.drawn - shown.checked),
        (True, "done", shown.checked),
    )
    return [
        Tab(
            f"quality_tab.{key}",
            href(LIST, {"month": shown.sample.month, "checked": None if one is None else str(one).lower()}),
            count,
            one is checked,
        )
        for one, key, count in counts
    ]
