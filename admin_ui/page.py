"""The life of a page: who asks, may they, is it well-formed, ONE transaction, and the words after the commit.

A page is declared once, as a route of the API is, and calls the same use cases:

    @page("GET", "/desk/requests", needs=[Permission.REQUESTS_READ], template="requests.html", query=RequestQueue,
          reads_personal=True, clauses=("R1", "R12"))
    def request_queue(call: Call) -> dict[str, Any]:
        ...

What the function returns is what the template is given; a `Response` goes out as it is. `fields` is the schema of a
form, `versioned` lets it carry the version that it is based on (If-Match for people), and `clauses` are those that its
help quotes. Owns permission, transaction and the telling of problems. Refuses to know SQL or a rule.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from admin_ui.forms import form_values, form_version, page_query
from admin_ui.frame import Frame, frame_of
from admin_ui.telling import rendered, told
from server.domain.access import Actor, Permission, require
from server.domain.problems import BODY_TOO_LARGE, Problem, problem
from server.services.house import House
from server.services.login import actor_of
from server.web import cookies
from server.web.endpoint import Call

blueprint = Blueprint(
    "desk",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/desk/static",
)


@dataclass(frozen=True)
class Page:
    """What was declared; the tests walk these. `needs` empty means open to everybody, `template` None no page."""

    name: str
    method: str
    path: str
    needs: tuple[Permission, ...]
    template: str | None
    writes: bool
    versioned: bool
    clauses: tuple[str, ...]
    fields: Any = None


PAGES: dict[str, Page] = {}


@dataclass(frozen=True)
class _List:
    """A page of rows, so that it can be asked for again by what exports it."""

    declared: Page
    use: Callable[[Call], Any]
    query: Any


LISTS: dict[str, _List] = {}
"""The lists by their addresses: pages whose query has a limit."""

Use = Callable[[Call], Any]


def page(
    method: str,
    path: str,
    *,
    needs: Sequence[Permission],
    template: str | None,
    query: Any = None,
    fields: Any = None,
    versioned: bool = False,
    reads_personal: bool = False,
    own_turn: bool = False,
    receive: Callable[[House, Actor], Any] | None = None,
    largest: int | None = None,
    clauses: Sequence[str] = (),
) -> Callable[[Use], Callable[..., Response]]:
    """Declare a page or a form's target; `needs`: any one of these suffices, the use case checks the object (S13).

    A use case that takes the writer's turn itself has its `own_turn`. `receive` takes a form with a file, of at most
    `largest` bytes, before the transaction; what it returns is `call.received`.
    """
    writes = (method != "GET" or reads_personal) and not own_turn
    query_schema, form_schema = query() if query else None, fields() if fields else None

    def decorate(use: Use) -> Callable[..., Response]:
        declared = Page(
            use.__name__, method, path, tuple(needs), template, writes, versioned, tuple(clauses), fields
        )
        PAGES[use.__name__] = declared
        if (
            method == "GET"
            and template
            and "<" not in path
            and "limit" in getattr(query_schema, "fields", ())
        ):
            LISTS[path] = _List(declared, use, query_schema)

        @functools.wraps(use)
        def view(**path_values: object) -> Response:
            try:
                request.max_content_length = largest or request.max_content_length
                result, frame = _done(declared, use, query_schema, form_schema, path_values, receive)
            except RequestEntityTooLarge:
                return told(problem(BODY_TOO_LARGE, limit=request.max_content_length))
            except Problem as raised:
                return told(raised)
            if isinstance(result, Response):
                return cookies.write(result)
            assert template is not None, f"{declared.name} returned no answer"
            return cookies.write(rendered(template, frame, result))

        blueprint.add_url_rule(path, endpoint=use.__name__, view_func=view, methods=[method])
        return view

    return decorate


def shown_again(path: str, call: Call) -> str:
    """The page of a list for the call's own actor and transaction, by the address of the request at hand."""
    listed = LISTS[path]
    scope = require(call.actor, *listed.declared.needs)
    given = dataclasses.replace(call, scope=scope, path={}, query=page_query(listed.query), body={})
    assert listed.declared.template is not None
    return rendered(listed.declared.template, frame_of(given, path, ()), listed.use(given)).get_data(
        as_text=True
    )


def open_page(
    method: str, path: str, *, clauses: Sequence[str] = ()
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Declare a page that needs no login; its use case opens its own transactions."""

    def decorate(use: Callable[..., Response]) -> Callable[..., Response]:
        PAGES[use.__name__] = Page(
            use.__name__, method, path, (), None, method != "GET", False, tuple(clauses)
        )

        @functools.wraps(use)
        def view(**path_values: str) -> Response:
            try:
                return cookies.write(use(current_app.extensions["fieldvisit"], **path_values))
            except Problem as raised:
                return told(raised)

        blueprint.add_url_rule(path, endpoint=use.__name__, view_func=view, methods=[method])
        return view

    return decorate


def _done(
    declared: Page,
    use: Use,
    query_schema: Any,
    form_schema: Any,
    path_values: Mapping[str, object],
    receive: Callable[[House, Actor], Any] | None,
) -> tuple[Any, Frame | None]:
    """What the use case gave, and the frame around it where a whole page was asked for."""
    house: House = current_app.extensions["fieldvisit"]
    account_id, session_id = cookies.desk_bearer(house)
    received = None
    if receive is not None:
        with house.units.read() as asking:
            asker = actor_of(asking, account_id, session_id)
            require(asker, *declared.needs)
        received = receive(house, asker)
    else:
        request.get_data()  # a slow sender must not hold the writer's turn
    begin = house.units.write if declared.writes else house.units.read
    with begin(account_id) as uow:
        actor = actor_of(uow, account_id, session_id)
        scope = require(actor, *declared.needs)
        call = Call(
            house=house,
            uow=uow,
            actor=actor,
            scope=scope,
            path={name: str(value) for name, value in path_values.items()},
            query=page_query(query_schema),
            body={} if receive is not None else form_values(form_schema),
            expected_version=form_version() if declared.versioned else None,
            received=received,
        )
        result = use(call)
        frame = None
        if isinstance(result, dict):
            frame = frame_of(call, declared.path, declared.clauses, lists=declared.path in LISTS)
        if declared.writes:
            uow.commit()
    return result, frame
