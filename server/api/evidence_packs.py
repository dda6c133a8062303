"""Routes of evidence packs: proposed, confirmed, taken in two halves, the register (S8, S11, S16, S22)."""

from __future__ import annotations

import io

from flask import Response
from flask_smorest import Blueprint

from api_schemas.base import Reason
from api_schemas.evidence_packs import (
    PackNew,
    PackPage,
    PackPassword,
    PackQuery,
    PackRegisterQuery,
    PackView,
)
from server.domain.access import Permission
from server.domain.evidence_packs import (
    PACK_EMPTY,
    PACK_EXPIRED,
    PACK_HALVES,
    PACK_POST,
    PACK_SECOND_NAME,
    PACK_TOO_LARGE,
    EvidencePack,
)
from server.domain.evidence_problems import BYTES_MISSING
from server.domain.problems import NOT_FOUND, RANGE_NOT_SATISFIABLE, WRONG_STATE
from server.services import evidence_packs
from server.services.evidence_pack_table import COLUMNS, register
from server.services.evidence_packs import PackShown
from server.services.evidence_reading import ByteRange
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint
from server.web.files import asked_part, file_response

blueprint = Blueprint(
    "evidence_packs",
    __name__,
    url_prefix="/api/v1",
    description="Evidence that leaves the house (S11, S16, S22)",
)
_ZIP = "application/zip"
_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HALVES = (PACK_POST, PACK_HALVES, PACK_EXPIRED, WRONG_STATE)


@endpoint(
    blueprint,
    "POST",
    "/evidence-packs",
    needs=[Permission.PACKS_MAKE],
    body=PackNew,
    answer=PackView,
    status=201,
    once=True,
    problems=[NOT_FOUND, PACK_POST, PACK_EMPTY, PACK_TOO_LARGE],
)
def propose_pack(call: Call) -> PackShown:
    """S16: ask for a pack of a visit or of a case, for the police or the client; the other post confirms it."""
    return evidence_packs.shown(call.uow, evidence_packs.propose(call.uow, call.actor, call.body))


@endpoint(
    blueprint, "GET", "/evidence-packs", needs=[Permission.PACKS_READ], query=PackQuery, answer=PackPage
)
def list_packs(call: Call) -> Page[PackShown]:
    """The register within reach, the newest first."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return evidence_packs.page(call.uow, call.actor, request, call.query)


@endpoint(
    blueprint,
    "GET",
    "/evidence-packs/register.csv",
    needs=[Permission.PACKS_READ],
    query=PackRegisterQuery,
    answer=None,
    produces=_CSV,
    reads_personal=True,
)
def export_register_csv(call: Call) -> Response:
    """The register as CSV."""
    language = call.query["language"]
    rows = register(call.uow, call.actor, language)
    return _table(b"".join(call.house.tables.csv_pieces(COLUMNS, rows, language)), _CSV, "csv")


@endpoint(
    blueprint,
    "GET",
    "/evidence-packs/register.xlsx",
    needs=[Permission.PACKS_READ],
    query=PackRegisterQuery,
    answer=None,
    produces=_XLSX,
    reads_personal=True,
)
def export_register_xlsx(call: Call) -> Response:
    """The register as a workbook, to be printed."""
    language, output = call.query["language"], io.BytesIO()
    rows = register(call.uow, call.actor, language)
    call.house.tables.write_xlsx(output, COLUMNS, rows, language)
    return _table(output.getvalue(), _XLSX, "xlsx")


@endpoint(
    blueprint,
    "GET",
    "/evidence-packs/<uuid:pack_id>",
    needs=[Permission.PACKS_READ],
    answer=PackView,
    problems=[NOT_FOUND],
)
def show_pack(call: Call) -> PackShown:
    """One pack: its state, how far it is, whose names it bears."""
    return evidence_packs.shown(call.uow, _pack(call))


@endpoint(
    blueprint,
    "POST",
    "/evidence-packs/<uuid:pack_id>/confirm",
    needs=[Permission.PACKS_MAKE],
    answer=PackView,
    status=202,
    problems=[NOT_FOUND, WRONG_STATE, PACK_POST, PACK_SECOND_NAME],
)
def confirm_pack(call: Call) -> PackShown:
    """S16: the second name, of the other post; then it is packed."""
    return evidence_packs.shown(call.uow, evidence_packs.confirm(call.uow, call.actor, call.path["pack_id"]))


@endpoint(
    blueprint,
    "POST",
    "/evidence-packs/<uuid:pack_id>/decline",
    needs=[Permission.PACKS_MAKE],
    body=Reason,
    answer=PackView,
    problems=[NOT_FOUND, WRONG_STATE, PACK_POST, PACK_SECOND_NAME],
)
def decline_pack(call: Call) -> PackShown:
    """The other post does not confirm it, or who proposed it takes it back."""
    return evidence_packs.shown(
        call.uow, evidence_packs.decline(call.uow, call.actor, call.path["pack_id"], call.body["reason"])
    )


@endpoint(
    blueprint,
    "GET",
    "/evidence-packs/<uuid:pack_id>/content",
    needs=[Permission.PACKS_MAKE],
    answer=None,
    produces=_ZIP,
    also=[206],
    reads_personal=True,
    problems=[NOT_FOUND, BYTES_MISSING, RANGE_NOT_SATISFIABLE, *_HALVES],
)
def download_pack(call: Call) -> Response:
    """The encrypted file, whole or by ranges; whoever takes it is not shown its password."""
    pack = evidence_packs.file_of(call.uow, call.actor, call.path["pack_id"])
    size, digest = pack.size or 0, pack.sha256 or ""
    part = asked_part(size, digest)
    stream = evidence_packs.open_file(
        call.house, call.uow, call.actor, pack, ByteRange(part.start, part.stop)
    )
    return file_response(stream, part, size, _ZIP, f"evidence-{pack.id}.zip", digest)


@endpoint(
    blueprint,
    "POST",
    "/evidence-packs/<uuid:pack_id>/password",
    needs=[Permission.PACKS_MAKE],
    answer=PackPassword,
    problems=[NOT_FOUND, *_HALVES],
)
def reveal_password(call: Call) -> dict[str, object]:
    """S11: the password, for another person than the file's, to be passed on by another channel; logged."""
    pack = evidence_packs.reveal(call.uow, call.actor, call.path["pack_id"])
    call.headers["Cache-Control"] = "no-store"
    return {
        "id": pack.id,
        "password": pack.password,
        "sha256": pack.sha256,
        "expires_at": pack.expires_at,
    }


def _pack(call: Call) -> EvidencePack:
    return evidence_packs.pack_within(call.uow, call.actor, call.path["pack_id"], Permission.PACKS_READ)


def _table(body: bytes, media_type: str, suffix: str) -> Response:
    charset = "; charset=utf-8" if suffix == "csv" else ""
    response = Response(body, content_type=f"{media_type}{charset}")
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-packs.{suffix}"'
    return response
