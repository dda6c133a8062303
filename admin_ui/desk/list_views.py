"""Keeping a list of the desk: filters under a name, and the columns that are shown.

Owns the forms. Refuses a list that there is none of, and filters that it would not take.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Response

from admin_ui.forms import see_other
from admin_ui.list_views import filters_of
from admin_ui.page import LISTS, page
from admin_ui.words import WORDS
from api_schemas.desk_lists import ColumnsForm, FilterForm
from server.domain.access import Permission
from server.domain.list_exports import LIST_UNKNOWN
from server.domain.problems import INVALID_INPUT, problem
from server.services import kept_lists
from server.web.endpoint import Call, loaded


@page("POST", "/desk/lists/filters", needs=[Permission.SELF], template=None, fields=FilterForm)
def keep_filter(call: Call) -> Response:
    """Keep the filters of the list for oneself; the list's own address is what others are sent."""
    path, query = _listed(call.body["path"]), filters_of(call.body["query"])
    loaded(LISTS[path].query, dict(parse_qsl(query)))
    kept_lists.keep_filter(call.uow, call.actor, path, call.body["name"], query)
    return _back(path, query)


@page("POST", "/desk/lists/filters/<uuid:kept_id>/remove", needs=[Permission.SELF], template=None)
def drop_filter(call: Call) -> Response:
    """Keep the filter no longer; the list stays as it was shown."""
    kept = kept_lists.drop(call.uow, call.actor, call.path["kept_id"])
    return _back(kept.path, kept.query)


@page("POST", "/desk/lists/columns", needs=[Permission.SELF], template=None, fields=ColumnsForm)
def choose_columns(call: Call) -> Response:
    """Show the ticked columns; the first always is."""
    body = call.body
    path, offered = _listed(body["path"]), body["columns"].split()
    unknown = next((key for key in offered if key not in WORDS), None)
    if unknown is not None:
        raise problem(INVALID_INPUT, "columns", field_zh="列", field_en="columns", detail="invalid")
    hidden = [key for key in offered[1:] if f"show.{key}" not in body]
    kept_lists.choose_columns(call.uow, call.actor, path, hidden)
    return _back(path, filters_of(body["query"]))


def _listed(path: str) -> str:
    if path not in LISTS:
        raise problem(LIST_UNKNOWN, path=path)
    return path


def _back(path: str, query: str) -> Response:
    return see_other(f"{path}?{query}" if query else path)
