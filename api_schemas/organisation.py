"""The wire contract of the firm's frame: branches, teams, clients, projects."""

from __future__ import annotations

from marshmallow import fields, validate

from api_schemas.base import Id, Strict, Text

_CITY_CODE = validate.Regexp(r"[0-9]{4}\Z", error="must be the first four digits of a city's division code")


class BranchNew(Strict):
    """`city_code`: the first four digits of the division code of the branch's own city (R16), 4101 for 郑州市."""

    id = Id(required=True)
    name = Text(most=60, required=True)
    city_code = Text(most=4, required=True, validate=_CITY_CODE)
    city_name = Text(most=60, required=True)


class TeamOfCollectorsNew(Strict):
    id = Id(required=True)
    branch_id = Id(required=True)
    name = Text(most=60, required=True)


class ClientNew(Strict):
    id = Id(required=True)
    name = Text(most=60, required=True)


class ProjectNew(Strict):
    id = Id(required=True)
    client_id = Id(required=True)
    name = Text(most=60, required=True)


class OrganisationView(Strict):
    """Imports name each of these by its name."""

    branches = fields.List(fields.Nested(BranchNew), required=True)
    teams = fields.List(fields.Nested(TeamOfCollectorsNew), required=True)
    clients = fields.List(fields.Nested(ClientNew), required=True)
    projects = fields.List(fields.Nested(ProjectNew), required=True)
