"""The wire contract of a day's routes: orders of visits with the length of each leg, and no place of anybody."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Metres, Strict
from api_schemas.plans import MOST_VISITS


class LegView(Strict):
    from_visit_id = Id(required=True)
    to_visit_id = Id(required=True)
    distance_m = Metres(required=True)


class WayView(Strict):
    """An order of all stops. Legs, as the crow flies, lead over the stops whose address has a point."""

    visit_ids = fields.List(Id(), required=True)
    legs = fields.List(fields.Nested(LegView), required=True)
    total_m = Metres(required=True)


class TeamRouteView(Strict):
    """`better` is null where no order is shorter, and once a visit of the team has begun."""

    team_id = Id(required=True)
    entered = fields.Nested(WayView, required=True)
    better = fields.Nested(WayView, required=True, allow_none=True)
    without_point = fields.List(Id(), required=True)
    version = fields.Integer(required=True)


class PlanRoutes(Strict):
    items = fields.List(fields.Nested(TeamRouteView), required=True)


class RouteTaken(Strict):
    """The better order as it was shown."""

    visit_ids = fields.List(Id(), required=True, validate=validate.Length(1, MOST_VISITS))
