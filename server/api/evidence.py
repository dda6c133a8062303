"""Routes of evidence: whole files up, receipts, lists, bytes in ranges, the desk import."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from api_schemas.base import PageQuery
from api_schemas.evidence import (
    ContentQuery,
    CountersignPage,
    CountersignView,
    DeskParticulars,
    DeskVisitPage,
    DeskVisitQuery,
    EvidencePage,
    EvidenceParticulars,
    EvidenceReceipt,
    LackingVisitPage,
)
from server.domain.access import Actor, Permission
from server.domain.evidence import LARGEST, EvidenceItem, said_at
from server.domain.evidence_problems import (
    BRINGER_NOT_OF_TEAM,
    BYTES_MISSING,
    BYTES_UNREADABLE,
    COUNTERSIGNED_BY_IMPORTER,
    DIGEST_DIFFERS,
    EVIDENCE_NOT_OF_TEAM,
    MEDIA_REFUSALS,
    PLAYABLE_NOT_READY,
    PURPOSE_NEEDED,
    SCREEN_NOT_READY,
    THUMBNAIL_NOT_READY,
)
from server.domain.problems import BODY_CUT, ID_REUSED, NOT_FOUND, RANGE_NOT_SATISFIABLE, WRONG_STATE
from server.domain.visits import Visit
from server.services import evidence, evidence_desk, evidence_reading, playable
from server.services.evidence import Particulars, StoredFile
from server.services.evidence_desk import DeskVisit
from server.services.evidence_reading import ByteRange
from server.services.house import House
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint, query_of
from server.web.files import Part, asked_part, file_response
from server.web.receiving import received_body

blueprint = Blueprint(
    "evidence", __name__, url_prefix="/api/v1", description="Photos and recordings (V2, V3, X3, S8, S10, S16)"
)

_FILE = "application/octet-stream"
_REFUSED = (BODY_CUT, DIGEST_DIFFERS, ID_REUSED, NOT_FOUND, *MEDIA_REFUSALS.values())
_PHONE, _DESK = EvidenceParticulars(), DeskParticulars()


def _told(visit_id: str, query: dict[str, Any]) -> Particulars:
    said = said_at(
        query.get("captured_at"),
        query.get("latitude"),
        query.get("longitude"),
        query.get("accuracy_m"),
        query["datum"],
    )
    return Particulars(
        id=query["id"],
        visit_id=visit_id,
        kind=query["kind"],
        filename=query["filename"],
        sha256=query["sha256"],
        declared_type=query.get("filetype") or request.mimetype,
        said=said,
        run=query.get("run"),
        brought_by=query.get("brought_by"),
        bring_reason=query.get("reason"),
    )


def _receiver(schema: EvidenceParticulars) -> Callable[[House, Actor], StoredFile | None]:
    """Takes the body in before the transaction; None when this file was kept before and need not be read again."""

    def receive(house: House, actor: Actor) -> StoredFile | None:
        told = _told(str((request.view_args or {})["visit_id"]), query_of(schema))
        with house.units.read(actor.account_id) as uow:
            if evidence.awaited(uow, actor, told) is not None:
                return None
        with received_body(house.receiving, LARGEST[told.kind]) as file:
            return evidence.take_in(house, file, told)

    return receive


def _keep(call: Call) -> EvidenceItem:
    told = _told(call.path["visit_id"], call.query)
    first = None if call.received is not None else evidence.awaited(call.uow, call.actor, told)
    if first is None:
        kept = evidence.keep(call.house, call.uow, call.actor, told, call.received)
        first, repeated = kept.item, kept.repeated
    else:
        repeated = True
    if repeated:
        call.headers["X-Repeated"] = "true"
    return first


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/evidence",
    needs=[Permission.EVIDENCE_UPLOAD],
    query=EvidenceParticulars,
    answer=EvidenceReceipt,
    status=201,
    receive=_receiver(_PHONE),
    takes=_FILE,
    problems=[*_REFUSED, EVIDENCE_NOT_OF_TEAM],
)
def keep_evidence(call: Call) -> EvidenceItem:
    """Send a photo, a recording or an attachment of an own visit: the body is the file itself.

    The receipt names the digest of the whole file as it was stored; only then may a phone erase its copy (S10).
    A repeat under the same id is answered with the first receipt, without the body being read.
    """
    return _keep(call)


@endpoint(
    blueprint,
    "POST",
    "/visits/<uuid:visit_id>/evidence/desk",
    needs=[Permission.EVIDENCE_IMPORT],
    query=DeskParticulars,
    answer=EvidenceReceipt,
    status=201,
    receive=_receiver(_DESK),
    takes=_FILE,
    problems=[*_REFUSED, BRINGER_NOT_OF_TEAM],
)
def import_evidence(call: Call) -> EvidenceItem:
    """V3: take in at the desk what an agent without a phone brings; IT countersigns it (S16)."""
    return _keep(call)


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/evidence",
    needs=[Permission.EVIDENCE_READ],
    query=PageQuery,
    answer=EvidencePage,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def list_evidence(call: Call) -> Page[EvidenceItem]:
    """What was kept of a visit, by id."""
    return evidence_reading.list_of_visit(call.uow, call.actor, call.path["visit_id"], _page(call))


@endpoint(
    blueprint,
    "GET",
    "/evidence/late",
    needs=[Permission.EVIDENCE_READ],
    query=PageQuery,
    answer=EvidencePage,
    reads_personal=True,
)
def list_late_evidence(call: Call) -> Page[EvidenceItem]:
    """V2: what came later than the policy's hours after check-out, newest first."""
    return evidence_reading.late(call.uow, call.actor, _page(call))


@endpoint(
    blueprint,
    "GET",
    "/evidence/lacking",
    needs=[Permission.EVIDENCE_READ],
    query=PageQuery,
    answer=LackingVisitPage,
)
def list_visits_lacking_evidence(call: Call) -> Page[Visit]:
    """V2: visits past the policy's hours that still lack a photo or a recording, newest first."""
    return evidence_reading.lacking(call.uow, call.actor, _page(call))


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/content",
    needs=[Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN],
    query=ContentQuery,
    answer=None,
    produces="*/*",
    also=[206],
    reads_personal=True,
    problems=[NOT_FOUND, PURPOSE_NEEDED, RANGE_NOT_SATISFIABLE, BYTES_MISSING, BYTES_UNREADABLE],
)
def read_evidence(call: Call) -> Response:
    """The file, whole or by ranges. Recordings ask for the purpose, but of the visit's own agents (S8)."""
    item, purpose = evidence_reading.look(
        call.uow, call.actor, call.path["evidence_id"], call.query.get("purpose")
    )
    part = asked_part(item.size, item.sha256)
    stream = evidence_reading.open_bytes(
        call.house, call.uow, item, ByteRange(part.start, part.stop), purpose
    )
    return file_response(stream, part, item.size, item.media_type, item.filename, item.sha256)


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/thumbnail",
    needs=[Permission.EVIDENCE_READ],
    answer=None,
    produces="image/jpeg",
    reads_personal=True,
    problems=[NOT_FOUND, THUMBNAIL_NOT_READY, BYTES_MISSING, BYTES_UNREADABLE],
)
def read_thumbnail(call: Call) -> Response:
    """A small JPEG of a photo, without what the camera wrote beside it; made shortly after the photo was kept."""
    item, small = evidence_reading.thumbnail(call.house, call.uow, call.actor, call.path["evidence_id"])
    return _jpeg(item, small, "small")


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/screen",
    needs=[Permission.EVIDENCE_READ],
    answer=None,
    produces="image/jpeg",
    reads_personal=True,
    problems=[NOT_FOUND, SCREEN_NOT_READY, BYTES_MISSING, BYTES_UNREADABLE],
)
def read_screen(call: Call) -> Response:
    """A JPEG of a photo of at most 1280 pixels, without what the camera wrote beside it; made with the thumbnail."""
    item, picture = evidence_reading.screen(call.house, call.uow, call.actor, call.path["evidence_id"])
    return _jpeg(item, picture, "screen")


def _jpeg(item: EvidenceItem, content: bytes, copy: str) -> Response:
    whole = Part(0, len(content), asked=False)
    tag = f"{copy}-{item.sha256}"
    return file_response(io.BytesIO(content), whole, len(content), "image/jpeg", f"{item.id}.jpg", tag)


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/playable",
    needs=[Permission.EVIDENCE_READ, Permission.EVIDENCE_LISTEN],
    query=ContentQuery,
    answer=None,
    produces=["audio/webm", "audio/mp4"],
    also=[206],
    reads_personal=True,
    problems=[
        NOT_FOUND,
        PURPOSE_NEEDED,
        RANGE_NOT_SATISFIABLE,
        BYTES_MISSING,
        BYTES_UNREADABLE,
        PLAYABLE_NOT_READY,
    ],
)
def play_evidence(call: Call) -> Response:
    """A copy of a recording that browsers play and seek in, whole or by ranges; logged as the original is (S8).

    It is made shortly after the recording was kept, and proves nothing: the evidence is the original.
    """
    copy, purpose = playable.copy_to_hear(
        call.house, call.uow, call.actor, call.path["evidence_id"], call.query.get("purpose")
    )
    etag = f"playable-{copy.item.sha256}"
    part = asked_part(copy.size, etag)
    stream = playable.open_copy(call.house, call.uow, copy, ByteRange(part.start, part.stop), purpose)
    name = f"{copy.item.id}.{'webm' if copy.media_type == 'audio/webm' else 'm4a'}"
    return file_response(stream, part, copy.size, copy.media_type, name, etag)


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/peaks",
    needs=[Permission.EVIDENCE_READ],
    answer=None,
    produces=_FILE,
    reads_personal=True,
    problems=[NOT_FOUND, PLAYABLE_NOT_READY, BYTES_MISSING, BYTES_UNREADABLE],
)
def read_peaks(call: Call) -> Response:
    """The waveform of a recording: for each tenth of a second the least and the greatest sample, as signed bytes."""
    item, drawn = playable.peaks(call.house, call.uow, call.actor, call.path["evidence_id"])
    whole = Part(0, len(drawn), asked=False)
    return file_response(
        io.BytesIO(drawn), whole, len(drawn), _FILE, f"{item.id}.peaks", f"peaks-{item.sha256}"
    )


@endpoint(
    blueprint,
    "GET",
    "/desk-import/visits",
    needs=[Permission.EVIDENCE_IMPORT],
    query=DeskVisitQuery,
    answer=DeskVisitPage,
)
def list_desk_visits(call: Call) -> Page[DeskVisit]:
    """V3: the visits of a day for which files may be brought in: number, team, time, no case data."""
    return evidence_desk.desk_visits(call.uow, call.actor, _page(call), call.query.get("day"))


@endpoint(
    blueprint,
    "GET",
    "/desk-import/uncountersigned",
    needs=[Permission.EVIDENCE_COUNTERSIGN],
    query=PageQuery,
    answer=CountersignPage,
    reads_personal=True,
)
def list_uncountersigned(call: Call) -> Page[EvidenceItem]:
    """S16: what the desk took in and IT has not countersigned."""
    return evidence_desk.uncountersigned(call.uow, call.actor, _page(call))


@endpoint(
    blueprint,
    "POST",
    "/desk-import/<uuid:evidence_id>/countersign",
    needs=[Permission.EVIDENCE_COUNTERSIGN],
    answer=CountersignView,
    problems=[NOT_FOUND, WRONG_STATE, COUNTERSIGNED_BY_IMPORTER],
)
def countersign(call: Call) -> EvidenceItem:
    """S16: IT's name beside the dispatcher's on a file that was brought to the desk."""
    return evidence_desk.countersign(call.uow, call.actor, call.path["evidence_id"])


def _page(call: Call) -> PageRequest:
    return PageRequest(call.query["limit"], call.query.get("after"))
