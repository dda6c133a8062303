"""What the desk's own forms and lists send: the API's fields as a browser writes them."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Day, Id, PageQuery, Reason, Strict, Text
from api_schemas.credit import StatementQuery
from api_schemas.requests import VisitRequestQuery
from api_schemas.visit_views import VisitQuery
from api_schemas.wall_clock import WallClock
from server.domain.disputes import Ground
from server.domain.evidence_flags import FlagState
from server.domain.month_figures import DAY_STEPS
from server.domain.plans import TravelKind
from server.domain.requests import DemolitionAnswer

_TELEPHONE = validate.Regexp(r"[0-9+() -]{5,30}\Z", error="must be a telephone number")
_MONTH = validate.Regexp(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])\Z", error="must be a month YYYY-MM")
_CLOCK = validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="must be a time that exists")


class RequestQueue(VisitRequestQuery):
    """`open` is the request whose drawer is open, so that a reload finds it open again."""

    open = Id(load_default=None)


class SendBackForm(Reason):
    """A return or a refusal; an address of the request that is wrong in itself may be named (R13)."""

    wrong_address_id = Id(load_default=None)


class WaiverForm(Strict):
    answer = fields.String(required=True, validate=validate.OneOf(["grant", "decline"]))
    reason = Text(most=1000, required=True)


class DemolitionForm(Strict):
    """R8: the call to the office; `called_at` is the office's wall clock, as a browser's field gives it."""

    id = Id(required=True)
    office = Text(most=100, required=True)
    telephone = Text(most=30, required=True, validate=_TELEPHONE)
    called_at = WallClock(required=True)
    answer = fields.Enum(DemolitionAnswer, by_value=True, required=True)
    note = Text(least=0, most=1000, load_default="")


class VisitList(VisitQuery):
    """A list of visits; there is no drawer beside it, a visit has a page of its own."""


class LackingList(PageQuery):
    """Visits that lack a photo or a recording; `all` with those of long ago."""

    all = fields.Boolean(load_default=False)


class PurposeForm(Strict):
    """S5, S8: what clear numbers or a recording are wanted for."""

    purpose = Text(most=200, required=True)


class StatementList(StatementQuery):
    """A month's lines; `open` is the line whose drawer is open. A figure of the month leads to the credited lines of a
    branch, of a clause ("none" where a ruling gave none), or so many days after their visit, by the step's first."""

    branch = Id(load_default=None)
    clause = fields.String(load_default=None, validate=validate.Regexp(r"(C[1-5]|none)\Z"))
    days = fields.String(load_default=None, validate=validate.OneOf([str(first) for first, _ in DAY_STEPS]))

    open = Id(load_default=None)


class BranchForm(Strict):
    """Whose month it is; without one, that of the own branch."""

    branch_id = Id(load_default=None)


class DisputeList(PageQuery):
    month = fields.String(load_default=None, validate=_MONTH)


class DisputeForm(Strict):
    """M2: an objection from a line; `claimed_visit_id` is left out where nobody should be credited."""

    id = Id(required=True)
    ground = fields.Enum(Ground, by_value=True, required=True)
    words = Text(most=2000, required=True)
    claimed_visit_id = Id(load_default=None)


class SearchForm(Strict):
    """What is looked for from everywhere."""

    q = Text(most=100, required=True)


class FlagInbox(PageQuery):
    state = fields.Enum(FlagState, by_value=True, load_default=FlagState.RAISED)


class FlagAnswerForm(Strict):
    answer = Text(most=2000, required=True)


class FlagDecisionForm(Strict):
    """V8: `void` upholds the flag and voids the visit."""

    decision = fields.String(required=True, validate=validate.OneOf(["upheld", "void", "dismissed"]))
    reason = Text(most=1000, required=True)


class DayForm(Strict):
    id = Id(required=True)
    day = Day(required=True)


class TeamChange(Strict):
    """V1: two agents, the lead first; the clock is that of the plan's day."""

    lead_id = Id(required=True)
    partner_id = Id(required=True)
    trainee_id = Id(load_default=None)
    starts_at = fields.String(required=True, validate=_CLOCK)
    ends_at = fields.String(required=True, validate=_CLOCK)


class TeamForm(TeamChange):
    id = Id(required=True)


class BoardQuery(Strict):
    county_code = Text(most=6, load_default=None, validate=validate.Regexp(r"[0-9]{6}\Z"))


class PlaceForm(Strict):
    """Without `team_id` the visit waits again; `position` counts the stops before it, without it the end."""

    visit_id = Id(required=True)
    team_id = Id(load_default=None)
    position = fields.Integer(load_default=None, validate=validate.Range(0, 200))


class RouteForm(Strict):
    """The order that was shown, the ids with blanks between, as one field of a form can hold them."""

    order = Text(most=8000, required=True)


class SwapForm(Strict):
    leaves = Id(required=True)
    joins = Id(required=True)
    reason = Text(most=500, required=True)


class WithdrawForm(Strict):
    reason = Text(most=500, required=True)
    again = fields.String(load_default="no", validate=validate.OneOf(["yes", "no"]))


class TravelForm(Strict):
    id = Id(required=True)
    kind = fields.Enum(TravelKind, by_value=True, required=True)
    reason = Text(most=500, required=True)


class TravelAnswer(Strict):
    answer = fields.String(required=True, validate=validate.OneOf(["grant", "decline", "make_good"]))
    reason = Text(most=500, required=True)


class VisitChoice(Strict):
    visit_id = Id(required=True)
    act = fields.String(required=True, validate=validate.OneOf(["add", "remove"]))
