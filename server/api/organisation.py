"""Routes of the firm's frame: branches, teams, clients, projects; they stand before people and cases come by file."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.organisation import (
    BranchNew,
    ClientNew,
    OrganisationView,
    ProjectNew,
    TeamOfCollectorsNew,
)
from server.domain.access import Permission
from server.domain.organisation import ORGANISATION_NAME_TAKEN, Client, Project
from server.domain.people import Branch, Team
from server.domain.problems import NOT_FOUND
from server.services import organisation
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "organisation", __name__, url_prefix="/api/v1", description="Branches, teams, clients, projects"
)

_WRITE = [Permission.ORGANISATION_WRITE]


@endpoint(
    blueprint,
    "GET",
    "/organisation",
    needs=[Permission.PEOPLE_READ, Permission.ORGANISATION_WRITE],
    answer=OrganisationView,
)
def show_organisation(call: Call) -> organisation.Organisation:
    """Branches, teams, clients and projects, as imports name them."""
    return organisation.read_organisation(call.uow)


@endpoint(
    blueprint,
    "POST",
    "/branches",
    needs=_WRITE,
    body=BranchNew,
    answer=BranchNew,
    status=201,
    once=True,
    problems=[ORGANISATION_NAME_TAKEN],
)
def open_branch(call: Call) -> Branch:
    """Open a branch, with the city in which its visits need no approval (R16)."""
    return organisation.open_branch(call.uow, Branch(**call.body))


@endpoint(
    blueprint,
    "POST",
    "/teams",
    needs=_WRITE,
    body=TeamOfCollectorsNew,
    answer=TeamOfCollectorsNew,
    status=201,
    once=True,
    problems=[ORGANISATION_NAME_TAKEN, NOT_FOUND],
)
def form_team(call: Call) -> Team:
    """Form a team of collectors of a branch."""
    return organisation.form_team(call.uow, Team(**call.body))


@endpoint(
    blueprint,
    "POST",
    "/clients",
    needs=_WRITE,
    body=ClientNew,
    answer=ClientNew,
    status=201,
    once=True,
    problems=[ORGANISATION_NAME_TAKEN],
)
def take_client(call: Call) -> Client:
    """Take a client whose cases the firm works."""
    return organisation.take_client(call.uow, Client(**call.body))


@endpoint(
    blueprint,
    "POST",
    "/projects",
    needs=_WRITE,
    body=ProjectNew,
    answer=ProjectNew,
    status=201,
    once=True,
    problems=[ORGANISATION_NAME_TAKEN, NOT_FOUND],
)
def open_project(call: Call) -> Project:
    """Open a project of a client."""
    return organisation.open_project(call.uow, Project(**call.body))
