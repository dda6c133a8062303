"""The tables, a module a noun. Importing this package puts them all into one `METADATA`."""

from storage.rows.columns import METADATA
from storage.rows.tables import (
    captures,
    credit,
    evidence,
    evidence_packs,
    flags,
    imports,
    jobs,
    ledger,
    messages,
    people,
    placements,
    places,
    policy,
    requests,
    trail,
    uploads,
    visits,
)

__all__ = [
    "METADATA",
    "captures",
    "credit",
    "evidence",
    "evidence_packs",
    "flags",
    "imports",
    "jobs",
    "ledger",
    "messages",
    "people",
    "placements",
    "places",
    "policy",
    "requests",
    "trail",
    "uploads",
    "visits",
]
