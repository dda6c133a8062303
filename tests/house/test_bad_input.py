"""Every door is given what is broken: the answer names the field that is wrong, and nothing is stored.

Broken files have tests of their own where they come in (evidence, imports); here every route is walked, each field of
its body and of its query in turn, and then the ways in which a whole request can be broken.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from server.domain.access import SHIPPED, Permission
from server.web.endpoint import ROUTES, Route
from storage.rows.tables import METADATA
from tests.conftest import Desk
from tests.house.world import World, build_world
from tests.support import cast
from tests.support import evidence as files
from tests.support.broken import broken
from tests.support.samples import sample

_PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
_TELLING = ("month", "post", "name")  # parameters that are words, and no ids
_WITH_BODY = [route for route in ROUTES.values() if route.body is not None]
_WITH_QUERY = [route for route in ROUTES.values() if route.query is not None]
_WITHOUT_QUERY = [route for route in ROUTES.values() if route.query is None]

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def world(desk: Desk) -> World:
    return build_world(desk)


@pytest.fixture
def _nothing_is_stored(desk: Desk, world: World) -> Iterator[None]:
    """Each row of each table is as it was, and so is each object."""
    for member in cast.CAST:
        desk.token(member)
    rows, objects = rows_of(desk), sorted(desk.installation.house.objects.keys(""))
    yield
    after = rows_of(desk)
    assert [name for name in rows if rows[name] != after[name]] == []
    assert sorted(desk.installation.house.objects.keys("")) == objects


def rows_of(desk: Desk) -> Rows:
    with desk.installation.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def member_for(route: Route) -> cast.Member | None:
    """Somebody of the case's branch who may knock at this door."""
    if not route.needs:
        return None
    if Permission.SELF in route.needs:
        return cast.COLLECTOR
    return next(
        member
        for member in cast.CAST
        if any(set(route.needs) & SHIPPED[post].keys() for post in member.posts)
    )


def path_of(world: World, route: Route, **words: str) -> str:
    return _PARAMETER.sub(lambda found: words.get(found.group(1)) or world.id_for(found.group(1)), route.path)


def body_for(world: World, route: Route) -> dict[str, Any]:
    assert route.body is not None
    return sample(route.body, random.Random(route.name), world.known_fields)


def sent_to(world: World, route: Route) -> dict[str, Any]:
    """What a well-formed request carries: a body, a form with a file, bytes, or nothing."""
    if route.name == "imports.upload_import":
        return {"data": {"kind": "placements", "file": (BytesIO(b"a,b"), "placements.csv")}}
    if route.name.startswith("evidence.") and route.method == "POST":
        return {"data": files.photo(2)}
    return {} if route.body is None else {"json": body_for(world, route)}


def knock(desk: Desk, world: World, route: Route, content: str | bytes, **options: Any) -> TestResponse:
    headers = {"If-Match": '"1"'} if route.versioned else {}
    options = {"content_type": "application/json"} | options
    return desk.request(
        route.method, member_for(route), path_of(world, route), data=content, headers=headers, **options
    )


def refused_for(answer: TestResponse, field: str) -> bool:
    """422 in the one shape, naming the field."""
    return (
        answer.status_code == 422
        and answer.content_type == "application/problem+json"
        and field in [error["field"] for error in answer.get_json()["errors"]]
    )


@pytest.mark.usefixtures("_nothing_is_stored")
def test_a_field_that_nobody_knows_is_refused_by_every_body(desk: Desk, world: World) -> None:
    assert len(_WITH_BODY) > 40
    for route in _WITH_BODY:
        body = body_for(world, route) | {"surprise": "1"}
        assert refused_for(knock(desk, world, route, json.dumps(body)), "surprise"), route.name


@pytest.mark.slow
@pytest.mark.usefixtures("_nothing_is_stored")
def test_each_field_of_each_body_is_refused_by_name_when_it_is_wrong(desk: Desk, world: World) -> None:
    asked, wrong = 0, []
    for route in _WITH_BODY:
        assert route.body is not None
        for path, value, body in broken(route.body, body_for(world, route)):
            answer = knock(desk, world, route, json.dumps(body))
            asked += 1
            if not refused_for(answer, path):
                wrong.append(
                    f"{route.name} {path}={str(value)[:40]!r}: {answer.status_code} {answer.text[:300]}"
                )
    assert wrong == []
    assert asked > 1000


@pytest.mark.usefixtures("_nothing_is_stored")
def test_each_field_of_each_query_is_refused_by_name_when_it_is_wrong(desk: Desk, world: World) -> None:
    wrong = []
    for route in _WITH_QUERY:
        assert route.query is not None
        cases = [("surprise", "1", {"surprise": "1"}), *broken(route.query, world.query_for(route))]
        for path, value, query in cases:
            if not isinstance(value, str) or "\ud800" in value:
                continue
            query[path] = value[:3000]
            answer = desk.request(route.method, member_for(route), path_of(world, route), query_string=query)
            if not refused_for(answer, path):
                wrong.append(f"{route.name} {path}={value[:40]!r}: {answer.status_code} {answer.text[:300]}")
    assert wrong == []


@pytest.mark.usefixtures("_nothing_is_stored")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("surprise=1", "surprise"),
        ("surprise=", "surprise"),
        ("surprise=1&surprise=2", "surprise"),
        ("limits=1", "limits"),
        ("Limit=1", "Limit"),
        ("%00=1", "\x00"),
        ("意外=1", "意外"),
    ],
)
def test_a_parameter_that_nobody_knows_is_refused_by_every_route(
    desk: Desk, world: World, query: str, field: str
) -> None:
    assert len(_WITHOUT_QUERY) > 100
    for route in ROUTES.values():
        known = urlencode(world.query_for(route))
        answer = desk.request(
            route.method,
            member_for(route),
            path_of(world, route),
            headers={"If-Match": '"1"'} if route.versioned else {},
            query_string=f"{known}&{query}" if known else query,
            **sent_to(world, route),
        )
        if route.method == "HEAD":
            assert answer.status_code == 422, route.name  # an answer without words
            continue
        assert refused_for(answer, field), f"{route.name}: {answer.status_code} {answer.text}"
        assert all(told["remedy"]["zh"] and told["remedy"]["en"] for told in answer.get_json()["errors"])


def test_no_parameter_is_wanted_where_none_is_declared(desk: Desk, world: World) -> None:
    """The same requests without the stranger get past the query: none of them is refused for one."""
    for route in _WITHOUT_QUERY:
        headers = {"If-Match": '"1"'} if route.versioned else {}
        answer = desk.request(
            route.method, member_for(route), path_of(world, route), headers=headers, **sent_to(world, route)
        )
        assert "Unknown field" not in answer.get_data(as_text=True), route.name
        if route.name == "auth.sign_out":
            desk.forget(cast.COLLECTOR)


@pytest.mark.usefixtures("_nothing_is_stored")
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b"7", b"null", b'{"a": "\xff"}', b'{"a": ' + b"9" * 5000 + b"}",
     b"[" * 200_000, b'{"a":' * 100_000],
    ids=["nothing", "cut", "list", "text", "number", "null", "no UTF-8", "long number", "deep lists", "deep"],
)  # fmt: skip
def test_what_is_no_object_in_json_is_refused(desk: Desk, world: World, content: bytes) -> None:
    for route in _WITH_BODY:
        answer = knock(desk, world, route, content)
        assert answer.status_code == 422, f"{route.name}: {answer.status_code} {answer.text}"
        assert answer.content_type == "application/problem+json"


@pytest.mark.usefixtures("_nothing_is_stored")
def test_a_body_of_another_type_is_refused(desk: Desk, world: World) -> None:
    for route in _WITH_BODY:
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
            content = json.dumps(body_for(world, route))
            answer = knock(desk, world, route, content, content_type=content_type)
            assert answer.status_code == 415, f"{route.name} {content_type}: {answer.status_code}"


@pytest.mark.usefixtures("_nothing_is_stored")
def test_two_megabytes_of_json_are_refused(desk: Desk, world: World) -> None:
    content = json.dumps({"note": "a" * (2 << 20)})
    for route in _WITH_BODY:
        assert knock(desk, world, route, content).status_code == 413, route.name


@pytest.mark.usefixtures("_nothing_is_stored")
@pytest.mark.parametrize("announced", ["1", "100000", "-1", "many"])
def test_a_length_that_is_a_lie_is_refused(desk: Desk, world: World, announced: str) -> None:
    for route in _WITH_BODY:
        content = json.dumps(body_for(world, route))
        answer = knock(desk, world, route, content, environ_overrides={"CONTENT_LENGTH": announced})
        assert answer.status_code == 422, f"{route.name}: {answer.status_code} {answer.text}"


@pytest.mark.usefixtures("_nothing_is_stored")
def test_a_version_that_is_none_is_refused(desk: Desk, world: World) -> None:
    for route in [route for route in ROUTES.values() if route.versioned]:
        body = None if route.body is None else body_for(world, route)
        path, member = path_of(world, route), member_for(route)
        for version in ("", "no version", '"1', "-1", "9" * 40, "²", 'W/"1"', "*"):
            answer = desk.request(route.method, member, path, json=body, headers={"If-Match": version})
            assert answer.status_code in (412, 422), f"{route.name} {version}: {answer.status_code}"
        assert desk.request(route.method, member, path, json=body).status_code == 428, route.name


@pytest.mark.usefixtures("_nothing_is_stored")
@pytest.mark.parametrize(
    "word", ["\x00", "a\x00b", "0000-00", "2026-13", "a" * 5000, "..", "２０２６-０３", "%", "\udcff"]
)
def test_words_in_paths_that_mean_nothing_are_refused(desk: Desk, world: World, word: str) -> None:
    written = quote(word, safe="", errors="surrogateescape")
    for route in ROUTES.values():
        words = {name: written for name in _TELLING if f"<{name}>" in route.path}
        if not words:
            continue
        body = None if route.body is None else body_for(world, route)
        headers = {"If-Match": '"1"'} if route.versioned else {}
        answer = desk.request(
            route.method, member_for(route), path_of(world, route, **words), json=body, headers=headers
        )
        assert answer.status_code in (404, 422), f"{route.name} {word!r}: {answer.status_code} {answer.text}"
