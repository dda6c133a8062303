"""Routes of marks in recordings."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.recording_marks import MarkDraft, MarkPage, MarkPurpose, MarkQuery, MarkView
from server.domain.access import Permission
from server.domain.evidence_problems import PURPOSE_NEEDED
from server.domain.problems import ID_REUSED, NOT_FOUND
from server.domain.recording_marks import (
    MARK_AFTER_END,
    MARK_NO_RECORDING,
    MARK_NOT_OWN,
    MARKS_TOO_MANY,
    RecordingMark,
)
from server.services import recording_marks
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "recording_marks", __name__, url_prefix="/api/v1", description="Marks in recordings (S8)"
)

_HEAR = [Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN]
_REFUSED = (NOT_FOUND, PURPOSE_NEEDED, MARK_NO_RECORDING)


@endpoint(
    blueprint,
    "POST",
    "/evidence/<uuid:evidence_id>/marks",
    needs=_HEAR,
    body=MarkDraft,
    answer=MarkView,
    status=201,
    problems=[*_REFUSED, ID_REUSED, MARK_AFTER_END, MARKS_TOO_MANY],
)
def set_mark(call: Call) -> RecordingMark:
    """Mark a moment of a recording with a word; who may hear it may, and says what it is heard for (S8)."""
    body = call.body
    return recording_marks.set_mark(
        call.uow,
        call.actor,
        call.path["evidence_id"],
        body.get("purpose"),
        id=body["id"],
        at_ms=body["at_ms"],
        words=body["words"],
    )


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/marks",
    needs=_HEAR,
    query=MarkQuery,
    answer=MarkPage,
    reads_personal=True,
    problems=_REFUSED,
)
def list_marks(call: Call) -> Page[RecordingMark]:
    """The marks of a recording by their moments, with who set them; read for a purpose, as the recording is (S8)."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return recording_marks.marks_of(
        call.uow, call.actor, call.path["evidence_id"], call.query.get("purpose"), request
    )


@endpoint(
    blueprint,
    "DELETE",
    "/evidence/<uuid:evidence_id>/marks/<uuid:mark_id>",
    needs=_HEAR,
    query=MarkPurpose,
    answer=None,
    status=204,
    problems=[*_REFUSED, MARK_NOT_OWN],
)
def remove_mark(call: Call) -> None:
    """Take one's own mark back: it is shown no more, and the trail keeps that it was there."""
    recording_marks.take_back(
        call.uow, call.actor, call.path["evidence_id"], call.path["mark_id"], call.query.get("purpose")
    )
