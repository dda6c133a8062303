"""Facts in by file at the desk: brought by one, tried dry, confirmed by QA, watched to the end (S20).

Owns the forms and how far a file has come. Refuses nothing of its own: who brings what, and that two confirm, the use
cases say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response

from admin_ui.desk.import_undoing import undoing_seen
from admin_ui.forms import see_other
from admin_ui.lists import Chip, Tab, href, next_page
from admin_ui.page import page
from admin_ui.telling import language, rendered
from admin_ui.words import Words
from api_schemas.base import Reason
from api_schemas.desk_office import ImportList
from server.domain.access import Actor, Permission, reach
from server.domain.audit import AuditEntry
from server.domain.imports import FINAL, ImportFile, ImportKind, ImportState
from server.domain.problems import NOT_FOUND, problem
from server.services import imports
from server.services.house import House
from server.services.importing.kinds import permission_for
from server.services.importing.outcome import WRITTEN
from server.services.importing.templates import template_csv
from server.services.imports import ReceivedFile
from server.services.ports.paging import PageRequest
from server.services.ports.tables import Column, ColumnKind, Value
from server.web import import_forms
from server.web.cookies import CSRF_FIELD
from server.web.endpoint import Call

LIST = "/desk/imports"
ONE = f"{LIST}/<uuid:import_id>"
_BRINGS = [Permission.IMPORTS_UPLOAD, Permission.PEOPLE_WRITE]
_TABS = (None, ImportState.WAITING, ImportState.REFUSED, ImportState.APPLIED)
_CSV = "text/csv; charset=utf-8"
_COLUMNS = (
    Column("row", "行", "row", ColumnKind.INTEGER),
    Column("column", "列", "column"),
    Column("clause", "条款", "clause"),
    Column("message", "问题", "problem"),
    Column("remedy", "如何更正", "remedy"),
)


def _receive(house: House, actor: Actor) -> ReceivedFile:
    return import_forms.receive(house, actor, also=(CSRF_FIELD,))


@page(
    "GET", LIST, needs=[Permission.IMPORTS_READ], template="imports.html", query=ImportList, clauses=("S20",)
)
def import_list(call: Call) -> dict[str, Any]:
    """Files within reach, the newest first, and the form that brings another."""
    asked = call.query
    found = call.uow.import_files.page(
        PageRequest(asked["limit"], asked.get("after")),
        reach(call.actor, Permission.IMPORTS_READ),
        kind=asked["kind"],
        state=asked["state"],
    )
    held = {name: asked[name] for name in ("kind", "state")}
    return {
        "files": found.items,
        "people": _people(call, found.items),
        "next": next_page(LIST, found.next),
        "kinds": [kind for kind in ImportKind if call.actor.may(permission_for(kind))],
        "largest": imports.LARGEST_FILE >> 20,
        "tabs": [
            Tab(
                "import.all" if state is None else f"ImportState.{state.value}",
                href(LIST, held | {"state": state}),
                None,
                state is asked["state"],
            )
            for state in _TABS
        ],
        "chips": _chips(asked["kind"], held),
    }


@page(
    "POST",
    LIST,
    needs=_BRINGS,
    template=None,
    receive=_receive,
    largest=import_forms.LARGEST_FORM,
)
def bring_file(call: Call) -> Response:
    """Take a file in; it is read in the background, and its page tells how far that has come."""
    file = imports.open_import(
        call.uow, call.received, uploaded_by=call.actor.account_id, branch_id=call.actor.branch_id
    )
    return _to(file)


@page("GET", f"{LIST}/templates/<name>", needs=_BRINGS, template=None)
def import_template(call: Call) -> Response:
    """The template of a kind: its headers and one invented row."""
    kind, _, suffix = call.path["name"].partition(".")
    if kind not in list(ImportKind) or suffix != "csv":
        raise problem(NOT_FOUND, what=f"template {call.path['name']}")
    tongue = language()
    body = template_csv(call.house.tables, ImportKind(kind), "zh" if tongue == "zh" else "en")
    return _download(body, f"{kind}.csv")


@page("GET", ONE, needs=[Permission.IMPORTS_READ], template="import.html", clauses=("S20",))
def show_file(call: Call) -> dict[str, Any]:
    """One file: how far it is, what stands against it row by row, what it wrote or would write."""
    file = _file(call, Permission.IMPORTS_READ)
    return {
        "file": file,
        "people": _people(call, [file]),
        "confirms": call.actor.may(Permission.IMPORTS_CONFIRM) and file.state is ImportState.WAITING,
        "wrote": [
            name
            for name in WRITTEN
            if name in {**file.result.get("created", {}), **file.result.get("changed", {})}
        ],
        "own": file.uploaded_by == call.actor.account_id,
        "undoing": undoing_seen(call, file),
    } | _progress(call, file)


@page("GET", f"{ONE}/progress", needs=[Permission.IMPORTS_READ], template=None)
def import_progress(call: Call) -> Response:
    """How far it has come; a piece that is asked for again and again, and that loads the page anew at the end."""
    file = _file(call, Permission.IMPORTS_READ)
    told = rendered("import_progress.html", None, {"file": file} | _progress(call, file))
    if not _runs(file):
        told.headers["HX-Refresh"] = "true"
    return told


@page(
    "GET",
    f"{ONE}/findings.csv",
    needs=[Permission.IMPORTS_READ],
    template=None,
    reads_personal=True,
)
def import_findings(call: Call) -> Response:
    """What stands against the file, row by row, to correct it by."""
    file = _file(call, Permission.IMPORTS_READ)
    call.uow.audit(AuditEntry("import.findings_taken", "import_file", file.id))
    tongue = language()
    lines = [*file.problems.get("items", ()), *file.result.get("warnings", {}).get("items", ())]
    pieces = call.house.tables.csv_pieces(_COLUMNS, _cells(lines, tongue), "zh" if tongue == "zh" else "en")
    return _download(b"".join(pieces), f"findings-{file.uploaded_at:%Y%m%d}-{file.id[-8:]}.csv")


@page("POST", f"{ONE}/confirm", needs=[Permission.IMPORTS_CONFIRM], template=None)
def confirm_file(call: Call) -> Response:
    """S20: QA confirms what a dispatcher brought; it is applied then."""
    file = _file(call, Permission.IMPORTS_CONFIRM)
    return _to(imports.confirm(call.uow, file, confirmed_by=call.actor.account_id))


@page("POST", f"{ONE}/turn-down", needs=[Permission.IMPORTS_CONFIRM], template=None, fields=Reason)
def turn_down_file(call: Call) -> Response:
    """S20: QA does not confirm; nothing is applied and the file is destroyed."""
    file = _file(call, Permission.IMPORTS_CONFIRM)
    return _to(imports.turn_down(call.uow, file, call.body["reason"]))


def _file(call: Call, permission: Permission) -> ImportFile:
    return imports.import_within(call.uow, call.actor, call.path["import_id"], permission)


def _runs(file: ImportFile) -> bool:
    return file.state not in FINAL and file.state is not ImportState.WAITING


def _progress(call: Call, file: ImportFile) -> dict[str, Any]:
    done, total = imports.progress_of(call.uow, file)
    return {"done": done, "total": total, "runs": _runs(file)}


def _people(call: Call, files: Sequence[ImportFile]) -> dict[str, str]:
    """Names by account; who brought a file by the command line has none."""
    ids = {one for file in files for one in (file.uploaded_by, file.confirmed_by) if one is not None}
    return {id_: account.display_name for id_, account in call.uow.accounts.by_ids(ids).items()}


def _chips(kind: ImportKind | None, held: dict[str, Any]) -> list[Chip]:
    if kind is None:
        return []
    return [Chip("import.kind", Words(language()).of(kind), href(LIST, held | {"kind": None}))]


def _cells(items: Sequence[dict[str, Any]], tongue: str) -> Iterator[list[Value]]:
    for one in items:
        yield [one["row"], one["column"], one["clause"], one["message"][tongue], one["remedy"][tongue]]


def _download(body: bytes, name: str) -> Response:
    response = Response(body, content_type=_CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _to(file: ImportFile) -> Response:
    return see_other(f"{LIST}/{file.id}")
