"""The wire contract of visit plans: days, teams, assignment, conflicts, travel approvals, lists, attendance."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api_schemas.base import Day, Id, Instant, PageQuery, Strict, Text, page_of
from server.domain.placements import AddressStanding, HoldReason
from server.domain.plans import PlanState, TravelKind
from server.domain.visits import VisitState

MOST_VISITS = 60


class PlanNew(Strict):
    """One day of one branch: the own branch, unless the writer reaches others."""

    id = Id(required=True)
    day = Day(required=True)
    branch_id = Id(load_default=None, allow_none=True)


class PlanQuery(PageQuery):
    first_day = Day(load_default=None)
    last_day = Day(load_default=None)
    state = fields.Enum(PlanState, by_value=True, load_default=None)


class PlanView(Strict):
    id = Id(required=True)
    branch_id = Id(required=True)
    day = Day(required=True)
    state = fields.Enum(PlanState, by_value=True, required=True)
    published_at = Instant(required=True, allow_none=True)
    published_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


PlanPage = page_of(PlanView, "PlanPage")


class TeamNew(Strict):
    """V1: two different agents, the lead first; V11: a trainee as a third; V9: hours within those of visits."""

    id = Id(required=True)
    lead_id = Id(required=True)
    partner_id = Id(required=True)
    trainee_id = Id(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class TeamEdit(Strict):
    lead_id = Id()
    partner_id = Id()
    trainee_id = Id(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    position = fields.Integer(strict=True, validate=validate.Range(0, 1000))


class TeamVisits(Strict):
    """The team's visits in the order in which they are to be made."""

    visit_ids = fields.List(Id(), required=True, validate=validate.Length(0, MOST_VISITS))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = data["visit_ids"]
        if len(set(ids)) < len(ids):
            raise ValidationError({"visit_ids": ["each visit once"]})


class PersonOnPlanView(Strict):
    account_id = Id(required=True)
    name = fields.String(required=True)


class VisitOnPlanView(Strict):
    """A stop: case number and district; what else a visit needs is read by its team on the visit itself."""

    id = Id(required=True)
    placement_id = Id(required=True)
    case_number = fields.String(required=True)
    city = fields.String(required=True)
    county = fields.String(required=True)
    county_code = fields.String(required=True)
    address_kind = fields.String(required=True)
    position = fields.Integer(required=True)
    state = fields.Enum(VisitState, by_value=True, required=True)
    hold_reason = fields.Enum(HoldReason, by_value=True, required=True, allow_none=True)
    valid_from = Instant(required=True, allow_none=True)
    valid_until = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TeamView(Strict):
    id = Id(required=True)
    plan_id = Id(required=True)
    lead = fields.Nested(PersonOnPlanView, required=True)
    partner = fields.Nested(PersonOnPlanView, required=True)
    trainee = fields.Nested(PersonOnPlanView, required=True, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    position = fields.Integer(required=True)
    visits = fields.List(fields.Nested(VisitOnPlanView), required=True)
    version = fields.Integer(required=True)


class TravelNew(Strict):
    """R16: `approval` waits for the manager; `phone_notice` says that the manager was told, and is made good later."""

    id = Id(required=True)
    kind = fields.Enum(TravelKind, by_value=True, required=True)
    reason = Text(most=500, required=True)


class TravelDecision(Strict):
    granted = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(most=500, required=True)


class TravelView(Strict):
    id = Id(required=True)
    plan_id = Id(required=True)
    kind = fields.Enum(TravelKind, by_value=True, required=True)
    city_codes = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    asked_by = fields.String(required=True)
    asked_at = Instant(required=True)
    granted = fields.Boolean(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    made_good_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


TravelPage = page_of(TravelView, "TravelPage")


class TravelQuery(PageQuery):
    waiting = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class PlanContentsView(PlanView):
    teams = fields.List(fields.Nested(TeamView), required=True)
    travel_approvals = fields.List(fields.Nested(TravelView), required=True)


class WordsView(Strict):
    zh = fields.String(required=True)
    en = fields.String(required=True)


class ConflictView(Strict):
    """What stands against publication: the same shape as an error of a Problem."""

    code = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    message = fields.Nested(WordsView, required=True)
    remedy = fields.Nested(WordsView, required=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class ConflictsView(Strict):
    forbidding = fields.List(fields.Nested(ConflictView), required=True)
    warnings = fields.List(fields.Nested(ConflictView), required=True)


class BookedView(Strict):
    team_id = Id(attribute="id", required=True)
    plan_id = Id(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class AgentOnDayView(Strict):
    """V11 and the whole day's bookings of one agent."""

    account_id = Id(attribute="account.id", required=True)
    name = fields.String(attribute="account.display_name", required=True)
    certified = fields.Boolean(required=True)
    certificate_until = Day(required=True, allow_none=True)
    booked = fields.List(fields.Nested(BookedView), required=True)
    away_until = Day(required=True, allow_none=True)


class AgentsOnDay(Strict):
    items = fields.List(fields.Nested(AgentOnDayView), required=True)


class Swap(Strict):
    leaves = Id(required=True)
    joins = Id(required=True)
    reason = Text(most=500, required=True)


class Withdrawal(Strict):
    """`again`: a new visit of the same request waits to be planned."""

    reason = Text(most=500, required=True)
    again = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class VisitWaiting(Strict):
    """The visit that came of withdrawing or planning again."""

    id = Id(required=True)
    placement_id = Id(required=True)
    address_id = Id(required=True)
    request_id = fields.String(required=True, allow_none=True)
    state = fields.Enum(VisitState, by_value=True, required=True)
    version = fields.Integer(required=True)


class AddressStandingView(Strict):
    """An address after it was withdrawn or taken back, and how many visits that stopped or released."""

    id = Id(attribute="address.id", required=True)
    standing = fields.Enum(AddressStanding, by_value=True, attribute="address.standing", required=True)
    standing_reason = fields.String(attribute="address.standing_reason", required=True, allow_none=True)
    visits = fields.Integer(required=True)


class GroupListQuery(Strict):
    day = fields.String(
        load_default="today",
        validate=validate.OneOf(["today", "tomorrow"]),
        metadata={"description": "V5: the day whose list goes to the branch group"},
    )


class GroupListSent(Strict):
    visits = fields.Integer(required=True)
    robots = fields.Integer(required=True)


class AttendanceQuery(Strict):
    day = Day(required=True)


class AttendanceFileQuery(AttendanceQuery):
    """`language` is that of the headings and words."""

    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class AttendanceLineView(Strict):
    account_id = Id(required=True)
    name = fields.String(required=True)
    employee_number = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["lead", "partner", "trainee"]))
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    districts = fields.String(required=True)
    team_id = Id(required=True)


class AttendanceView(Strict):
    day = Day(required=True)
    items = fields.List(fields.Nested(AttendanceLineView), required=True)
