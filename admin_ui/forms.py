"""What a browser sends, made into what a use case takes: fields by their schema, the version, the way back.

Refuses what the schema does not name, and a way back that leads out of the desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, redirect, request

from server.domain.problems import IF_MATCH_NEEDED, INVALID_INPUT, problem
from server.services.ports.rows import EntityRows
from server.web.cookies import CSRF_FIELD, PATH
from server.web.endpoint import loaded

E = TypeVar("E")
_OUR_OWN = frozenset({CSRF_FIELD, "version"})
_BACK = re.compile(
    rf"{PATH}(?:[/?][!-\[\]-~]*)?"
)  # printable ASCII without the backslash, which browsers turn into /
_VERSION = re.compile(r"[0-9]{1,18}")


def page_query(schema: Any) -> dict[str, Any]:
    """The query of the address by its schema. A field that was left empty was not asked for."""
    given = {name: value for name, value in request.args.items() if value.strip()}
    if schema is None:
        return given
    several = [name for name, values in request.args.lists() if len(values) > 1]
    if several:
        raise problem(
            INVALID_INPUT, several[0], field_zh=several[0], field_en=several[0], detail="given twice"
        )
    return loaded(schema, given)


def form_values(schema: Any) -> dict[str, Any]:
    """The fields of the form by their schema; without one, as they were sent."""
    sent = {name: value for name, value in request.form.items() if name not in _OUR_OWN and value.strip()}
    return sent if schema is None else loaded(schema, sent)


def form_version() -> int:
    """The version of what the reader saw when the form was filled in."""
    given = request.form.get("version", "")
    if _VERSION.fullmatch(given) is None:
        raise problem(IF_MATCH_NEEDED, "version")
    return int(given)


def way_back(given: str | None, otherwise: str = PATH) -> str:
    """A path of the desk to go on to; anything else becomes the desk's first page."""
    return given if given is not None and _BACK.fullmatch(given) and "//" not in given else otherwise


def once(rows: EntityRows[E], id_: str, make: Callable[[], E]) -> E:
    """What a form asks for, made once: the same form sent again, by an impatient hand, finds it there."""
    made = rows.get(id_)
    return make() if made is None else made


def see_other(path: str) -> Response:
    """303: what was sent is done, and the browser gets that page of the desk."""
    return redirect(path, 303)  # type: ignore[return-value]


def led_to(path: str) -> Response:
    """On to a page of the desk once a form was taken: a form that htmx sent must not swap the page into itself."""
    if is_part():
        return Response(status=204, headers={"HX-Redirect": path})
    return see_other(path)


def is_part() -> bool:
    """Whether a piece of a page is asked for (htmx), not a whole one."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def is_framed() -> bool:
    """Whether what is asked for goes into a frame that stays; only its rail comes anew, with what a decision moved."""
    return is_part() and request.headers.get("HX-Target") != "rail"
