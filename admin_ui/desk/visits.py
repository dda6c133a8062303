"""Visits at the desk: lists by state, one visit as a timeline with its verdict on top (V1 to V19).

Owns how a visit is shown. Refuses the clear name and numbers to whoever gives no purpose (S5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from admin_ui.lists import Chip, Tab, href, narrowing, next_page
from admin_ui.map_view import map_of
from admin_ui.named import named, telephones
from admin_ui.page import page
from admin_ui.positions import gallery, marks_of, pins, positions
from admin_ui.telling import language
from admin_ui.timeline import timeline
from admin_ui.verdict import verdict_of
from admin_ui.words import Words
from api_schemas.desk import LackingList, PurposeForm, VisitList
from server.domain.access import Permission, reach
from server.domain.audit import AuditEntry
from server.domain.calendar import days_after, local_day
from server.domain.evidence_flags import sentences
from server.domain.missing import MISSING_WORDS
from server.domain.placements import Placement
from server.domain.problems import CATALOGUE
from server.domain.visits import Visit, VisitState
from server.services import case_reading, evidence_reading, visit_course, visit_reading
from server.services.placement_credit import ExplainedLine
from server.services.ports.paging import Page, PageRequest
from server.services.scopes import placement_within, team_member, visit_within
from server.services.to_do import LACKING_DAYS
from server.web.endpoint import Call

LIST = "/desk/visits"
ONE = f"{LIST}/<uuid:visit_id>"
_TABS: tuple[VisitState | None, ...] = (
    VisitState.ACCEPTED,
    VisitState.PLANNED,
    VisitState.PUBLISHED,
    VisitState.IN_PROGRESS,
    VisitState.COMPLETED,
    VisitState.FAILED,
    VisitState.CANCELLED,
    None,
)
# How many there are of these grows for ever; what waits is counted, what is over is not.
_COUNTED = (
    VisitState.ACCEPTED,
    VisitState.PLANNED,
    VisitState.PUBLISHED,
    VisitState.IN_PROGRESS,
    VisitState.FAILED,
)


@page(
    "GET",
    LIST,
    needs=[Permission.VISITS_READ],
    template="visits.html",
    query=VisitList,
    reads_personal=True,
    clauses=("R12", "V1", "V2"),
)
def visit_list(call: Call) -> dict[str, Any]:
    """Visits within reach, by state."""
    asked = {name: call.query[name] for name in ("day", "state", "county_code", "recorded_below")}
    reached = reach(call.actor, Permission.VISITS_READ)
    request = PageRequest(call.query["limit"], call.query.get("after"))
    # What waits longest comes first; of what is over, the newest.
    found = call.uow.visits.page(request, reached, **asked, newest_first=asked["state"] not in _COUNTED)
    counts = call.uow.visits.counts(reached, _COUNTED)
    narrowed = {name: value for name, value in asked.items() if name != "state" and value is not None}
    tabs = [
        Tab(
            "visit_tab.all" if state is None else f"VisitState.{state.value}",
            href(LIST, {**narrowed, **({} if state is None else {"state": state.value})}),
            counts.get(state, 0) if state in _COUNTED and state is not None and not narrowed else None,
            asked["state"] is state,
        )
        for state in _TABS
    ]
    return _listed(call, found) | {
        "tabs": tabs,
        "chips": _chips(call, asked),
        "path": LIST,
        "narrow": narrowing(LIST),
        "lacking": False,
    }


@page(
    "GET",
    "/desk/evidence-lacking",
    needs=[Permission.EVIDENCE_READ],
    template="visits.html",
    query=LackingList,
    reads_personal=True,
    clauses=("V2", "X3"),
)
def lacking_list(call: Call) -> dict[str, Any]:
    """V2: visits past the policy's hours that still lack a photo or a recording; those that are counted come first."""
    request, everything = PageRequest(call.query["limit"], call.query.get("after")), call.query["all"]
    found = evidence_reading.lacking(call.uow, call.actor, request, None if everything else LACKING_DAYS)
    path = "/desk/evidence-lacking"
    tabs = [
        Tab("lacking_tab.recent", path, None, not everything),
        Tab("lacking_tab.all", href(path, {"all": "true"}), None, everything),
    ]
    lacks = call.uow.evidence_items.counts(one.id for one in found.items)
    shown = {"tabs": tabs, "chips": [], "path": path, "narrow": None, "lacking": True, "lacks": lacks}
    return _listed(call, found, path) | shown


@page(
    "GET",
    ONE,
    needs=[Permission.VISITS_READ],
    template="visit.html",
    reads_personal=True,
    clauses=("V1", "V2", "V8", "V10", "S5", "S8"),
)
def show_visit(call: Call) -> dict[str, Any]:
    """One visit: the verdict in one sentence, then everything in its order."""
    visit, placement = visit_within(call.uow, call.actor, call.path["visit_id"], Permission.VISITS_READ)
    course = visit_course.course_of(call.house, call.uow, call.actor, visit)
    marks = marks_of(course)
    return {
        "course": course,
        "visit": visit,
        "brief": course.whole.brief,
        "begin": visit.started_at,
        "last_here": _last_here(call, visit),
        "relay_until": _relay_until(call, visit, placement),
        "records": call.actor.may(Permission.FACTS_WRITE),
        "missing_words": MISSING_WORDS,
        "flag_sentences": sentences,
        "catalogue": CATALOGUE,
        "events": timeline(course),
        "verdict": verdict_of(course),
        "by_day": partial(_by_day, telephones(call.uow, [str(line.why) for line in course.lines or ()])),
        "gallery": gallery(course),
        "positions": positions(marks),
        "map": map_of(call, pins(marks, Words(language()))),
        "unmasks": call.actor.may(Permission.PERSONAL_UNMASK),
        "listens": call.actor.may(Permission.EVIDENCE_LISTEN),
        "answers": call.actor.may(Permission.EVIDENCE_UPLOAD) and team_member(call.actor, visit),
        "voids": call.actor.may(Permission.EVIDENCE_VOID) and not team_member(call.actor, visit),
    }


def _last_here(call: Call, visit: Visit) -> Visit | None:
    """The last visit to the address before one that is still to come: whoever plans it sees how long ago that was."""
    if visit.state in (VisitState.IN_PROGRESS, VisitState.COMPLETED, VisitState.CANCELLED):
        return None
    begun = [one for one in call.uow.visits.having(address_id=visit.address_id) if one.started_at is not None]
    return max(begun, key=lambda one: (one.started_at, one.id), default=None)


def _relay_until(call: Call, visit: Visit, placement: Placement) -> date | None:
    """C3: the last day on which a relay may be confirmed, by the policy of the visit's own day."""
    if visit.started_at is None:
        return None
    day = local_day(visit.started_at)
    edition = call.uow.policy_of(placement.client_id).in_force_on(day)
    return days_after(day, edition.relay_days)


@page(
    "POST",
    "/desk/cases/<uuid:placement_id>/unmask",
    needs=[Permission.PERSONAL_UNMASK],
    template="unmasked.html",
    fields=PurposeForm,
    clauses=("S5",),
)
def unmask_case(call: Call) -> dict[str, Any]:
    """S5: name and numbers in clear, for a purpose that is kept in the trail."""
    placement = placement_within(call.uow, call.actor, call.path["placement_id"], Permission.PERSONAL_UNMASK)
    return {"clear": case_reading.unmask(call.uow, placement, call.body["purpose"]), "placement": placement}


def _by_day(telephones: Mapping[str, str], line: ExplainedLine, zh: bool) -> list[str]:
    """Why a line is as it is, sentence by sentence, each visit named by its day."""
    names = {visit["visit"]: visit["visited_on"] for visit in line.row.trace["visits"]} | dict(telephones)
    return [named(sentence, names) for sentence in line.why["zh" if zh else "en"]]


def _listed(call: Call, found: Page[Visit], path: str = LIST) -> dict[str, Any]:
    lines = visit_reading.briefs(call.uow, found.items)
    call.uow.audit(AuditEntry("visit.listed", "visit", None, {"ids": [one.id for one in found.items]}))
    agents = {id_ for one in found.items for id_ in (one.lead_id, one.partner_id) if id_ is not None}
    return {"rows": lines, "next": next_page(path, found.next), "people": call.uow.accounts.by_ids(agents)}


def _chips(call: Call, asked: Mapping[str, Any]) -> Sequence[Chip]:
    given = {name: getattr(value, "value", value) for name, value in asked.items() if value is not None}
    shown = dict(given)
    if "county_code" in given:
        shown["county_code"] = call.house.addresses.county(given["county_code"]) or given["county_code"]
    return [
        Chip(f"chip.{name}", str(shown[name]), href(LIST, {n: v for n, v in given.items() if n != name}))
        for name in ("day", "county_code", "recorded_below")
        if name in given
    ]
