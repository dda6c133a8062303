"""Every route × every post × somebody else's objects: nothing is shown, changed or broken (S4, S13).

The objects are those of a case of 郑州分公司, each carrying a mark that must never reach somebody out of reach. Whoever
asks is of 洛阳分公司, or holds a post that reaches only own rows. A route with a parameter that the world does not know
fails the test: whoever adds a route adds its object here.
"""

from __future__ import annotations

import random
import re

import pytest
import sqlalchemy as sa

from server.domain.access import SHIPPED, Permission, Scope
from server.web.endpoint import ROUTES, Route
from storage.rows.tables import METADATA
from tests.conftest import Desk
from tests.house.world import MARKS, SEALED, World, build_world
from tests.support import cast
from tests.support.samples import sample

_PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")

# Who may not reach the objects of the case: outsiders by branch, and neighbours by post.
STRANGERS = (
    cast.OUTSIDE_COLLECTOR,
    cast.OUTSIDE_AGENT,
    cast.OUTSIDE_DISPATCHER,
    cast.OUTSIDE_MANAGER,
    cast.OTHER_COLLECTOR,
    cast.OTHER_AGENT,
)
# Posts of the same branch that work with people, papers and machines, never with cases.
NEIGHBOURS = (cast.TRAINER, cast.PERSONNEL, cast.ADMINISTRATION, cast.IT)


@pytest.fixture
def world(desk: Desk) -> World:
    return build_world(desk)


def knock(desk: Desk, world: World, member: cast.Member, route: Route) -> tuple[int, str]:
    """Ask for the route with the case's own ids and a well-formed body."""
    path = _PARAMETER.sub(lambda found: world.id_for(found.group(1)), route.path)
    body = None
    if route.body is not None:
        body = sample(route.body, random.Random(route.name), world.known_fields)
    headers = {"If-Match": '"1"'} if route.versioned else {}
    answer = desk.request(
        route.method, member, path, json=body, headers=headers, query_string=world.query_for(route)
    )
    text = answer.get_data(as_text=True) if "json" in (answer.content_type or "") else ""
    answer.close()
    return answer.status_code, text


@pytest.mark.parametrize("member", STRANGERS, ids=lambda member: member.username)
def test_nothing_of_a_case_reaches_somebody_out_of_reach(
    desk: Desk, world: World, member: cast.Member
) -> None:
    for route in ROUTES.values():
        if not route.needs or Permission.SELF in route.needs:
            continue
        status, text = knock(desk, world, member, route)
        assert status < 500, f"{member.username} {route.name}: {status} {text}"
        leaked = [mark for mark in MARKS if mark in text]
        assert leaked == [], f"{member.username} {route.name}: {status} shows {leaked}"
        if _PARAMETER.search(route.path) and world.names_the_case(route):
            assert status not in (200, 201, 202, 204), f"{member.username} {route.name}: {status} {text}"


@pytest.mark.parametrize("member", NEIGHBOURS, ids=lambda member: member.username)
def test_a_post_without_cases_is_shown_nothing_of_one(desk: Desk, world: World, member: cast.Member) -> None:
    for route in ROUTES.values():
        if not route.needs:
            continue
        status, text = knock(desk, world, member, route)
        assert status < 500, f"{member.username} {route.name}: {status} {text}"
        leaked = [mark for mark in (*MARKS, *SEALED) if mark in text]
        assert leaked == [], f"{member.username} {route.name}: {status} shows {leaked}"


@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
def test_neither_trail_nor_log_holds_what_is_sealed(
    desk: Desk, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for member in (cast.COLLECTOR, cast.AGENT, cast.DISPATCHER, cast.MANAGER, cast.QA):
        for route in ROUTES.values():
            if route.needs and Permission.SELF not in route.needs:
                knock(desk, world, member, route)
    with desk.installation.engine.connect() as connection:
        lines = [repr(tuple(row)) for row in connection.execute(sa.select(METADATA.tables["audit_lines"]))]
    assert len(lines) > 20
    written = "\n".join([*lines, caplog.text])
    assert [sealed for sealed in SEALED if sealed in written] == []


def test_a_post_without_the_permission_is_refused_everywhere(desk: Desk, world: World) -> None:
    for member in cast.CAST:
        granted = {permission for post in member.posts for permission in SHIPPED[post]}
        for route in ROUTES.values():
            if not route.needs or granted & set(route.needs) or Permission.SELF in route.needs:
                continue
            status, text = knock(desk, world, member, route)
            assert status == 403, f"{member.username} {route.name}: {status} {text}"


def test_no_post_reaches_further_than_its_branch_without_being_meant_to() -> None:
    wide = {post for post, grants in SHIPPED.items() if Scope.ALL in grants.values()}
    assert {str(post) for post in wide} == {
        "business_director", "general_manager", "it", "personnel", "qa",
    }  # fmt: skip
