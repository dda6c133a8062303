"""Written attachments: PDF and nothing else.

It owns the check that a document begins and ends as one and was declared as one. It refuses to read what it says: it is
handed out as a download alone, never shown in the product's own pages.
"""

from server.services.ports.media import MediaRefusal, MediaRefused, MediaSource
from storage.media.places import opened_places, truncated

PDF = "application/pdf"
_DECLARED = {"", "application/octet-stream", "binary/octet-stream", PDF, "application/x-pdf"}
_TAIL = 1024


def read_document(source: MediaSource, declared_type: str | None = None) -> str:
    """The media type. Raises MediaRefused."""
    with opened_places(source) as places:
        if places.size == 0:
            raise MediaRefused(MediaRefusal.EMPTY, "the file has no bytes")
        if not places.upto(0, 8).startswith(b"%PDF-"):
            raise MediaRefused(MediaRefusal.TYPE_NOT_ACCEPTED, "neither a photo, a recording nor a PDF")
        if (declared_type or "").partition(";")[0].strip().lower() not in _DECLARED:
            raise MediaRefused(MediaRefusal.MISLABELLED, f"the bytes are {PDF} and were declared otherwise")
        if b"%%EOF" not in places.upto(max(0, places.size - _TAIL), _TAIL):
            raise truncated("the end mark is missing")
    return PDF
