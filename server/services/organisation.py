"""The firm's frame: what stands before people and cases can be brought in by file."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.audit import AuditEntry
from server.domain.organisation import Client, Project, name_findings
from server.domain.people import Branch, Team
from server.domain.problems import NOT_FOUND, problem, refuse_if
from server.services.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything of the frame, by name."""

    branches: list[Branch]
    teams: list[Team]
    clients: list[Client]
    projects: list[Project]


def read_organisation(uow: UnitOfWork) -> Organisation:
    rows = uow.organisation
    return Organisation(rows.branches(), rows.teams(), rows.clients(), rows.projects())


def open_branch(uow: UnitOfWork, branch: Branch) -> Branch:
    """A branch with the city in which its visits need no approval (R16)."""
    refuse_if(name_findings(branch.name, (held.name for held in uow.organisation.branches())))
    uow.organisation.add_branch(branch)
    uow.audit(AuditEntry("branch.opened", "branch", branch.id, {"name": branch.name}))
    return branch


def form_team(uow: UnitOfWork, team: Team) -> Team:
    """A team of collectors of a branch."""
    if all(branch.id != team.branch_id for branch in uow.organisation.branches()):
        raise problem(NOT_FOUND, "branch_id", what=f"branch {team.branch_id}")
    names = (held.name for held in uow.organisation.teams() if held.branch_id == team.branch_id)
    refuse_if(name_findings(team.name, names))
    uow.organisation.add_team(team)
    uow.audit(AuditEntry("team.formed", "team", team.id, {"name": team.name, "branch_id": team.branch_id}))
    return team


def take_client(uow: UnitOfWork, client: Client) -> Client:
    """A client whose cases the firm works."""
    refuse_if(name_findings(client.name, (held.name for held in uow.organisation.clients())))
    uow.organisation.add_client(client.id, client.name)
    uow.audit(AuditEntry("client.taken", "client", client.id, {"name": client.name}))
    return client


def open_project(uow: UnitOfWork, project: Project) -> Project:
    """A project of a client."""
    if all(client.id != project.client_id for client in uow.organisation.clients()):
        raise problem(NOT_FOUND, "client_id", what=f"client {project.client_id}")
    names = (held.name for held in uow.organisation.projects() if held.client_id == project.client_id)
    refuse_if(name_findings(project.name, names))
    uow.organisation.add_project(project.id, project.client_id, project.name)
    detail = {"name": project.name, "client_id": project.client_id}
    uow.audit(AuditEntry("project.opened", "project", project.id, detail))
    return project
