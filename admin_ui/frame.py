"""What stands around every page: the places of the desk by post with what waits in each, the day, the help.

Owns which places there are and who sees them. Refuses a place to whoever lacks its permission: what one may not open is
not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from flask import request

from admin_ui.forms import is_framed
from admin_ui.handbook import Quoted, quoted
from admin_ui.list_views import ListView, filters_of
from server.domain.access import Actor, Permission
from server.domain.calendar import local_day
from server.services import papers
from server.services.kept_lists import kept_of
from server.services.searching import SEARCHERS
from server.services.to_do import ToDo, waiting
from server.web.endpoint import Call


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the rail: the key of its words, where it leads, who sees it, what is counted beside it."""

    key: str
    href: str
    needs: tuple[Permission, ...]
    counts: ToDo | None = None
    urgent: bool = False


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("start", (Place("home", "/desk", (Permission.SELF,)),)),
    (
        "cases",
        (
            Place("cases", "/desk/cases", (Permission.PLACEMENTS_READ,)),
            Place("complaints", "/desk/complaints", (Permission.PLACEMENTS_READ,)),
        ),
    ),
    (
        "requests",
        (
            Place(
                "to_approve",
                "/desk/requests?state=filed",
                (Permission.REQUESTS_DECIDE,),
                ToDo.TO_APPROVE,
                urgent=True,
            ),
            Place(
                "to_answer",
                "/desk/requests?state=draft&waiting_waivers=true",
                (Permission.REQUESTS_DECIDE,),
                ToDo.TO_ANSWER,
                urgent=True,
            ),
            Place(
                "returned",
                "/desk/requests?state=returned",
                (Permission.REQUESTS_WRITE,),
                ToDo.RETURNED,
                urgent=True,
            ),
            Place("requests", "/desk/requests", (Permission.REQUESTS_READ,)),
        ),
    ),
    (
        "visits",
        (
            Place(
                "to_plan", "/desk/visits?state=accepted", (Permission.PLANS_WRITE,), ToDo.TO_PLAN, urgent=True
            ),
            Place("plans", "/desk/plans", (Permission.PLANS_READ,)),
            Place("out", "/desk/out", (Permission.ATTENDANCE_READ, Permission.PLANS_READ)),
            Place("travel", "/desk/travel", (Permission.TRAVEL_APPROVE,)),
            Place("running", "/desk/live", (Permission.VISITS_READ,), ToDo.RUNNING),
            Place(
                "lacking", "/desk/evidence-lacking", (Permission.EVIDENCE_READ,), ToDo.LACKING, urgent=True
            ),
            Place("late", "/desk/evidence-late", (Permission.EVIDENCE_READ,)),
            Place("flags", "/desk/flags", (Permission.EVIDENCE_READ,)),
            Place(
                "to_check",
                "/desk/quality?checked=false",
                (Permission.QUALITY_WRITE,),
                ToDo.TO_CHECK,
                urgent=True,
            ),
            Place("quality", "/desk/quality", (Permission.QUALITY_READ,)),
            Place("packs", "/desk/packs", (Permission.PACKS_READ,)),
            Place("visits", "/desk/visits", (Permission.VISITS_READ,)),
            Place(
                "counterfoils", "/desk/counterfoils", (Permission.LETTERS_RECEIVE, Permission.PAPERS_RELEASE)
            ),
            Place("papers", "/desk/papers", papers.READERS),
            Place("texts", "/desk/texts", (Permission.TEMPLATES_WRITE, Permission.TEMPLATES_APPROVE)),
        ),
    ),
    (
        "month",
        (
            Place("months", "/desk/months", (Permission.CREDIT_READ,)),
            Place("disputes", "/desk/disputes", (Permission.DISPUTES_READ,), ToDo.TO_RULE, urgent=True),
            Place("figures", "/desk/figures", (Permission.CREDIT_READ,)),
            Place("pay", "/desk/pay", (Permission.PAY_READ,)),
            Place("fines", "/desk/fines", (Permission.FINES_READ,)),
            Place("incidents", "/desk/incidents", (Permission.INCIDENTS_READ,)),
            Place("simulator", "/desk/simulator", (Permission.POLICY_SIMULATE,)),
            Place("policy", "/desk/policy", (Permission.SELF,)),
        ),
    ),
    (
        "office",
        (
            Place(
                "to_confirm",
                "/desk/imports?state=waiting",
                (Permission.IMPORTS_CONFIRM,),
                ToDo.TO_CONFIRM,
                urgent=True,
            ),
            Place("imports", "/desk/imports", (Permission.IMPORTS_READ,)),
            Place("devices", "/desk/devices", (Permission.DEVICES_READ,)),
            Place(
                "unticked",
                "/desk/daily-checks?checked=false",
                (Permission.ACCOUNTS_CHECK,),
                ToDo.UNTICKED,
                urgent=True,
            ),
            Place("daily_checks", "/desk/daily-checks", (Permission.ACCOUNTS_CHECK, Permission.AUDIT_READ)),
            Place("people", "/desk/people", (Permission.PEOPLE_READ,)),
            Place("leave", "/desk/leave", (Permission.LEAVE_WRITE, Permission.LEAVE_READ)),
            Place("permissions", "/desk/permissions", (Permission.PERMISSIONS_READ,)),
            Place("webhooks", "/desk/webhooks", (Permission.WEBHOOKS_WRITE,)),
            Place("house_state", "/desk/house-state", (Permission.JOBS_READ,)),
            Place("jobs", "/desk/jobs", (Permission.JOBS_READ,)),
        ),
    ),
)
"""By heading, in the order of a day's work."""


@dataclass(frozen=True, slots=True)
class ShownPlace:
    key: str
    href: str
    count: int | None
    urgent: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one answer. `help`: the clauses that the page's help quotes; `idle_seconds` until it locks (S18);
    `list_query`: that of a list which the reader may export (S11), `view` how the reader keeps it."""

    actor: Actor
    today: date
    places: tuple[tuple[str, tuple[ShownPlace, ...]], ...]
    counts: Mapping[ToDo, int]
    key: str
    help: tuple[Quoted, ...]
    idle_seconds: int
    list_query: str | None = None
    view: ListView | None = None

    @property
    def searches(self) -> bool:
        """Whether there is anything that the actor may look for."""
        return any(self.actor.may(permission) for permission in SEARCHERS)


def frame_of(call: Call, path: str, clauses: tuple[str, ...], *, lists: bool = False) -> Frame:
    """The frame for whoever asks. A piece of a page stands in a frame already, so nothing is counted for it."""
    counts: Mapping[ToDo, int] = {} if is_framed() else waiting(call.uow, call.actor)
    return Frame(
        actor=call.actor,
        today=local_day(call.uow.now),
        places=() if is_framed() else _places(call.actor, counts),
        counts=counts,
        key=path,
        help=tuple(quoted(clause) for clause in clauses),
        idle_seconds=call.uow.policy.in_force_on(local_day(call.uow.now)).idle_lock_desk_seconds,
        list_query=request.query_string.decode("utf-8", "replace")
        if lists and call.actor.may(Permission.LISTS_EXPORT)
        else None,
        view=_view(call, path) if lists and not is_framed() else None,
    )


def _view(call: Call, path: str) -> ListView:
    asked = request.query_string.decode("utf-8", "replace")
    return ListView(path, filters_of(asked), kept_of(call.uow, call.actor, path))


def places_for(actor: Actor) -> list[Place]:
    """The places that the actor may open."""
    return [
        place
        for _, places in PLACES
        for place in places
        if any(actor.may(permission) for permission in place.needs)
    ]


def _places(actor: Actor, counts: Mapping[ToDo, int]) -> tuple[tuple[str, tuple[ShownPlace, ...]], ...]:
    seen = places_for(actor)
    here = _here(seen)
    shown = []
    for heading, places in PLACES:
        of_heading = tuple(
            ShownPlace(
                place.key,
                place.href,
                None if place.counts is None else counts.get(place.counts, 0),
                place.urgent,
                place is here,
            )
            for place in places
            if place in seen
        )
        if of_heading:
            shown.append((heading, of_heading))
    return tuple(shown)


def _here(places: list[Place]) -> Place | None:
    """The place whose address is the nearest to the one asked for: the most of its filters match."""
    best, score = None, -1
    asked = dict(request.args.items())
    for place in places:
        parts = urlsplit(place.href)
        filters = dict(parse_qsl(parts.query))
        inside = request.path == parts.path or (
            parts.path != "/desk" and request.path.startswith(f"{parts.path}/")
        )
        if inside and filters.items() <= asked.items() and len(filters) > score:
            best, score = place, len(filters)
    return best
