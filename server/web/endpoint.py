"""The life of a request: who asks, may they, is it well-formed, ONE transaction, the answer after the commit.

A route is declared once, with everything that a reader, a test and the OpenAPI document need to know of it:

    @endpoint(blueprint, "POST", "/visit-requests", needs=[Permission.REQUESTS_WRITE],
              body=VisitRequestDraft, answer=VisitRequestView, status=201, once=True, problems=[...])
    def open_draft(call: Call) -> VisitRequest:
        return visit_requests.open_draft(call.uow, call.actor, call.body)

`reads_personal` lets a GET write audit lines; `once` makes the client-made `id` of the body answer a repeat with the
first answer; `versioned` asks for If-Match. What the function returns is dumped inside the transaction and sent after
the commit.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from server.domain.access import Actor, Permission, Scope, require
from server.domain.problems import (
    ID_REUSED,
    IF_MATCH_NEEDED,
    INVALID_INPUT,
    STALE,
    Category,
    ProblemKind,
    problem,
)
from server.services.house import House
from server.services.login import actor_of
from server.services.ports.first_answers import FirstAnswer
from server.services.ports.unit_of_work import UnitOfWork
from server.web.auth import bearer
from server.web.documenting import document, document_further
from server.web.problems import from_validation


@dataclass
class Call:
    """One request as a use case's caller sees it. `path` are the route's own parameters."""

    house: House
    uow: UnitOfWork
    actor: Actor
    scope: Scope
    path: Mapping[str, str]
    query: dict[str, Any]
    body: dict[str, Any]
    expected_version: int | None
    received: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None

    def check_version(self, current: int) -> None:
        """If-Match: refuse as stale when the thing is no longer what the client read."""
        if self.expected_version is not None and self.expected_version != current:
            raise problem(STALE, yours=self.expected_version, current=current)


@dataclass(frozen=True)
class Route:
    """What was declared; the tests walk these. `needs` empty means open to everybody."""

    name: str
    method: str
    path: str
    needs: tuple[Permission, ...]
    writes: bool
    once: bool
    versioned: bool
    body: type[Schema] | None = None
    query: type[Schema] | None = None


ROUTES: dict[str, Route] = {}

_VERSION = re.compile(r'"(?P<quoted>[0-9]{1,18})"|(?P<bare>[0-9]{1,18})')
_ALWAYS = (Category.INVALID, Category.INTERNAL, Category.BUSY)
_SIGNED_IN = (Category.UNAUTHENTICATED, Category.FORBIDDEN)
_NO_PARAMETERS = Schema(unknown=RAISE)


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    needs: Sequence[Permission],
    answer: type[Schema] | Schema | None,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    once: bool = False,
    versioned: bool = False,
    reads_personal: bool = False,
    only_computes: bool = False,
    own_turn: bool = False,
    problems: Iterable[ProblemKind | Category] = (),
    produces: str | Sequence[str] | None = None,
    receive: Callable[[House, Actor], Any] | None = None,
    takes: str | None = None,
    also: Sequence[int] = (),
) -> Callable[[Callable[[Call], Any]], Callable[..., Response]]:
    """Declare a route. `needs`: any one of these permissions suffices; the use case checks the object (S13).

    `only_computes` is for a POST that stores nothing: it must not wait for the writer's turn while somebody types. One
    whose use case makes files first and takes the turn itself has its `own_turn`.
    `receive` takes a streamed body before the transaction, from somebody who may; what it returns is `call.received`.
    `takes` is the media type of such a body, `produces` are those of an answer that is a file, and `also` are further
    good statuses, all for the document.
    """
    writes = (method != "GET" or reads_personal) and not only_computes and not own_turn
    answer_schema = answer() if isinstance(answer, type) else answer
    body_schema = body() if body is not None else None
    query_schema = query() if query is not None else None
    media_types = (produces,) if isinstance(produces, str) else tuple(produces or ())

    def decorate(use: Callable[[Call], Any]) -> Callable[..., Response]:
        name = f"{blueprint.name}.{use.__name__}"
        ROUTES[name] = Route(
            name, method, f"{blueprint.url_prefix}{path}", tuple(needs), writes, once, versioned, body, query
        )

        @functools.wraps(use)
        def view(**path_values: object) -> Response:
            account_id, session_id = bearer()
            house: House = current_app.extensions["fieldvisit"]
            received = None
            if receive is not None:
                with house.units.read() as asking:
                    asker = actor_of(asking, account_id, session_id)
                    require(asker, *needs)
                query_of(query_schema)  # a file is not stored for what is refused afterwards
                received = receive(house, asker)
            elif body_schema is not None:
                request.get_data()  # a slow sender must not hold the writer's turn
            begin = house.units.write if writes else house.units.read
            with begin(account_id) as uow:
                actor = actor_of(uow, account_id, session_id)
                scope = require(actor, *needs)
                call = Call(
                    house=house,
                    uow=uow,
                    actor=actor,
                    scope=scope,
                    path={name: str(value) for name, value in path_values.items()},
                    query=query_of(query_schema),
                    expected_version=_expected_version() if versioned else None,
                    body=_load_body(body_schema),
                    received=received,
                )
                first = _FirstAnswers(call, name) if once else None
                if first is not None and (repeated := first.repeated()) is not None:
                    return repeated
                result = use(call)
                if isinstance(result, Response):
                    response = result
                    if writes:
                        uow.commit()
                    return response
                dumped = None if answer_schema is None else answer_schema.dump(result)
                etag = _etag(result)
                if first is not None:
                    first.keep(call.status or status, dumped, etag)
                if writes:
                    uow.commit()
            return _respond(dumped, call.status or status, etag, call.headers)

        categories = _categories(problems, path, body_schema) | set(_SIGNED_IN)
        if takes is not None:
            categories.add(Category.TOO_LARGE)
        if once:
            categories.add(Category.CONFLICT)
        if versioned:
            categories |= {Category.STALE, Category.PRECONDITION_REQUIRED}
        document(
            view,
            blueprint,
            body=body_schema,
            query=query_schema,
            answer=answer_schema,
            status=status,
            produces=media_types[0] if media_types else None,
            categories=categories,
        )
        files = (status, *also) if media_types and answer_schema is None else ()
        document_further(view, versioned=versioned, takes=takes, files=files, produces=media_types)
        blueprint.route(path, methods=[method])(view)
        return view

    return decorate


def open_endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    answer: type[Schema] | None,
    body: type[Schema] | None = None,
    status: int = 200,
    problems: Iterable[ProblemKind | Category] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """A route without a login of its own (signing in, refreshing); its use case opens its own transactions."""
    answer_schema = answer() if answer is not None else None
    body_schema = body() if body is not None else None

    def decorate(use: Callable[..., Any]) -> Callable[..., Response]:
        name = f"{blueprint.name}.{use.__name__}"
        ROUTES[name] = Route(
            name, method, f"{blueprint.url_prefix}{path}", (), method != "GET", False, False, body
        )

        @functools.wraps(use)
        def view(**path_values: str) -> Response:
            house: House = current_app.extensions["fieldvisit"]
            query_of(None)
            result = use(house, _load_body(body_schema), **path_values)
            dumped = None if answer_schema is None else answer_schema.dump(result)
            return _respond(dumped, status, None, {})

        document(
            view,
            blueprint,
            body=body_schema,
            query=None,
            answer=answer_schema,
            status=status,
            produces=None,
            categories=_categories(problems, path, body_schema),
        )
        view._apidoc["manual_doc"] = {"security": []}  # type: ignore[attr-defined]
        blueprint.route(path, methods=[method])(view)
        return view

    return decorate


def open_options(
    blueprint: Blueprint, path: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """An OPTIONS of our own: what a protocol lets anybody ask."""

    def decorate(use: Callable[..., Response]) -> Callable[..., Response]:
        name = f"{blueprint.name}.{use.__name__}"
        ROUTES[name] = Route(name, "OPTIONS", f"{blueprint.url_prefix}{path}", (), False, False, False)

        @functools.wraps(use)
        def view(**path_values: str) -> Response:
            query_of(None)
            return use(**path_values)

        document(
            view,
            blueprint,
            body=None,
            query=None,
            answer=None,
            status=204,
            produces=None,
            categories=(INVALID_INPUT.category,),
        )
        view._apidoc["manual_doc"] = {"security": []}  # type: ignore[attr-defined]
        view.provide_automatic_options = False  # type: ignore[attr-defined]
        blueprint.route(path, methods=["OPTIONS"])(view)
        return view

    return decorate


class _FirstAnswers:
    """Writes from phones carry a client-made id; a repeat is answered with the first answer, other content is told."""

    def __init__(self, call: Call, route: str) -> None:
        self._call = call
        self._route = route
        self._id = str(call.body["id"])
        content = [dict(call.path), request.get_json(silent=True)]
        self._digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def repeated(self) -> Response | None:
        first = self._call.uow.first_answers.get(self._id)
        if first is None:
            return None
        same = (first.account_id, first.route, first.digest) == (
            self._call.actor.account_id,
            self._route,
            self._digest,
        )
        if not same:
            raise problem(ID_REUSED, "id", id=self._id)
        return _respond(first.body, first.status, first.etag, {"X-Repeated": "true"})

    def keep(self, status: int, body: Any, etag: str | None) -> None:
        self._call.uow.first_answers.add(
            FirstAnswer(
                self._id,
                self._call.actor.account_id,
                self._route,
                self._digest,
                status,
                body,
                etag,
                self._call.uow.now,
            )
        )


def _categories(problems: Iterable[ProblemKind | Category], path: str, body: Schema | None) -> set[Category]:
    named = {p if isinstance(p, Category) else p.category for p in problems}
    if "<" in path:
        named.add(Category.MISSING)
    if body is not None:
        named |= {Category.TOO_LARGE, Category.UNSUPPORTED}
    return named | set(_ALWAYS)


def _load_body(schema: Schema | None) -> dict[str, Any]:
    if schema is None:
        return {}
    try:
        sent = request.get_json()
    except UnsupportedMediaType:
        raise
    except BadRequest as error:
        raise problem(INVALID_INPUT, "body", field_zh="内容", field_en="body", detail="not JSON") from error
    except RecursionError as error:  # brackets in brackets, ten thousand deep, are valid JSON
        raise problem(
            INVALID_INPUT, "body", field_zh="内容", field_en="body", detail="nested too deep"
        ) from error
    if not isinstance(sent, dict):
        raise problem(INVALID_INPUT, "body", field_zh="内容", field_en="body", detail="not a JSON object")
    return loaded(schema, sent)


def query_of(schema: Schema | None) -> dict[str, Any]:
    """The query of the request by its schema; for `receive`, which comes before the call is made.

    A route without one refuses every parameter: a filter that is left out in silence shows more than was asked for.
    """
    if schema is None and not request.query_string:
        return {}
    sent = request.args.to_dict(flat=False)
    several = [name for name, given in sent.items() if len(given) > 1]
    if several:
        raise problem(
            INVALID_INPUT, several[0], field_zh=several[0], field_en=several[0], detail="given twice"
        )
    return loaded(schema or _NO_PARAMETERS, {name: given[0] for name, given in sent.items()})


def loaded(schema: Schema, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, by its schema; what does not fit is refused with the path of each field."""
    try:
        return dict(schema.load(sent))
    except ValidationError as error:
        raise from_validation(error) from error


def _expected_version() -> int:
    given = request.headers.get("If-Match")
    if given is None:
        raise problem(IF_MATCH_NEEDED, "If-Match")
    written = _VERSION.fullmatch(given.strip())
    if written is None:
        raise problem(
            INVALID_INPUT, "If-Match", field_zh="If-Match", field_en="If-Match", detail="not an ETag of ours"
        )
    return int(written["quoted"] or written["bare"])


def _etag(result: Any) -> str | None:
    version = getattr(result, "version", None)
    return None if version is None else f'"{version}"'


def _respond(body: Any, status: int, etag: str | None, headers: Mapping[str, str]) -> Response:
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    response = Response(text, status=status, content_type="application/json" if body is not None else None)
    if etag is not None:
        response.headers["ETag"] = etag
    response.headers.update(dict(headers))
    return response
