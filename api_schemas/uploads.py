"""The wire contract of resumable uploads: what their metadata says, and what the list of a visit shows."""

from __future__ import annotations

from marshmallow import fields

from api_schemas.base import Id, Instant, Strict, page_of
from api_schemas.evidence import SHA256, EvidenceParticulars
from server.domain.evidence import EvidenceKind
from server.domain.uploads import UploadState


class UploadMetadata(EvidenceParticulars):
    """The keys of Upload-Metadata. `item` is the phone's own UUID of the file; `sha256` where it is known already."""

    class Meta(EvidenceParticulars.Meta):
        exclude = ("id",)

    item = Id(required=True)
    visit = Id(required=True)
    sha256 = fields.String(validate=SHA256)


class UploadView(Strict):
    """How far an upload is. `moved_at` is when its last byte came, `evidence_id` what it became."""

    id = Id(required=True)
    visit_id = Id(required=True)
    account_id = Id(required=True)
    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    run = fields.Integer(required=True, allow_none=True)
    state = fields.Enum(UploadState, by_value=True, required=True)
    problem_code = fields.String(required=True, allow_none=True)
    offset = fields.Integer(required=True)
    length = fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True)
    moved_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    evidence_id = Id(required=True, allow_none=True)


UploadPage = page_of(UploadView, "UploadPage")
