"""The manifests of phones within a pack: each to the letter, with signature, key and nonce beside it (V2, V8, S16).

Owns what is told of a manifest, and what was known of it on the day of packing: a pack that hid a finding would look
altered to whoever checks it. Refuses to mend a text: what cannot be read lies there as it came.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from server.domain.capture_chain import ChainFinding, Sent
from server.domain.evidence_packs import chain_path
from server.services.evidence_pack_facts import PackedVisit, PackFacts
from server.services.ports.packs import PackArchive, Packed
from server.services.ports.signatures import SignatureCheck


def add_chains(
    signatures: SignatureCheck, archive: PackArchive, facts: PackFacts
) -> tuple[list[Packed], list[dict[str, Any]]]:
    """The files that were added, and the lines of the pack's manifest that tell of them."""
    files: list[Packed] = []
    lines: list[dict[str, Any]] = []
    for packed in facts.visits:
        for sent in sorted(packed.chain.sent, key=lambda one: (one.manifest.received_at, one.manifest.id)):
            added = {suffix: _add(archive, path, held) for suffix, path, held in _files(signatures, sent)}
            files += added.values()
            lines.append(_line(packed, sent, added))
    return files, lines


def _files(signatures: SignatureCheck, sent: Sent) -> Iterator[tuple[str, str, bytes]]:
    """The text, and where they are of the form: its signature and its key, as stock tools read them."""
    manifest, key = sent.manifest, sent.key
    held = {
        "json": manifest.signed.encode(),
        "der": signatures.signature_as_der(manifest.signature),
        "pem": None if key is None else signatures.key_as_pem(key.x, key.y),
    }
    for suffix, content in held.items():
        if content is not None:
            yield suffix, chain_path(manifest.visit_id, manifest.id, suffix), content


def _add(archive: PackArchive, path: str, content: bytes) -> Packed:
    return archive.add(path, io.BytesIO(content), len(content))


def _line(packed: PackedVisit, sent: Sent, added: dict[str, Packed]) -> dict[str, Any]:
    manifest, key = sent.manifest, sent.key
    return {
        "id": manifest.id,
        "visit_id": manifest.visit_id,
        "account_id": manifest.account_id,
        "received_at": manifest.received_at.isoformat(),
        "path": added["json"].path,
        "signature": manifest.signature,
        "signature_path": added["der"].path if "der" in added else None,
        "key_id": manifest.key_id,
        "key": None
        if key is None
        else {
            "x": key.x,
            "y": key.y,
            "device_id": key.device_id,
            "account_id": key.account_id,
            "enrolled_at": key.enrolled_at.isoformat(),
            "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
        },
        "key_path": added["pem"].path if "pem" in added else None,
        "nonce": packed.visit.capture_nonce,
        "findings": [_finding(one) for one in packed.chain.findings if one.manifest_id == manifest.id],
    }


def _finding(finding: ChainFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "item_id": finding.item_id,
        "seq": finding.seq,
        "zh": finding.zh(),
        "en": finding.en(),
    }
