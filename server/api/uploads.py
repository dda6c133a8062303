"""Routes of resumable uploads: tus 1.0 (core, creation, creation-with-upload, creation-defer-length, checksum).

No termination and no expiry: what holds a byte is evidence.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import ValidationError

from api_schemas.base import PageQuery
from api_schemas.evidence import EvidenceReceipt
from api_schemas.uploads import UploadMetadata, UploadPage
from server.domain.access import Permission
from server.domain.evidence import Capture, EvidenceItem
from server.domain.evidence_problems import DIGEST_DIFFERS, EVIDENCE_NOT_OF_TEAM, MEDIA_REFUSALS
from server.domain.problems import ID_REUSED, NOT_FOUND, UNSUPPORTED_TYPE, Problem, problem
from server.domain.upload_problems import (
    UPLOAD_CHECKSUM_DIFFERS,
    UPLOAD_CLOSED,
    UPLOAD_DAMAGED,
    UPLOAD_DAY_FULL,
    UPLOAD_FILE_TOO_LARGE,
    UPLOAD_LOCKED,
    UPLOAD_OFFSET_DIFFERS,
    UPLOADS_BUSY,
)
from server.domain.uploads import SILENCE_SECONDS, Upload, UploadState
from server.services import evidence_reading, upload_finishing, uploads
from server.services.holders import this_process
from server.services.house import House
from server.services.ports.paging import Page, PageRequest
from server.services.upload_bodies import Checksum
from server.services.upload_receivers import ReceiverPool
from server.services.upload_receiving import receive
from server.services.uploads import Announced, Lease
from server.web import neighbours, tus
from server.web.bodies import body_reader
from server.web.endpoint import Call, endpoint, open_options
from server.web.problems import from_validation
from server.web.tus import OFFSET_TYPE, TusCall, tus_endpoint

blueprint = Blueprint(
    "uploads", __name__, url_prefix="/api/v1", description="Resumable uploads by tus 1.0 (V2, S10, S13)"
)

_METADATA = UploadMetadata()
_WHOLE = (DIGEST_DIFFERS, UPLOAD_DAMAGED, *MEDIA_REFUSALS.values())
_BODY = (
    UPLOAD_CHECKSUM_DIFFERS, UPLOAD_FILE_TOO_LARGE, UPLOAD_DAY_FULL, UPLOAD_LOCKED, UNSUPPORTED_TYPE, ID_REUSED,
    UPLOADS_BUSY, *_WHOLE,
)  # fmt: skip


@open_options(blueprint, "/uploads")
def options() -> Response:
    """What this server can do of tus 1.0; no login is needed."""
    return tus.options()


@open_options(blueprint, "/uploads/<uuid:upload_id>")
def options_of_upload(upload_id: object) -> Response:
    """The same of one upload."""
    return tus.options()


@tus_endpoint(
    blueprint,
    "POST",
    "/uploads",
    needs=[Permission.EVIDENCE_UPLOAD],
    status=201,
    headers={
        "Upload-Length": "one of the two",
        "Upload-Defer-Length": "one of the two",
        "Upload-Metadata": "required",
        "Upload-Checksum": "optional",
    },
    takes=True,
    problems=[*_BODY, NOT_FOUND, EVIDENCE_NOT_OF_TEAM],
)
def create_upload(call: TusCall) -> Response:
    """Begin an upload, with its first bytes where the body has some.

    Upload-Metadata: `item` (the phone's UUID: a repeated creation is answered with the first), `visit`, `kind`,
    `filename`, and where they are known `run`, `filetype`, `sha256`, `captured_at`, `latitude`, `longitude`,
    `accuracy_m`. A length that is not known yet is deferred (Upload-Defer-Length: 1).
    """
    told = _announced(tus.length_or_deferred())
    with_bytes = request.mimetype == OFFSET_TYPE
    if not with_bytes and tus.body_length():
        raise _not_bytes()
    announced = tus.body_length() if with_bytes else 0
    checksum = tus.checksum() if with_bytes else None
    takes = with_bytes or told.length == 0
    lease, repeated = uploads.create(call.house, call.actor, told, takes, announced)
    upload, item = lease.upload, None
    if lease.token:
        upload, item = _receive(call.house, lease, announced, checksum)
    response = Response(status=201)
    response.headers["Location"] = f"{tus.PREFIX}/{upload.id}"
    if repeated:
        response.headers["X-Repeated"] = "true"
    return _moved(response, call.house, upload, item)


@tus_endpoint(
    blueprint,
    "HEAD",
    "/uploads/<uuid:upload_id>",
    needs=[Permission.EVIDENCE_UPLOAD],
    status=200,
    problems=[UPLOAD_CLOSED, *_WHOLE],
)
def show_upload(call: TusCall) -> Response:
    """How many bytes are there. A request that went silent is ended, and what it brought is counted."""
    with call.house.units.read() as uow:
        upload = uploads.own(uow, call.actor, call.path["upload_id"])
    if upload.state is UploadState.OPEN:
        _end_silent(call, upload, patience=2 * SILENCE_SECONDS)
        with call.house.units.read() as uow:
            upload = uow.uploads.need(upload.id)
        upload = upload_finishing.look(call.house, upload)
    if upload.state in (UploadState.CLOSED, UploadState.REFUSED):
        raise problem(UPLOAD_CLOSED, id=upload.id, state=upload.state, code=upload.problem_code or "-")
    response = _moved(Response(status=200), call.house, upload, None)
    if upload.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(upload.length)
    if upload.metadata:
        response.headers["Upload-Metadata"] = upload.metadata
    response.headers["Cache-Control"] = "no-store"
    return response


@tus_endpoint(
    blueprint,
    "PATCH",
    "/uploads/<uuid:upload_id>",
    needs=[Permission.EVIDENCE_UPLOAD],
    status=204,
    headers={"Upload-Offset": "required", "Upload-Length": "optional", "Upload-Checksum": "optional"},
    takes=True,
    problems=[*_BODY, UPLOAD_OFFSET_DIFFERS, UPLOAD_CLOSED],
)
def append_to_upload(call: TusCall) -> Response:
    """Add bytes at the offset. The answer to the last of them carries the receipt (Fieldvisit-Sha256, S10).

    Each piece of 16 MiB or 30 seconds is durable by itself, so that a broken line costs no more than one; an answer
    with an offset below what was sent says that the rest is to be sent again.
    """
    if request.mimetype != OFFSET_TYPE:
        raise problem(
            UNSUPPORTED_TYPE, "Content-Type", type=request.content_type or "-", expected=OFFSET_TYPE
        )
    offset, length, checksum = tus.needed("Upload-Offset"), tus.number("Upload-Length"), tus.checksum()
    announced = tus.body_length()
    upload_id = call.path["upload_id"]
    _pool().take_over(call.house, upload_id, call.actor.account_id)
    lease = _begun(call, upload_id, offset, length, announced)
    upload, item = lease.upload, None
    if upload.state is UploadState.OPEN:
        upload, item = _receive(call.house, lease, announced, checksum)
    return _moved(Response(status=204), call.house, upload, item)


@endpoint(
    blueprint,
    "GET",
    "/visits/<uuid:visit_id>/uploads",
    needs=[Permission.EVIDENCE_READ, Permission.EVIDENCE_UPLOAD],
    query=PageQuery,
    answer=UploadPage,
    reads_personal=True,
    problems=[NOT_FOUND],
)
def list_uploads(call: Call) -> Page[Upload]:
    """What of a visit is on its way: how far, how old, and what has come of it."""
    request_ = PageRequest(call.query["limit"], call.query.get("after"))
    return uploads.list_of_visit(call.uow, call.actor, call.path["visit_id"], request_)


@endpoint(
    blueprint,
    "GET",
    "/evidence/<uuid:evidence_id>/receipt",
    needs=[Permission.EVIDENCE_UPLOAD],
    answer=EvidenceReceipt,
    problems=[NOT_FOUND],
)
def show_receipt(call: Call) -> EvidenceItem:
    """S10: the receipt again, for a phone that lost the first one: the digest of the whole file as it was stored."""
    item, _ = evidence_reading.evidence_within(
        call.uow, call.actor, call.path["evidence_id"], Permission.EVIDENCE_UPLOAD
    )
    return item


def _begun(call: TusCall, upload_id: str, offset: int, length: int | None, announced: int | None) -> Lease:
    """The right to add, from a silent request of another process of this machine too."""
    try:
        return uploads.begin(call.house, call.actor, upload_id, offset, length, announced)
    except Problem as refused:
        if refused.kind is not UPLOAD_LOCKED:
            raise
        with call.house.units.read() as uow:
            upload = uploads.own(uow, call.actor, upload_id)
        if not _end_silent(call, upload, patience=0.0):
            raise
    return uploads.begin(call.house, call.actor, upload_id, offset, length, announced)


def _end_silent(call: TusCall, upload: Upload, patience: float) -> bool:
    """Keep what a silent request of the upload has received, in whichever process it is; whether another was asked."""
    if upload.lease_holder in (None, this_process()):
        _pool().take_over(call.house, upload.id, call.actor.account_id, patience)
        return False
    return neighbours.ask(upload.lease_holder, upload.id, call.actor.account_id, patience)


def _announced(length: int | None) -> Announced:
    try:
        told: dict[str, Any] = dict(_METADATA.load(dict(tus.metadata())))
    except ValidationError as error:
        raise from_validation(error, "Upload-Metadata") from error
    said = Capture(
        told.get("captured_at"), told.get("latitude"), told.get("longitude"), told.get("accuracy_m")
    )
    return Announced(
        id=told["item"],
        visit_id=told["visit"],
        kind=told["kind"],
        filename=told["filename"],
        sha256=told.get("sha256"),
        declared_type=told.get("filetype"),
        said=said,
        run=told.get("run"),
        metadata=request.headers["Upload-Metadata"],
        length=length,
    )


def _not_bytes() -> Problem:
    return problem(UNSUPPORTED_TYPE, "Content-Type", type=request.content_type or "-", expected=OFFSET_TYPE)


def _receive(
    house: House, lease: Lease, announced: int | None, checksum: Checksum | None
) -> tuple[Upload, EvidenceItem | None]:
    """Take the body in, if there is a place; the lease is given back in any case, before the answer goes out."""
    pool = _pool()
    if not pool.enter(announced):
        uploads.release(house, lease)
        raise problem(UPLOADS_BUSY)
    try:
        return receive(house, pool, lease, body_reader(), announced, checksum)
    finally:
        pool.leave(announced)


def _moved(response: Response, house: House, upload: Upload, item: EvidenceItem | None) -> Response:
    """Where the upload stands, and the receipt once it is evidence."""
    response.headers["Upload-Offset"] = str(upload.offset)
    if upload.state is UploadState.KEPT and upload.evidence_id is not None:
        if item is None:
            with house.units.read() as uow:
                item = uow.evidence_items.need(upload.evidence_id)
        response.headers["Fieldvisit-Sha256"] = item.sha256
        response.headers["Fieldvisit-Receipt"] = f"/api/v1/evidence/{item.id}/receipt"
    return response


def _pool() -> ReceiverPool:
    pool: ReceiverPool = current_app.extensions["fieldvisit.receivers"]
    return pool
