"""Routes of imports by file: upload, watch, confirm, templates."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from api_schemas.base import Reason
from api_schemas.imports import ImportPage, ImportQuery, ImportTemplateQuery, ImportView
from server.domain.access import Actor, Permission, reach
from server.domain.imports import SAME_PERSON, ImportFile, ImportKind, ImportState
from server.domain.problems import (
    BODY_TOO_LARGE,
    INVALID_INPUT,
    NOT_FOUND,
    WRONG_STATE,
    Category,
    Problem,
    problem,
)
from server.services import imports
from server.services.house import House
from server.services.importing.templates import template_csv, template_xlsx
from server.services.imports import LARGEST_FILE, ReceivedFile
from server.services.ports.jobs import Job
from server.services.ports.objects import ObjectTooLarge
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1", description="Facts in by file (S20, W4)")

_FORM_BYTES = 1 << 16  # what stands around the file in a form
_NO_PROBLEMS: dict[str, Any] = {"total": 0, "items": []}
_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DONE = {ImportState.CHECKED, ImportState.APPLIED}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["kind", "file"],
                    "properties": {
                        "kind": {"type": "string", "enum": [kind.value for kind in ImportKind]},
                        "dry_run": {"type": "string", "enum": ["true", "false"], "default": "false"},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


def _receive(house: House, actor: Actor) -> ReceivedFile:
    """The form, its file stored before the transaction begins; it is read from the disk, never held whole."""
    request.max_content_length = LARGEST_FILE + _FORM_BYTES
    try:
        file, form = request.files.get("file"), request.form
    except RequestEntityTooLarge as error:
        raise problem(BODY_TOO_LARGE, "file", limit=LARGEST_FILE) from error
    kind = _kind(form.get("kind", ""))
    imports.require_kind(actor, kind)
    dry_run = form.get("dry_run", "false")
    if dry_run not in ("true", "false"):
        raise _invalid("dry_run", "must be true or false")
    unknown = sorted((form.keys() | request.files.keys()) - {"kind", "dry_run", "file"})
    if unknown:
        raise _invalid(unknown[0], "unknown field")
    if file is None or not file.filename:
        raise _invalid("file", "must be a file with a name")
    return _store(house, file, kind, dry_run == "true")


def _store(house: House, file: FileStorage, kind: ImportKind, dry_run: bool) -> ReceivedFile:
    try:
        stored = house.objects.write(f"imports/{uuid.uuid4()}", file.stream, limit=LARGEST_FILE)  # type: ignore[arg-type]
    except ObjectTooLarge as error:
        raise problem(BODY_TOO_LARGE, "file", limit=LARGEST_FILE) from error
    return ReceivedFile(kind, file.filename or "", stored.sha256, stored.size, dry_run, stored.key)


def _kind(text: str) -> ImportKind:
    if text not in list(ImportKind):
        raise _invalid("kind", "must be one of " + ", ".join(ImportKind))
    return ImportKind(text)


def _invalid(field: str, detail: str) -> Problem:
    return problem(INVALID_INPUT, field, field_zh=field, field_en=field, detail=detail)


@endpoint(
    blueprint,
    "POST",
    "/imports",
    needs=[Permission.IMPORTS_UPLOAD, Permission.PEOPLE_WRITE],
    answer=ImportView,
    status=202,
    problems=[BODY_TOO_LARGE, Category.UNSUPPORTED],
    receive=_receive,
)
def upload_import(call: Call) -> dict[str, Any]:
    """Bring in a file (form: kind, file, dry_run). It is checked, and applied where nothing stands against it.

    Placements wait for QA (S20). The answer comes at once; watch the import for its end.
    """
    file = imports.open_import(
        call.uow, call.received, uploaded_by=call.actor.account_id, branch_id=call.actor.branch_id
    )
    call.headers["Location"] = f"/api/v1/imports/{file.id}"
    return _view(call, file)


upload_import._apidoc["manual_doc"] = _FORM  # type: ignore[attr-defined]


@endpoint(blueprint, "GET", "/imports", needs=[Permission.IMPORTS_READ], query=ImportQuery, answer=ImportPage)
def list_imports(call: Call) -> Page[ImportFile]:
    """Files within reach, the newest first."""
    return call.uow.import_files.page(
        PageRequest(call.query["limit"], call.query.get("after")),
        reach(call.actor, Permission.IMPORTS_READ),
        kind=call.query["kind"],
        state=call.query["state"],
    )


@endpoint(
    blueprint,
    "GET",
    "/imports/<uuid:import_id>",
    needs=[Permission.IMPORTS_READ],
    answer=ImportView,
    problems=[NOT_FOUND],
)
def show_import(call: Call) -> dict[str, Any]:
    """One file: its state, its progress, every problem by row and column."""
    return _view(
        call, imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_READ)
    )


@endpoint(
    blueprint,
    "POST",
    "/imports/<uuid:import_id>/confirm",
    needs=[Permission.IMPORTS_CONFIRM],
    answer=ImportView,
    status=202,
    problems=[NOT_FOUND, WRONG_STATE, SAME_PERSON],
)
def confirm_import(call: Call) -> dict[str, Any]:
    """S20: QA confirms placements that a dispatcher uploaded; they are applied then."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_CONFIRM)
    return _view(call, imports.confirm(call.uow, file, confirmed_by=call.actor.account_id))


@endpoint(
    blueprint,
    "POST",
    "/imports/<uuid:import_id>/turn-down",
    needs=[Permission.IMPORTS_CONFIRM],
    body=Reason,
    answer=ImportView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def turn_down_import(call: Call) -> dict[str, Any]:
    """S20: QA does not confirm; nothing is applied and the file is destroyed."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_CONFIRM)
    return _view(call, imports.turn_down(call.uow, file, call.body["reason"]))


@endpoint(
    blueprint,
    "GET",
    "/imports/templates/<name>",
    needs=[Permission.IMPORTS_UPLOAD, Permission.PEOPLE_WRITE],
    query=ImportTemplateQuery,
    answer=None,
    produces=[_CSV, _XLSX],
    problems=[NOT_FOUND],
)
def download_template(call: Call) -> Response:
    """The template of a kind, such as placements.xlsx or repayments.csv: its headers and one invented row."""
    kind, _, suffix = call.path["name"].partition(".")
    if kind not in list(ImportKind) or suffix not in ("csv", "xlsx"):
        raise problem(NOT_FOUND, what=f"template {call.path['name']}")
    language = call.query["language"]
    if suffix == "csv":
        body, media_type = (
            template_csv(call.house.tables, ImportKind(kind), language),
            f"{_CSV}; charset=utf-8",
        )
    else:
        output = io.BytesIO()
        template_xlsx(call.house.tables, output, ImportKind(kind), language)
        body = output.getvalue()
        media_type = _XLSX
    response = Response(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.{suffix}"'
    return response


def _view(call: Call, file: ImportFile) -> dict[str, Any]:
    job = None if file.job_id is None else call.uow.jobs.get(file.job_id)
    result = file.result
    return {
        "file": file,
        "progress": {"done": _done_steps(file, job), "total": 0 if job is None else job.all_steps},
        "problems": file.problems or _NO_PROBLEMS,
        "warnings": result.get("warnings", _NO_PROBLEMS),
        "created": result.get("created", {}),
        "changed": result.get("changed", {}),
        "unchanged": result.get("unchanged", 0),
        "applied_before": result.get("applied_before"),
    }


def _done_steps(file: ImportFile, job: Job | None) -> int:
    """How far it has come; the job's own last word follows the commit that ended the file, so it may lack yet."""
    if job is None:
        return 0
    return job.all_steps if file.state in _DONE else job.done_steps
