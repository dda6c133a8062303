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
    CoverageView,
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
    COUNTERSIGNED_BY_IMPORTER,
    DIGEST_DIFFERS,
    EVIDENCE_NOT_OF_TEAM,
    MEDIA_REFUSALS,
    PURPOSE_NEEDED,
    THUMBNAIL_NOT_READY,
)
from server.domain.problems import BODY_CUT, ID_REUSED, NOT_FOUND, RANGE_NOT_SATISFIABLE, WRONG_STATE
from server.domain.recordings import Coverage
from server.domain.visits import Visit
from server.services import evidence, evidence_desk, evidence_reading
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
    "/visits/<uuid:visit_id>/evidence/coverage",
    needs=[Permission.EVIDENCE_READ],
    answer=CoverageView,
    problems=[NOT_FOUND],
)
def show_coverage(call: Call) -> Coverage:
    """V2: how much of the time from check-in to check-out was recorded, and what is missing."""
    return evidence_reading.recorded(call.uow, call.actor, call.path["visit_id"])


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
    problems=[NOT_FOUND, PURPOSE_NEEDED, RANGE_NOT_SATISFIABLE, BYTES_MISSING],
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
    problems=[NOT_FOUND, THUMBNAIL_NOT_READY, BYTES_MISSING],
)
def read_thumbnail(call: Call) -> Response:
    """A small JPEG of a photo, without what the camera wrote beside it; made shortly after the photo was kept."""
    item, small = evidence_reading.thumbnail(call.house, call.uow, call.actor, call.path["evidence_id"])
    whole = Part(0, len(small), asked=False)
    return file_response(
        io.BytesIO(small), whole, len(small), "image/jpeg", f"{item.id}.jpg", f"small-{item.sha256}"
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
