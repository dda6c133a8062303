"""Every list of the desk as a file: the page, the ticked rows, or all of it; CSV or XLSX in an encrypted archive (S11).

Owns how a list is asked for again, page by page, with the same permissions and the same trail as on the screen. Refuses
what is no list, and more rows than the rule allows.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, current_app, request

from admin_ui.page import LISTS, page, shown_again
from admin_ui.shown_rows import ShownTable, read_table
from admin_ui.telling import LANGUAGE_COOKIE, language
from api_schemas.desk_lists import ExportForm
from server.domain.access import Permission
from server.domain.list_exports import LIST_TOO_LONG, LIST_UNKNOWN, MOST_ROWS, Extent
from server.domain.problems import problem
from server.services.kept_lists import hidden_of, kept_of
from server.services.list_exports import AskedList, export
from server.services.ports.paging import PAGE_LIMIT
from server.web.endpoint import Call


@page(
    "POST",
    "/desk/export",
    needs=[Permission.LISTS_EXPORT],
    template=None,
    fields=ExportForm,
    clauses=("S5", "S11"),
)
def export_list(call: Call) -> Response:
    """S11: the list as it stands on the page, for a purpose; its password comes by the inbox."""
    body = call.body
    if body["path"] not in LISTS:
        raise problem(LIST_UNKNOWN, path=body["path"])
    asked = _asked(call, body["path"], body["query"], body["extent"], set(body["chosen"].split()))
    file = export(
        call.house,
        call.uow,
        call.actor,
        asked,
        body["ending"],
        body["purpose"],
        "zh" if language() == "zh" else "en",
    )
    response = Response(file.content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _asked(call: Call, path: str, query: str, extent: Extent, chosen: set[str]) -> AskedList:
    """The rows of the list; of the ticked ones all pages are read until each was found."""
    filters = {name: value for name, value in parse_qsl(query) if name != "open"}
    if extent is not Extent.PAGE:
        filters |= {"limit": str(PAGE_LIMIT)}
        filters.pop("after", None)
    table = _page_of(call, path, urlencode(filters))
    headings, keys, rows, following = table.headings, table.keys, table.rows, table.next
    while extent is not Extent.PAGE and following is not None:
        if len(rows) > MOST_ROWS:
            raise problem(LIST_TOO_LONG, most=MOST_ROWS)
        table = _page_of(call, path, urlsplit(following).query)
        rows, following = rows + table.rows, table.next
    if len(rows) > MOST_ROWS:
        raise problem(LIST_TOO_LONG, most=MOST_ROWS)
    if extent is Extent.CHOSEN:
        rows = [row for row in rows if row.leads_to in chosen]
    hidden = hidden_of(kept_of(call.uow, call.actor, path)) - set(keys[:1])
    # A column of ticks has a heading and nothing to read.
    kept = [
        number
        for number, key in enumerate(keys)
        if key not in hidden and any(_cell(row.cells, number) for row in rows)
    ]
    return AskedList(
        path,
        query,
        [headings[number] for number in kept],
        [[_cell(row.cells, number) for number in kept] for row in rows],
        [row.id for row in rows if row.id is not None],
    )


def _cell(cells: list[str], number: int) -> str:
    return cells[number] if number < len(cells) else ""


def _page_of(call: Call, path: str, query: str) -> ShownTable:
    """A page of the list, asked for as its own address asks: what it needs, what it audits, what it masks."""
    cookie = f"{LANGUAGE_COOKIE}={language()}"
    tongue = request.headers.get("Accept-Language", "")
    headers = {"Cookie": cookie, "Accept-Language": tongue, "HX-Request": "true"}
    with current_app.test_request_context(f"{path}?{query}", headers=headers):
        return read_table(shown_again(path, call))
