"""Marks in a recording, beside its player: set by key or button, jumped to, one's own taken back (S8).

Owns how marks are shown. Refuses them to whoever opened no player: they carry its purpose.
"""

from __future__ import annotations

from typing import Any

from admin_ui.page import page
from api_schemas.desk import PurposeForm
from api_schemas.recording_marks import MarkForm
from server.domain.access import Permission
from server.domain.evidence import EvidenceItem
from server.domain.recording_marks import MOST_MARKS
from server.services import recording_marks
from server.services.ports.paging import PageRequest
from server.web.endpoint import Call

ONE = "/desk/evidence/<uuid:evidence_id>/marks"
_HEAR = [Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN]


@page("POST", ONE, needs=_HEAR, template="marks.html", fields=MarkForm, clauses=("S8",))
def set_mark(call: Call) -> dict[str, Any]:
    """A word at a second; the list of marks comes back, the player plays on."""
    body = call.body
    recording_marks.set_mark(
        call.uow,
        call.actor,
        call.path["evidence_id"],
        body["purpose"],
        id=body["id"],
        at_ms=body["at"],
        words=body["words"],
    )
    return _shown(call)


@page(
    "POST",
    f"{ONE}/<uuid:mark_id>/remove",
    needs=_HEAR,
    template="marks.html",
    fields=PurposeForm,
    clauses=("S8",),
)
def remove_mark(call: Call) -> dict[str, Any]:
    """One's own mark is shown no more."""
    path = call.path
    recording_marks.take_back(
        call.uow, call.actor, path["evidence_id"], path["mark_id"], call.body["purpose"]
    )
    return _shown(call)


def _shown(call: Call) -> dict[str, Any]:
    item = call.uow.evidence_items.need(call.path["evidence_id"])
    return {"item": item, "purpose": call.body["purpose"], "swapped": True} | marks_on(
        call, item, call.body["purpose"]
    )


def marks_on(call: Call, item: EvidenceItem, purpose: str | None) -> dict[str, Any]:
    """What the list of marks needs: all of a recording, who set them, an id for the next one."""
    request = PageRequest(MOST_MARKS)
    marks = recording_marks.marks_of(call.uow, call.actor, item.id, purpose, request).items
    people = call.uow.accounts.by_ids({mark.account_id for mark in marks})
    return {"marks": marks, "people": people, "mark_id": call.uow.new_id()}
