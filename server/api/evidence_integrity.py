"""The route of evidence integrity (S6, S22)."""

from __future__ import annotations

from flask_smorest import Blueprint

from api_schemas.evidence_integrity import DifferencePage, DifferenceQuery
from server.domain.access import Permission
from server.domain.integrity import EvidenceDifference
from server.services import evidence_integrity
from server.services.ports.paging import Page, PageRequest
from server.web.endpoint import Call, endpoint

blueprint = Blueprint(
    "evidence_integrity", __name__, url_prefix="/api/v1", description="Integrity of evidence (S6, S22)"
)


@endpoint(
    blueprint,
    "GET",
    "/evidence-integrity",
    needs=[Permission.EVIDENCE_INTEGRITY],
    query=DifferenceQuery,
    answer=DifferencePage,
    reads_personal=True,
)
def list_differences(call: Call) -> Page[EvidenceDifference]:
    """Where stored evidence differs from its record, newest first: missing, damaged, of another size or digest, without
    key or row."""
    request = PageRequest(call.query["limit"], call.query.get("after"))
    return evidence_integrity.page(call.uow, request, is_open=call.query["open"])
