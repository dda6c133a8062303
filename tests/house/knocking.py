"""Requests that name somebody else's objects: in the path, in one field of the body, in one filter of the query."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from server.web.endpoint import ROUTES, Route
from storage.rows.tables import METADATA
from tests.conftest import Desk
from tests.house.world import World
from tests.support.cast import Member
from tests.support.samples import sample

PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
_SPREADSHEET = "spreadsheetml"


@dataclass(frozen=True)
class Knock:
    """A well-formed request for a route: ids in the path of one world, known fields of the body of another."""

    route: Route
    path_of: World
    body_of: World
    known: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    names_the_foreign_case: bool = False

    def by(self, desk: Desk, member: Member) -> tuple[int, str]:
        """The status, and everything that can be read in the answer."""
        path = PARAMETER.sub(
            lambda found: self.path_of.id_for(found.group(1), self.route.path), self.route.path
        )
        headers = self.path_of.headers_for(self.route)
        query = self.path_of.query_for(self.route) | self.query
        answer = desk.request(
            self.route.method, member, path, json=self.body(), headers=headers, query_string=query
        )
        text = text_of(answer)
        answer.close()
        return answer.status_code, text

    def body(self) -> dict[str, Any] | None:
        if self.route.body is None:
            return None
        return sample(self.route.body, random.Random(self.route.name), self.body_of.known_fields | self.known)

    def __str__(self) -> str:
        return f"{self.route.name} {self.known or ''}{self.query or ''}"


def knocks(own: World, foreign: World) -> Iterator[Knock]:
    """Each route with the foreign ids in its path, then with them in one field, then in one filter."""
    for route in ROUTES.values():
        if not route.needs or route.name == "auth.sign_out":
            continue
        has_parameter = PARAMETER.search(route.path) is not None
        yield Knock(
            route, foreign, foreign, names_the_foreign_case=has_parameter and foreign.names_the_case(route)
        )
        plain = Knock(route, own, own).body()
        for name, value in foreign.known_fields.items():
            crossed = Knock(route, own, own, known={name: value})
            if crossed.body() != plain:
                yield crossed
        filters = route.query().load_fields if route.query is not None else {}
        for name, value in _filters(foreign).items():
            if name in filters:
                yield Knock(route, own, own, query={name: value})


def _filters(foreign: World) -> dict[str, str]:
    side = foreign.side
    return {
        "agent": side.lead.id,
        "team": side.collector.team.id if side.collector.team else "",
        "client": side.client_id,
        "client_id": side.client_id,
        "branch_id": side.collector.branch.id,
        "collector_id": side.collector.id,
        "placement_id": foreign.ids["placement_id"],
        "case_number": side.case_number,
        "webhook_id": foreign.ids["webhook_id"],
        "first_day": "2026-03-01",
        "day": "2026-03-10",
        "all": "true",
    }


def declared_statuses() -> dict[str, set[int]]:
    """What the committed document says that each route may answer."""
    paths = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8"))[
        "paths"
    ]
    return {
        route.name: {
            int(status)
            for status in paths[PARAMETER.sub(r"{\1}", route.path)][route.method.lower()]["responses"]
        }
        for route in ROUTES.values()
    }


def text_of(answer: TestResponse) -> str:
    """JSON and CSV as they are, the sheets of a workbook unpacked; of pictures and sound nothing is read."""
    kind = answer.content_type or ""
    if _SPREADSHEET in kind:
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return answer.get_data(as_text=True) if "json" in kind or "csv" in kind else ""


def rows_with(desk: Desk, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """Each row that has one of these ids, whatever its table."""
    wanted = sorted(ids)
    with desk.installation.engine.connect() as connection:
        return {
            f"{table.name} {row.id}": tuple(row)
            for table in METADATA.sorted_tables
            if "id" in table.c
            for row in connection.execute(sa.select(table).where(table.c.id.in_(wanted)))
        }
