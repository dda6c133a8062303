"""What of the capture chain a person is led to: its findings as flags, and phones that signed nothing (V2, V8).

Owns how much each finding weighs, and when it is one to act on. It refuses to flag what may still be made good: until
V2's hours are over, the rest of a chain and the files on it may be on their way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from server.domain.capture_chain import ChainFinding
from server.domain.evidence import COUNTED_KINDS, EvidenceItem, EvidenceSource
from server.domain.evidence_flags import FlagCode, Raised
from server.domain.visits import Visit

# Nearer to 1 the less an honest phone can come by it: a digest that differs by no accident, a file unlisted by some.
SCORES: Mapping[FlagCode, float] = {
    FlagCode.MANIFEST_UNREADABLE: 0.7,
    FlagCode.UNKNOWN_KEY: 0.6,
    FlagCode.REVOKED_KEY: 0.8,
    FlagCode.KEY_OF_ANOTHER: 0.8,
    FlagCode.BAD_SIGNATURE: 0.95,
    FlagCode.WRONG_VISIT: 0.9,
    FlagCode.WRONG_NONCE: 0.9,
    FlagCode.SEQ_MISSING: 0.8,
    FlagCode.REPEATED_SEQ: 0.9,
    FlagCode.OUT_OF_ORDER: 0.6,
    FlagCode.BROKEN_LINK: 0.95,
    FlagCode.CLOCK_BACKWARDS: 0.8,
    FlagCode.CLOCK_JUMPED: 0.8,
    FlagCode.CLOCK_AHEAD: 0.8,
    FlagCode.ITEM_MISSING: 0.7,
    FlagCode.ITEM_NOT_LISTED: 0.7,
    FlagCode.ITEM_ELSEWHERE: 0.9,
    FlagCode.KIND_DIFFERS: 0.8,
    FlagCode.DIGEST_DIFFERS: 1.0,
    FlagCode.SEGMENT_GAP: 0.7,
    FlagCode.SEGMENT_OVERLAP: 0.7,
    FlagCode.SEGMENT_CUT: 0.6,
    FlagCode.MANIFEST_MISSING: 0.5,
}
# Of a phone without a key: a note on the visit and no flag, for nobody did anything. zh-CN, English.
NOT_ENROLLED = (
    "手机未登记签名密钥，所传文件没有手机签名的清单可核对",
    "The phone had no key enrolled: nothing that it signed vouches for its files",
)
# A later manifest, the rest of a file or an enrolment makes these good.
MAY_BE_MADE_GOOD = frozenset(
    {
        FlagCode.UNKNOWN_KEY,
        FlagCode.SEQ_MISSING,
        FlagCode.ITEM_MISSING,
        FlagCode.ITEM_NOT_LISTED,
        FlagCode.SEGMENT_GAP,
        FlagCode.SEGMENT_CUT,
    }
)


def chain_flags(
    visit: Visit,
    findings: Iterable[ChainFinding],
    items: Mapping[str, EvidenceItem],
    *,
    overdue: bool,
) -> list[Raised]:
    """One flag for each code and file, or manifest where a finding is of no file that is here; the first is shown.

    `items` are the files of the visit and those of others that its manifests name.
    """
    counted: Counter[tuple[str, str | None]] = Counter()
    first: dict[tuple[str, str | None], ChainFinding] = {}
    for finding in findings:
        about = finding.code, finding.item_id or finding.manifest_id
        counted[about] += 1
        first.setdefault(about, finding)
    return [
        _raised(visit, finding, items, counted[about])
        for about, finding in first.items()
        if overdue or FlagCode(finding.code) not in MAY_BE_MADE_GOOD
    ]


def _raised(visit: Visit, finding: ChainFinding, items: Mapping[str, EvidenceItem], count: int) -> Raised:
    code = FlagCode(finding.code)
    item = None if finding.item_id is None else items.get(finding.item_id)
    own = item is not None and item.visit_id == visit.id
    shown = {
        **finding.params,
        "item": finding.item_id,
        "at": finding.seq,
        "manifest_id": finding.manifest_id,
        "count": count,
    }
    return Raised(
        code,
        SCORES[code],
        item_id=finding.item_id if own else None,
        other_item_id=None if own else finding.item_id or finding.manifest_id,
        other_visit_id=None if own or item is None else item.visit_id,
        evidence=shown,
    )


def unsigned_flags(
    visit: Visit,
    items: Sequence[EvidenceItem],
    signers: Collection[str],
    enrolled: Collection[str],
    *,
    overdue: bool,
) -> list[Raised]:
    """Whoever sent photos or recordings of the visit from a phone and no manifest within V2's hours, one flag each.

    Of `enrolled` alone, whose phone could have signed; of the others the visit says that theirs could not.
    """
    return [
        Raised(
            FlagCode.MANIFEST_MISSING,
            SCORES[FlagCode.MANIFEST_MISSING],
            other_item_id=account_id,
            evidence={"files": files},
        )
        for account_id, files in sorted(unsigned(visit, items, signers).items())
        if overdue and account_id in enrolled
    ]


def unsigned(visit: Visit, items: Iterable[EvidenceItem], signers: Collection[str]) -> dict[str, int]:
    """Who sent photos or recordings of the visit from a phone and no manifest, and how many files.

    What came in at the desk was made on a phone that could not send (V3): it is not suspected of it.
    """
    sent = Counter(
        item.account_id
        for item in items
        if item.visit_id == visit.id and item.source is EvidenceSource.PHONE and item.kind in COUNTED_KINDS
    )
    return {account_id: files for account_id, files in sent.items() if account_id not in signers}
