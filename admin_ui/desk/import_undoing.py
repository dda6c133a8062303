"""The undoing of an import at the desk: what would be taken back, what stands on it, asked for and confirmed by two.

Owns where each obstacle leads. Refuses nothing of its own: who asks, who confirms and what keeps a file the use cases
say (S20).
"""

from __future__ import annotations

from typing import Any

from flask import Response

from admin_ui.forms import see_other
from admin_ui.page import page
from api_schemas.base import Reason
from server.domain.access import Permission
from server.domain.import_undoing import MOST_TOLD, UNDOABLE, StandsOn
from server.domain.imports import ImportFile, ImportState
from server.services import import_undoing, imports
from server.services.importing.outcome import WRITTEN
from server.web.endpoint import Call

ONE = "/desk/imports/<uuid:import_id>/undoing"
_SEES = [Permission.IMPORTS_UNDO, Permission.IMPORTS_CONFIRM]
_LEADS = {
    StandsOn.STATEMENT: "/desk/months/",
    StandsOn.IMPORT: "/desk/imports/",
    StandsOn.PLACEMENT: "/desk/cases/",
}


@page("GET", ONE, needs=_SEES, template="import_undoing.html", clauses=("S20",))
def show_undoing(call: Call) -> dict[str, Any]:
    """What an undoing would take back as things are, and each thing that stands on it with the way there."""
    file = _file(call, Permission.IMPORTS_READ)
    undoing = import_undoing.undoing_of(call.uow, file)
    asked = file.undo_asked_at is not None
    applied = file.state is ImportState.APPLIED
    people = {one for one in (file.undo_asked_by, file.undone_by) if one is not None}
    return {
        "file": file,
        "undoing": undoing,
        "kinds": [name for name in WRITTEN if name in undoing.rows],
        "obstacles": [(one.finding, f"{_LEADS[one.at]}{one.id}") for one in undoing.obstacles[:MOST_TOLD]],
        "people": {id_: one.display_name for id_, one in call.uow.accounts.by_ids(people).items()},
        "asks": applied and not asked and not undoing.obstacles and call.actor.may(Permission.IMPORTS_UNDO),
        "decides": applied and asked and call.actor.may(Permission.IMPORTS_CONFIRM),
        "own": file.undo_asked_by == call.actor.account_id,
    }


@page("POST", ONE, needs=[Permission.IMPORTS_UNDO], template=None, fields=Reason)
def ask_undoing(call: Call) -> Response:
    """S20: ask for it with the reason; another person confirms."""
    file = _file(call, Permission.IMPORTS_UNDO)
    import_undoing.ask_undoing(call.uow, file, call.body["reason"], asked_by=call.actor.account_id)
    return _to(file)


@page("POST", f"{ONE}/confirm", needs=[Permission.IMPORTS_CONFIRM], template=None)
def confirm_undoing(call: Call) -> Response:
    """S20: QA confirms; all rows are taken back at once, or none."""
    file = _file(call, Permission.IMPORTS_CONFIRM)
    import_undoing.confirm_undoing(call.uow, file, confirmed_by=call.actor.account_id)
    return _to(file)


@page("POST", f"{ONE}/turn-down", needs=[Permission.IMPORTS_CONFIRM], template=None, fields=Reason)
def turn_down_undoing(call: Call) -> Response:
    """S20: QA does not confirm; the file stays applied."""
    file = _file(call, Permission.IMPORTS_CONFIRM)
    import_undoing.turn_down_undoing(call.uow, file, call.body["reason"])
    return _to(file)


def undoing_seen(call: Call, file: ImportFile) -> bool:
    """Whether the page of a file leads to its undoing."""
    return (
        file.kind in UNDOABLE
        and not file.dry_run
        and file.state in (ImportState.APPLIED, ImportState.UNDONE)
        and any(call.actor.may(one) for one in _SEES)
    )


def _file(call: Call, permission: Permission) -> ImportFile:
    return imports.import_within(call.uow, call.actor, call.path["import_id"], permission)


def _to(file: ImportFile) -> Response:
    return see_other(f"/desk/imports/{file.id}/undoing")
