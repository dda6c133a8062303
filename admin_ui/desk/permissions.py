"""The permission table as a grid: posts across, permissions down, how far each reaches (S4).

Owns its drawing from the declarations, and the form of one post's column. Refuses a permission that is not declared;
what everybody has for themselves is in no table.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.page import page
from api_schemas.desk_people import GrantsForm
from server.domain.access import Permission, Post, Scope
from server.domain.problems import NOT_FOUND, problem
from server.services import accounts
from server.web.endpoint import Call

TABLE = "/desk/permissions"
ONE = f"{TABLE}/<post>"


@page("GET", TABLE, needs=[Permission.PERMISSIONS_READ], template="permissions.html", clauses=("S4", "S13"))
def permission_table(call: Call) -> dict[str, Any]:
    """Who may do what, and to whose rows."""
    return {
        "posts": list(Post),
        "groups": _groups(),
        "table": call.uow.grants.table(),
        "scopes": list(Scope),
        "writes": call.actor.may(Permission.PERMISSIONS_WRITE),
    }


@page("GET", ONE, needs=[Permission.PERMISSIONS_WRITE], template="permissions_of.html", clauses=("S4",))
def permissions_of(call: Call) -> dict[str, Any]:
    """One post's column, to be edited."""
    post = _post(call)
    return {
        "post": post,
        "groups": _groups(),
        "grants": call.uow.grants.table()[post],
        "scopes": list(Scope),
    }


@page("POST", ONE, needs=[Permission.PERMISSIONS_WRITE], template=None, fields=GrantsForm)
def edit_permissions(call: Call) -> Response:
    """S4: replace a post's column; both tables stand in the trail."""
    accounts.replace_grants(call.uow, _post(call), call.body["grants"])
    return see_other(TABLE)


def _post(call: Call) -> Post:
    if call.path["post"] not in list(Post):
        raise problem(NOT_FOUND, what=f"post {call.path['post']}")
    return Post(call.path["post"])


def _groups() -> list[tuple[str, list[Permission]]]:
    """The declared permissions by what they are about, in the order of their declaration."""
    listed: list[Permission] = [one for one in Permission if one is not Permission.SELF]
    ordered = sorted(listed, key=lambda one: _firsts(listed).index(_about(one)))
    return [(about, list(of_it)) for about, of_it in groupby(ordered, _about)]


def _firsts(listed: list[Permission]) -> list[str]:
    return list(dict.fromkeys(_about(one) for one in listed))


def _about(permission: Permission) -> str:
    return permission.value.partition(".")[0]
