"""Photos and recordings on a page: small pictures, whole ones, and a player that asks what it is heard for (S5, S8).

Owns how bytes come onto a page. Refuses a recording without a purpose to everybody but the visit's own agents.
"""

from __future__ import annotations

import io
from typing import Any

from flask import Response

from admin_ui.desk.recording_marks import marks_on
from admin_ui.page import page
from admin_ui.waveform import drawn
from api_schemas.desk import PurposeForm
from api_schemas.evidence import ContentQuery
from server.domain.access import Permission
from server.domain.evidence import EvidenceKind
from server.domain.evidence_problems import PLAYABLE_NOT_READY
from server.domain.problems import Problem
from server.services import evidence_reading, playable
from server.services.evidence_reading import ByteRange
from server.web.endpoint import Call
from server.web.files import Part, asked_part, file_response

ONE = "/desk/evidence/<uuid:evidence_id>"
_HEAR = [Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN]


@page("GET", f"{ONE}/thumbnail", needs=[Permission.EVIDENCE_READ], template=None, reads_personal=True)
def thumbnail(call: Call) -> Response:
    """The small picture of a photo."""
    item, small = evidence_reading.thumbnail(call.house, call.uow, call.actor, call.path["evidence_id"])
    whole = Part(0, len(small), asked=False)
    stream = io.BytesIO(small)
    return file_response(stream, whole, len(small), "image/jpeg", f"{item.id}.jpg", f"small-{item.sha256}")


@page("GET", f"{ONE}/content", needs=_HEAR, template=None, query=ContentQuery, reads_personal=True)
def content(call: Call) -> Response:
    """The file itself, whole or by ranges."""
    item, purpose = evidence_reading.look(
        call.uow, call.actor, call.path["evidence_id"], call.query.get("purpose")
    )
    part = asked_part(item.size, item.sha256)
    span = ByteRange(part.start, part.stop)
    stream = evidence_reading.open_bytes(call.house, call.uow, item, span, purpose)
    return file_response(stream, part, item.size, item.media_type, item.filename, item.sha256)


@page("GET", f"{ONE}/playable", needs=_HEAR, template=None, query=ContentQuery, reads_personal=True)
def play(call: Call) -> Response:
    """A copy of a recording to hear and to seek in; every part of it that is given stands on the trail (S8)."""
    copy, purpose = playable.copy_to_hear(
        call.house, call.uow, call.actor, call.path["evidence_id"], call.query.get("purpose")
    )
    etag = f"playable-{copy.item.sha256}"
    part = asked_part(copy.size, etag)
    stream = playable.open_copy(call.house, call.uow, copy, ByteRange(part.start, part.stop), purpose)
    return file_response(stream, part, copy.size, copy.media_type, copy.item.id, etag)


@page("POST", f"{ONE}/player", needs=_HEAR, template="player.html", fields=PurposeForm, clauses=("S8",))
def open_player(call: Call) -> dict[str, Any]:
    """The player, once it is said what the recording is heard for."""
    item, purpose = evidence_reading.look(
        call.uow, call.actor, call.path["evidence_id"], call.body["purpose"]
    )
    shape = None
    if call.actor.may(Permission.EVIDENCE_READ):
        shape = _shape(call, item.id)
    marks = marks_on(call, item, purpose) if item.kind is EvidenceKind.RECORDING else {"marks": None}
    return {"item": item, "purpose": purpose, "wave": shape} | marks


def _shape(call: Call, evidence_id: str) -> str | None:
    """The waveform; None while the job that draws it has not been there."""
    try:
        _, peaks = playable.peaks(call.house, call.uow, call.actor, evidence_id)
    except Problem as refused:
        if refused.kind is PLAYABLE_NOT_READY:
            return None
        raise
    return drawn(peaks)
