"""Every route × every post × somebody else's objects: nothing is shown, changed or broken (S4, S13).

Three cases stand side by side (`tests.house.sides`): of two teams, agents and projects of one branch, and of another
branch. Each carries marks that must never reach somebody out of reach, and whoever asks has a case of the own beside
it. A route with a parameter that the world does not know fails the test: whoever adds a route adds its object here.
"""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from server.domain.access import SHIPPED, Permission, Scope
from server.web.endpoint import ROUTES
from storage.rows.tables import METADATA
from tests.conftest import Desk
from tests.house.knocking import PARAMETER, Knock, declared_statuses, knocks, rows_with
from tests.house.sides import HOME, NEXT_DOOR, SIDES, STRANGERS, Side, own_side
from tests.house.world import MARKS, SEALED, World, build_world
from tests.support import builders, cast, plan_builders
from tests.support.rows import changed

# Posts of the same branch that work with people, papers and machines, never with cases.
NEIGHBOURS = (cast.TRAINER, cast.PERSONNEL, cast.ADMINISTRATION, cast.IT)
# Who between them may read each object of a case.
READERS = (cast.DISPATCHER, cast.MANAGER, cast.QA, cast.IT, cast.AGENT, cast.COLLECTOR)

Worlds = dict[str, World]


@pytest.fixture
def worlds(desk: Desk) -> Worlds:
    """The three cases, each with a repayment, so that the month's statement has a line of each."""
    built = {side.name: build_world(desk, side) for side in SIDES}
    score(desk, built)
    return built


@pytest.fixture
def world(desk: Desk) -> World:
    return build_world(desk)


def score(desk: Desk, worlds: Worlds) -> None:
    with desk.installation.house.units.read() as uow:
        placements = [uow.placements.need(world.ids["placement_id"]) for world in worlds.values()]
    for placement in placements:
        builders.make_repayment(desk, placement, placement.opened_on.replace(month=3, day=10), 50_001)
    changed(desk, placements)
    desk.work()


@pytest.mark.parametrize("member", STRANGERS, ids=lambda member: member.username)
def test_nothing_of_a_case_reaches_somebody_out_of_reach(
    desk: Desk, worlds: Worlds, member: cast.Member
) -> None:
    walk(desk, worlds, member)


@pytest.mark.parametrize(
    ("member", "scope"),
    [
        (cast.COLLECTOR, Scope.OWN),
        (cast.OTHER_AGENT, Scope.OWN),
        (cast.OTHER_TEAM_LEAD, Scope.TEAM),
        (cast.OTHER_PROJECT_LEAD, Scope.PROJECT),
        (cast.OUTSIDE_DISPATCHER, Scope.BRANCH),
    ],
    ids=lambda value: getattr(value, "username", str(value)),
)
def test_a_scope_holds_for_every_permission_that_a_firm_may_grant_with_it(
    desk: Desk, worlds: Worlds, member: cast.Member, scope: Scope
) -> None:
    """The table of posts is edited by the firm (S4): no route may rest on what the shipped one leaves out."""
    with desk.installation.house.units.write() as uow:
        uow.grants.replace(member.posts[0], dict.fromkeys(Permission, scope))
        uow.commit()
    walk(desk, worlds, member)


def walk(desk: Desk, worlds: Worlds, member: cast.Member) -> None:
    """Every route, with the objects of each side to which the member is a stranger."""
    own, declared = worlds[own_side(member).name], declared_statuses()
    desk.token(member)
    for side in STRANGERS[member]:
        foreign = worlds[side.name]
        before = rows_with(desk, foreign.case_ids())
        for knock in knocks(own, foreign):
            status, text = knock.by(desk, member)
            told = f"{member.username} of {side.name}: {knock} {status}"
            assert status < 500, f"{told} {text}"
            assert status in declared[knock.route.name], f"{told}: not in the document"
            assert status != 401, f"{told}: whoever is signed out sees nothing {text}"
            assert unasked(knock, member, shown(text, foreign, status)) == [], f"{told} {text[:2000]}"
            if knock.names_the_foreign_case:
                assert status not in (200, 201, 202, 204), f"{told} {text}"
        assert rows_with(desk, foreign.case_ids()) == before


def unasked(knock: Knock, member: cast.Member, secrets: list[str]) -> list[str]:
    """Without the own id, and without those of many requests that were decided on at once, each refused by its id."""
    asked = json.dumps(knock.body()) if knock.route.name == "request_decisions.decide_many" else ""
    return [secret for secret in secrets if secret != member.id and secret not in asked]


def shown(text: str, foreign: World, status: int) -> list[str]:
    """What an answer tells of the foreign case. A refusal may name the id that was asked for."""
    secrets = [*foreign.side.marks, foreign.side.words, *foreign.side.sealed]
    return [secret for secret in (*secrets, *(foreign.case_ids() if status < 300 else ())) if secret in text]


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.name)
def test_whoever_reaches_a_case_is_shown_it(desk: Desk, worlds: Worlds, side: Side) -> None:
    """The other half of the matrix: an object that nobody at all could read would prove nothing."""
    world = worlds[side.name]
    readers = (*READERS, side.collector, side.lead, side.dispatcher)
    unread, seen = [], set()
    for route in [route for route in ROUTES.values() if route.method == "GET" and route.needs]:
        answers = [
            Knock(route, world, world).by(desk, reader)
            for reader in dict.fromkeys(readers)
            if not (Permission.SELF in route.needs and reader is not side.collector)
        ]
        seen |= {secret for status, text in answers for secret in shown(text, world, status)}
        if PARAMETER.search(route.path) and all(status != 200 for status, _ in answers):
            unread.append((route.path, answers[0]))
    assert unread == []
    assert {side.case_number, side.words, world.ids["visit_id"], world.ids["plan_id"]} <= seen


@pytest.mark.parametrize(
    "member",
    [
        cast.COLLECTOR, cast.TEAM_LEAD, cast.AGENT, cast.PARTNER, cast.PROJECT_LEAD,
        cast.OTHER_COLLECTOR, cast.OTHER_TEAM_LEAD, cast.OTHER_AGENT, cast.TRAINEE, cast.OTHER_PROJECT_LEAD,
    ],
    ids=lambda member: member.username,
)  # fmt: skip
def test_on_a_plan_that_two_teams_share_each_is_shown_its_own(
    desk: Desk, worlds: Worlds, member: cast.Member
) -> None:
    plan_id = share_a_plan(desk, worlds)
    own = own_side(member)
    other = worlds[(NEXT_DOOR if own is HOME else HOME).name]
    for path in (
        f"/api/v1/visit-plans/{plan_id}",
        "/api/v1/visit-plans",
        "/api/v1/visits",
        "/api/v1/attendance?day=2026-03-10",
        "/api/v1/attendance.csv?day=2026-03-10",
    ):
        answer = desk.get(member, path)
        assert answer.status_code == 200, answer.text
        assert shown(answer.text, other, 200) == [], f"{member.username} {path}"
        if "plans/" in path:
            assert own.case_number in answer.text
            assert other.side.lead.name not in answer.text
            assert other.side.lead.id not in answer.text


def share_a_plan(desk: Desk, worlds: Worlds) -> str:
    """Today's published plan of the branch, with a team and a visit of each of its two sides."""
    today = desk.clock.now().date()
    plan = plan_builders.make_plan(
        desk, today, state="published", published_at=desk.clock.now(), published_by=cast.DISPATCHER.id
    )
    for side in (HOME, NEXT_DOOR):
        team = plan_builders.make_team(desk, plan, side.lead, side.partner)
        with desk.installation.house.units.read() as uow:
            visit = uow.visits.need(worlds[side.name].ids["visit_id"])
        builders.change(desk, "visits", visit.id, plan_id=plan.id, team_id=team.id)
    return plan.id


@pytest.mark.parametrize(
    ("member", "of_next_door"),
    [
        (cast.COLLECTOR, False), (cast.TEAM_LEAD, False), (cast.AGENT, False), (cast.PROJECT_LEAD, False),
        (cast.OTHER_COLLECTOR, True), (cast.OTHER_TEAM_LEAD, True), (cast.OTHER_AGENT, True),
        (cast.OTHER_PROJECT_LEAD, True),
    ],
    ids=lambda value: getattr(value, "username", None),
)  # fmt: skip
def test_two_cases_of_one_debtor_tell_nothing_of_each_other(
    desk: Desk, member: cast.Member, of_next_door: bool
) -> None:
    """A debtor is one person across clients: addresses and telephones are the person's, all else is the case's."""
    home = build_world(desk)
    with desk.installation.house.units.read() as uow:
        debtor = uow.debtors.need(uow.placements.need(home.ids["placement_id"]).debtor_id)
    next_door = build_world(desk, NEXT_DOOR, debtor=debtor)
    score(desk, {"home": home, "next door": next_door})
    own, foreign = (next_door, home) if of_next_door else (home, next_door)
    persons = {foreign.ids["address_id"], foreign.ids["block_id"], *foreign.further}
    kept = (foreign.case_ids() - persons) | {foreign.side.case_number, foreign.side.card_number}
    for route in [route for route in ROUTES.values() if route.needs and route.name != "auth.sign_out"]:
        status, text = Knock(route, own, own).by(desk, member)
        assert status < 500, f"{member.username} {route.name}: {status} {text}"
        leaked = [secret for secret in kept if secret in text]
        assert leaked == [], f"{member.username} {route.name}: {status} shows {leaked} {text[:2000]}"


@pytest.mark.parametrize("member", NEIGHBOURS, ids=lambda member: member.username)
def test_a_post_without_cases_is_shown_nothing_of_one(desk: Desk, world: World, member: cast.Member) -> None:
    for route in ROUTES.values():
        if not route.needs or route.name == "auth.sign_out":
            continue
        status, text = Knock(route, world, world).by(desk, member)
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
                Knock(route, world, world).by(desk, member)
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
            status, text = Knock(route, world, world).by(desk, member)
            assert status == 403, f"{member.username} {route.name}: {status} {text}"


def test_no_post_reaches_further_than_its_branch_without_being_meant_to() -> None:
    wide = {post for post, grants in SHIPPED.items() if Scope.ALL in grants.values()}
    assert {str(post) for post in wide} == {
        "business_director", "general_manager", "it", "personnel", "qa",
    }  # fmt: skip
