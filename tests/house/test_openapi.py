"""The OpenAPI document is committed as the application says it, and the application answers as the document says.

Schemathesis invents requests from the document, well-formed and broken ones; each is sent by every post about the
objects of one case, so that it passes the doors. No answer may be a 5xx, of an undeclared status, of an undeclared
media type or of another shape than the declared one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.cli import main
from tests.conftest import Desk
from tests.house.world import World, build_world
from tests.support import cast, evidence

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
FULL = os.environ.get("FIELDVISIT_SCALE") == "full"
EXAMPLES = 40 if FULL else 2  # of each kind, well-formed and broken, for an operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

# One of each post, and whoever is not signed in.
POSTS = (
    None, cast.COLLECTOR, cast.TEAM_LEAD, cast.AGENT, cast.DISPATCHER, cast.MANAGER, cast.PROJECT_LEAD, cast.DIRECTOR,
    cast.GENERAL_MANAGER, cast.QA, cast.IT, cast.TRAINER, cast.PERSONNEL, cast.ADMINISTRATION, cast.OUTSIDE_MANAGER,
)  # fmt: skip

_QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def tags() -> list[str]:
    """The nouns of the committed document: a test, and a world, for each."""
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].values()
    return sorted({tag for path in paths for told in path.values() if "tags" in told for tag in told["tags"]})


def test_the_committed_document_is_what_the_application_says(environment: dict[str, str]) -> None:
    told = CliRunner().invoke(main, ["openapi"], env=environment, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert told.stdout == DOCUMENT.read_text(encoding="utf-8"), (
        "run `make openapi` and commit docs/openapi.json"
    )


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tag", tags())
def test_every_answer_to_every_post_is_one_that_the_document_declares(desk: Desk, tag: str) -> None:
    world = build_world(desk)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.client.application)
    asked = 0
    for found in schema.include(tag=tag).get_all_operations():
        operation: APIOperation[Any, Any, Any] = found.ok()
        asked += _ask(desk, world, operation, GenerationMode.POSITIVE)
        if _can_be_broken(operation):
            asked += _ask(desk, world, operation, GenerationMode.NEGATIVE)
    assert asked > 0


def _can_be_broken(operation: APIOperation[Any, Any, Any]) -> bool:
    return bool(list(operation.body) or list(operation.query))


def _ask(desk: Desk, world: World, operation: APIOperation[Any, Any, Any], mode: GenerationMode) -> int:
    """Send the examples of an operation by every post; how many requests that were."""
    asked = 0
    known = {name: world.id_for(name) for name in (parameter.name for parameter in operation.path_parameters)}
    strategy = operation.as_strategy(
        generation_mode=mode,
        path_parameters=known or None,
        headers={"If-Match": '"1"'} if "If-Match" in [h.name for h in operation.headers] else None,
    )

    @_QUIET
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        nonlocal asked
        case = data.draw(strategy)
        for member in POSTS:
            _send(desk, world, case, member, mode)
            asked += 1

    ask()
    return asked


def _send(desk: Desk, world: World, case: Case, member: cast.Member | None, mode: GenerationMode) -> None:
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
        case.body.update({name: value for name, value in world.known_fields.items() if name in case.body})
        if "id" in case.body:
            case.body["id"] = evidence.fresh_id()
    headers = {} if member is None else {"Authorization": f"Bearer {desk.token(member)}"}
    response = case.call(headers=headers)
    if case.path.endswith("/auth/logout") and member is not None:
        desk.forget(member)
    case.validate_response(response, checks=CHECKS, headers=headers)
