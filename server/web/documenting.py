"""What the OpenAPI document says of a route, from what `endpoint` declares of it.

Owns nothing at run time: loading, dumping and refusing are `endpoint`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from api_schemas.problems import ProblemDocument
from server.domain.problems import Category
from server.web.problems import STATUS

_PROBLEM = ProblemDocument()  # one for all routes: a thousand of them took a third of a second to make


def document(
    view: Callable[..., Response],
    blueprint: Blueprint,
    *,
    body: Schema | None,
    query: Schema | None,
    answer: Schema | None,
    status: int,
    produces: str | None,
    categories: Iterable[Category],
) -> None:
    """Lend flask-smorest's own decorators for their documentation; loading and dumping stay with us."""
    documented: Any = blueprint.response(status, answer, content_type=produces)(lambda: None)
    if query is not None:
        documented = blueprint.arguments(query, location="query")(documented)
    if body is not None:
        documented = blueprint.arguments(body)(documented)
    documented._apidoc.get("arguments", {}).pop("responses", None)  # webargs' own error body is not ours
    for answered in sorted({STATUS[category] for category in categories}):
        documented = blueprint.alt_response(
            answered.value,
            schema=_PROBLEM,
            content_type="application/problem+json",
            description=answered.phrase,
        )(documented)
    view._apidoc = documented._apidoc  # type: ignore[attr-defined]


def document_further(
    view: Any, *, versioned: bool, takes: str | None, files: Sequence[int], produces: Sequence[str]
) -> None:
    """What flask-smorest's decorators do not know: If-Match, bodies that are files, partial content."""
    if versioned:
        view._apidoc.setdefault("arguments", {}).setdefault("parameters", []).append(
            {"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}}
        )
    manual: dict[str, Any] = {}
    binary = {"schema": {"type": "string", "format": "binary"}}
    if takes is not None:
        manual["requestBody"] = {"required": True, "content": {takes: binary}}
    if files:
        manual["responses"] = {
            str(answered): {
                "description": HTTPStatus(answered).phrase,
                "content": dict.fromkeys(produces, binary),
            }
            for answered in files
        }
    if manual:
        view._apidoc["manual_doc"] = manual
