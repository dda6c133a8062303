"""Routes of imports by file: upload, watch, confirm, templates."""

from __future__ import annotations

import io
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.imports import (
    ImportPage,
    ImportQuery,
    ImportTemplateQuery,
    ImportUndoingView,
    ImportView,
)
from server.domain.access import Permission, reach
from server.domain.import_undoing import (
    CASE_IN_STATEMENT,
    CHANGED_SINCE,
    IN_STATEMENT,
    LEANED_ON,
    LEANED_ON_BY_IMPORT,
    MOST_TOLD,
    NO_ORIGIN,
    NOT_UNDOABLE,
    REVERSED_LATER,
    UNDONE_BY_ONE,
    WOULD_HOLD,
)
from server.domain.imports import SAME_PERSON, ImportFile, ImportKind
from server.domain.problems import (
    BODY_TOO_LARGE,
    NOT_FOUND,
    WRONG_STATE,
    Category,
    problem,
)
from server.services import import_undoing, imports
from server.services.importing.templates import template_csv, template_xlsx
from server.services.ports.paging import Page, PageRequest
from server.web import import_forms
from server.web.endpoint import Call, endpoint

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1", description="Facts in by file (S20, W4)")

_NO_PROBLEMS: dict[str, Any] = {"total": 0, "items": []}
_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


@endpoint(
    blueprint,
    "POST",
    "/imports",
    needs=[Permission.IMPORTS_UPLOAD, Permission.PEOPLE_WRITE],
    answer=ImportView,
    status=202,
    problems=[BODY_TOO_LARGE, Category.UNSUPPORTED],
    receive=import_forms.receive,
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


_OBSTACLES = [
    CASE_IN_STATEMENT,
    CHANGED_SINCE,
    IN_STATEMENT,
    LEANED_ON,
    LEANED_ON_BY_IMPORT,
    NO_ORIGIN,
    REVERSED_LATER,
    WOULD_HOLD,
]


@endpoint(
    blueprint,
    "GET",
    "/imports/<uuid:import_id>/undoing",
    needs=[Permission.IMPORTS_UNDO, Permission.IMPORTS_CONFIRM],
    answer=ImportUndoingView,
    problems=[NOT_FOUND, NOT_UNDOABLE],
)
def show_undoing(call: Call) -> dict[str, Any]:
    """S20: what an undoing of the file would take back as things are, and everything that stands in its way."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_READ)
    undoing = import_undoing.undoing_of(call.uow, file)
    return {
        "reason": file.undo_reason,
        "asked_by": file.undo_asked_by,
        "asked_at": file.undo_asked_at,
        "undone_by": file.undone_by,
        "undone_at": file.undone_at,
        "rows": undoing.rows,
        "sum_fen": undoing.sum_fen,
        "cases": undoing.cases,
        "restored": undoing.restored,
        "holds_released": undoing.released,
        "obstacles": {
            "total": undoing.obstacle_count,
            "items": [
                {
                    "code": one.finding.kind.code,
                    "clause": one.finding.kind.clause,
                    "message": {"zh": one.finding.zh(), "en": one.finding.en()},
                    "remedy": {"zh": one.finding.remedy_zh(), "en": one.finding.remedy_en()},
                    "at": one.at,
                    "id": one.id,
                }
                for one in undoing.obstacles[:MOST_TOLD]
            ],
        },
    }


@endpoint(
    blueprint,
    "POST",
    "/imports/<uuid:import_id>/undoing",
    needs=[Permission.IMPORTS_UNDO],
    body=Reason,
    answer=ImportView,
    problems=[NOT_FOUND, WRONG_STATE, NOT_UNDOABLE, *_OBSTACLES],
)
def ask_undoing(call: Call) -> dict[str, Any]:
    """S20: ask for the undoing of an applied file, with the reason. Another person confirms it."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_UNDO)
    asked = import_undoing.ask_undoing(call.uow, file, call.body["reason"], asked_by=call.actor.account_id)
    return _view(call, asked)


@endpoint(
    blueprint,
    "POST",
    "/imports/<uuid:import_id>/undoing/confirm",
    needs=[Permission.IMPORTS_CONFIRM],
    answer=ImportView,
    problems=[NOT_FOUND, WRONG_STATE, UNDONE_BY_ONE, NOT_UNDOABLE, *_OBSTACLES],
)
def confirm_undoing(call: Call) -> dict[str, Any]:
    """S20: QA confirms; all rows of the file are taken back at once, or none where something stands on one."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_CONFIRM)
    return _view(call, import_undoing.confirm_undoing(call.uow, file, confirmed_by=call.actor.account_id))


@endpoint(
    blueprint,
    "POST",
    "/imports/<uuid:import_id>/undoing/turn-down",
    needs=[Permission.IMPORTS_CONFIRM],
    body=Reason,
    answer=ImportView,
    problems=[NOT_FOUND, WRONG_STATE],
)
def turn_down_undoing(call: Call) -> dict[str, Any]:
    """S20: QA does not confirm the undoing; the file stays applied."""
    file = imports.import_within(call.uow, call.actor, call.path["import_id"], Permission.IMPORTS_CONFIRM)
    return _view(call, import_undoing.turn_down_undoing(call.uow, file, call.body["reason"]))


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
    result = file.result
    done, total = imports.progress_of(call.uow, file)
    return {
        "file": file,
        "progress": {"done": done, "total": total},
        "problems": file.problems or _NO_PROBLEMS,
        "warnings": result.get("warnings", _NO_PROBLEMS),
        "created": result.get("created", {}),
        "changed": result.get("changed", {}),
        "unchanged": result.get("unchanged", 0),
        "applied_before": result.get("applied_before"),
    }
