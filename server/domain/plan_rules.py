"""What may stand on a visit plan and be published: teams, hours, certificates, bookings, travel.

Owns the rules of a plan. Pure: who is an agent, what is held and what else is booked that day are facts
that the use case gathers; presence at the door (V1) and calls are the visit's own rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations

from server.domain.calendar import SHANGHAI, local_day
from server.domain.people import Certificate, certificate_in_force
from server.domain.placements import Address, AddressStanding, Hold, Placement, placement_end
from server.domain.plan_problems import (
    AGENT_BOOKED_TWICE,
    AGENT_ON_LEAVE,
    CERTIFICATE_MISSING,
    NOT_AN_AGENT,
    PLAN_DAY_PAST,
    PLAN_EMPTY,
    PROMISE_PENDING,
    TEAM_NOT_TWO,
    TEAM_OUTSIDE_HOURS,
    TEAM_OVER,
    TRAVEL_NOT_APPROVED,
    VISIT_ADDRESS_INVALID,
    VISIT_AFTER_END,
    VISIT_ON_HOLD,
    VISIT_PERSON_BLOCKED,
)
from server.domain.plans import TravelApproval, TravelKind, VisitTeam
from server.domain.policy.editions import Edition
from server.domain.policy.registry import clause, part_of
from server.domain.problems import Finding
from server.domain.visits import Visit


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit with what speaks for or against going there.

    `standing` is that of the address by the newest evidence; `promise_due_on` of promises by phone, judged able.
    """

    visit: Visit
    placement: Placement
    address: Address
    standing: AddressStanding
    hold: Hold | None
    person_blocked: bool
    promise_due_on: date | None
    promise_explained: bool


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan as its rules see it: its teams, what is not yet published on it, and what else is booked that day.

    `agents` are the field agents in service of the branch; `names` are for the words of a refusal.
    """

    day: date
    city_code: str
    teams: Sequence[VisitTeam]
    elsewhere: Sequence[VisitTeam]
    agents: frozenset[str]
    names: Mapping[str, str]
    certificates: Mapping[str, Certificate]
    visits: Sequence[PlannedVisit]
    approvals: Sequence[TravelApproval]
    on_leave: frozenset[str] = field(default_factory=frozenset)


def plan_findings(facts: PlanFacts, *, now: datetime, edition: Edition) -> list[Finding]:
    """Everything that forbids publication, team by team, then visit by visit, then the travel."""
    found = day_findings(facts.day, local_day(now)) + empty_findings(facts)
    for team in facts.teams:
        found += team_findings(team, facts, edition=edition)
        found += v11_certified(team, facts)
    found += over_findings(facts, now) + booking_findings(facts) + leave_findings(facts)
    for planned in facts.visits:
        found += visit_findings(planned, facts.day)
    return found + r16_travel_approved(facts)


@part_of("R11", codes=("promise_pending_on_plan",))
def plan_warnings(facts: PlanFacts) -> list[Finding]:
    """What forbids nothing but should be known before publishing: visits that R11 keeps from counting (X4)."""
    return [
        Finding(
            PROMISE_PENDING,
            "visits",
            _case(planned) | {"due_on": planned.promise_due_on, "day": facts.day},
        )
        for planned in facts.visits
        if planned.promise_due_on is not None
        and facts.day <= planned.promise_due_on
        and not planned.promise_explained
    ]


@part_of("R15", codes=("plan_day_past",))
def day_findings(day: date, today: date) -> list[Finding]:
    """R15: a plan is the application beforehand, so its day is not past."""
    return [Finding(PLAN_DAY_PAST, "day", {"day": day})] if day < today else []


@part_of("R15", codes=("team_over",))
def over_findings(facts: PlanFacts, now: datetime) -> list[Finding]:
    """A team whose hours are over cannot be given what has still to be published."""
    waiting = {planned.visit.team_id for planned in facts.visits}
    return [
        Finding(TEAM_OVER, "ends_at", {"team_id": team.id, "until": _clock(team.ends_at)})
        for team in facts.teams
        if team.id in waiting and team.ends_at <= now
    ]


@part_of("R12", codes=("plan_empty",))
def empty_findings(facts: PlanFacts) -> list[Finding]:
    return [] if facts.visits else [Finding(PLAN_EMPTY, "visits")]


@part_of("V1", codes=("team_not_two",))
@part_of("V9", codes=("team_outside_hours",))
def team_findings(team: VisitTeam, facts: PlanFacts, *, edition: Edition) -> list[Finding]:
    """V1: as many different agents of the branch as a team needs. V9: the whole interval within the hours."""
    found = []
    members = members_of(team)
    agents = {team.lead_id, team.partner_id}
    if len(set(members)) < len(members) or len(agents) < edition.team_size:
        found.append(Finding(TEAM_NOT_TWO, "partner_id", {"team_id": team.id, "needed": edition.team_size}))
    found += [
        Finding(NOT_AN_AGENT, _role(team, member), {"team_id": team.id, "name": _name(facts, member)})
        for member in dict.fromkeys(members)
        if member not in facts.agents
    ]
    opens, closes = edition.visit_hours
    start, end = team.starts_at.astimezone(SHANGHAI), team.ends_at.astimezone(SHANGHAI)
    within = start.date() == end.date() == facts.day and opens <= start.time() < end.time() <= closes
    if not within:
        hours = {"from": _clock(start), "until": _clock(end), "day": facts.day}
        limits = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}", "team_id": team.id}
        found.append(Finding(TEAM_OUTSIDE_HOURS, "starts_at", hours | limits))
    return found


@clause("V11", codes=("certificate_missing", "not_an_agent"))
def v11_certified(team: VisitTeam, facts: PlanFacts) -> list[Finding]:
    """Lead and partner have a certificate in force on the day; a trainee may come without.

    「满分(100)达到(80)分者经总经理批准可以上岗」「每月进行一次考核」「外访现场实习」
    """
    return [
        Finding(
            CERTIFICATE_MISSING,
            _role(team, agent),
            {"team_id": team.id, "name": _name(facts, agent), "day": facts.day},
        )
        for agent in dict.fromkeys((team.lead_id, team.partner_id))
        if not certificate_in_force(facts.certificates.get(agent), facts.day)
    ]


@part_of("V1", codes=("agent_booked_twice",))
def booking_findings(facts: PlanFacts) -> list[Finding]:
    """V1: nobody is on two teams whose intervals overlap, on this plan or another. Touching is no overlap."""
    found = []
    pairs = [*combinations(facts.teams, 2)]
    pairs += [(own, other) for own in facts.teams for other in facts.elsewhere]
    for own, other in pairs:
        for member in sorted(set(members_of(own)) & set(members_of(other))):
            if overlap(own, other):
                hours = {"from": _clock(other.starts_at), "until": _clock(other.ends_at)}
                named = {"name": _name(facts, member), "team_id": own.id, "other_team_id": other.id}
                found.append(Finding(AGENT_BOOKED_TWICE, _role(own, member), named | hours))
    return found


@part_of("V1", codes=("agent_on_leave",))
def leave_findings(facts: PlanFacts) -> list[Finding]:
    """V1: who is on leave that day is not there, as trainee neither."""
    return [
        Finding(
            AGENT_ON_LEAVE,
            _role(team, member),
            {"team_id": team.id, "name": _name(facts, member), "day": facts.day},
        )
        for team in facts.teams
        for member in dict.fromkeys(members_of(team))
        if member in facts.on_leave
    ]


def overlap(one: VisitTeam, other: VisitTeam) -> bool:
    """Whether the intervals share a moment; one that ends when the other starts does not."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


@part_of("R14", codes=("visit_after_end",))
def end_findings(planned: PlannedVisit, day: date) -> list[Finding]:
    """R14: the mandate ends with the placement; its last day is still within."""
    end = placement_end(planned.placement)
    return (
        [Finding(VISIT_AFTER_END, "visits", _case(planned) | {"end": end, "day": day})] if day > end else []
    )


@part_of("V13", codes=("visit_on_hold", "visit_person_blocked"))
@part_of("R6", codes=("visit_address_invalid",))
def visit_findings(planned: PlannedVisit, day: date) -> list[Finding]:
    """V13, R14, R6: nothing held, blocked, ended or known to be invalid is visited."""
    found = []
    case = _case(planned)
    if planned.hold is not None:
        found.append(Finding(VISIT_ON_HOLD, "visits", case | {"reason": planned.hold.reason}))
    if planned.person_blocked:
        found.append(Finding(VISIT_PERSON_BLOCKED, "visits", case))
    found += end_findings(planned, day)
    if planned.standing is AddressStanding.INVALID:
        found.append(Finding(VISIT_ADDRESS_INVALID, "visits", case))
    return found


@clause("R16", codes=("travel_not_approved", "travel_not_needed"))
def r16_travel_approved(facts: PlanFacts) -> list[Finding]:
    """A plan outside the branch's city has the manager's approval, or a notice by phone made good afterwards.

    「公司人员出差一律书面报批」「来不及办理手续的，应先电话告知经理事后补办手续」
    An approval covers the cities that it was asked for.
    """
    allowed = {
        city
        for approval in facts.approvals
        if approval.granted or (approval.kind is TravelKind.PHONE_NOTICE and approval.granted is None)
        for city in approval.city_codes
    }
    missing = {
        code: name
        for code, name in outside_cities((p.address for p in facts.visits), facts.city_code).items()
        if code not in allowed
    }
    if not missing:
        return []
    return [
        Finding(
            TRAVEL_NOT_APPROVED,
            "visits",
            {"cities": "、".join(missing.values()), "city_codes": sorted(missing)},
        )
    ]


def outside_cities(addresses: Iterable[Address], city_code: str) -> dict[str, str]:
    """The cities outside the branch's own that addresses lie in: prefecture code (four digits) to its name.

    A county right under a province has no city and stands for itself, with its own six digits.
    """
    found = {}
    for address in addresses:
        if not address.county_code.startswith(city_code):
            right_under_province = address.county_code[2:4] == "90"
            code = address.county_code if right_under_province else address.county_code[:4]
            found[code] = address.city or address.county or address.province
    return dict(sorted(found.items()))


def members_of(team: VisitTeam) -> list[str]:
    """Lead, partner and, where there is one, the trainee."""
    return [member for member in (team.lead_id, team.partner_id, team.trainee_id) if member is not None]


def _role(team: VisitTeam, member: str) -> str:
    if member == team.lead_id:
        return "lead_id"
    return "partner_id" if member == team.partner_id else "trainee_id"


def _case(planned: PlannedVisit) -> dict[str, object]:
    return {"visit_id": planned.visit.id, "case_number": planned.placement.case_number}


def _name(facts: PlanFacts, member: str) -> str:
    return facts.names.get(member, member)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
