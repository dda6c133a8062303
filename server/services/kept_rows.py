"""Rows of evidence against the trail: altered, removed, added (S6, S10, S22).

Owns the two walks: along the trail, to each row that it says was kept; and along the rows, to those it says nothing of.
It refuses to mend a row: which of the two is right a person decides, with a backup beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from server.domain.audit import AuditLine
from server.domain.capture_manifests import CaptureManifest, ListedCapture, RecordingGap
from server.domain.integrity import Difference, EvidenceDifference, Found
from server.domain.kept_rows import KEPT, KeptTable, differing, listed_differing
from server.services import evidence_integrity as integrity
from server.services.ports.rows import EntityRows
from server.services.ports.unit_of_work import UnitOfWork

ROWS_JOB = "evidence.rows"
_MOST_NAMED = 10  # of captures of a file; where a manifest's are altered by the hundred, more say no more
_Listed = TypeVar("_Listed", ListedCapture, RecordingGap)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a piece of a walk saw: names of rows, how many rows in all, what differs; `last` is where to go on."""

    names: Sequence[str]
    rows: int
    found: Sequence[Found]
    last: str | None


def name_of(table: KeptTable, id_: str) -> str:
    """How a row is named where a difference of bytes names an object."""
    return f"{table}/{id_}"


def along_trail(uow: UnitOfWork, table: KeptTable, after: str, limit: int) -> Looked:
    """The rows whose adding the trail tells next, after a line's number."""
    kept = KEPT[table]
    born = uow.trail.following(kept.born, int(after or 0), limit)
    ids = [kept.id_in(line) for line in born]
    rows, unreadable = _rows(uow, table, ids)
    lines: dict[str, list[AuditLine]] = defaultdict(list)
    subjects = {line.subject_id for line in born if line.subject_id is not None}
    for line in uow.trail.done_to((kept.born, *kept.later), kept.kind, subjects):
        lines[kept.id_in(line)].append(line)
    found = list[Found]()
    for line, id_ in zip(born, ids, strict=True):
        if id_ in unreadable:
            found.append(_found(table, line, Difference.ROW_DIFFERS, "a value without sense"))
        elif id_ not in rows:
            found.append(_found(table, line, Difference.ROW_MISSING))
        elif wrong := differing(table, rows[id_], lines[id_]):
            found.append(_found(table, line, Difference.ROW_DIFFERS, ", ".join(wrong)))
    listed = 0
    if table is KeptTable.CAPTURE_MANIFESTS:
        listed, lists = _lists(uow, {id_: line for line, id_ in zip(born, ids, strict=True)}, rows)
        found += lists
    return Looked(
        [name_of(table, id_) for id_ in ids], len(born) + listed, found, str(born[-1].seq) if born else None
    )


def along_rows(uow: UnitOfWork, table: KeptTable, after: str, limit: int) -> Looked:
    """The rows after an id, of which the trail must tell that they were added."""
    kept = KEPT[table]
    ids = _of(uow, table).ids_after(after, limit)
    held = {} if kept.subject == "id" else _rows(uow, table, ids)[0]
    subjects = ids if kept.subject == "id" else [getattr(row, kept.subject) for row in held.values()]
    known = {kept.id_in(line) for line in uow.trail.done_to([kept.born], kept.kind, subjects)}
    unknown = [id_ for id_ in ids if id_ not in known]
    found = [
        Found(_evidence(table, id_, None), name_of(table, id_), Difference.ROW_UNKNOWN) for id_ in unknown
    ]
    return Looked([name_of(table, id_) for id_ in ids], len(ids), found, ids[-1] if ids else None)


def mend(uow: UnitOfWork, seen: Looked, kinds: Sequence[Difference]) -> None:
    """Close what is on record of rows that a walk, which finds these kinds, has seen to be as the trail tells."""
    now_found = {(each.evidence_id, each.object_key, each.difference) for each in seen.found}
    for one in on_record(uow, seen):
        if one.difference in kinds and (one.evidence_id, one.object_key, one.difference) not in now_found:
            integrity.close(uow, one)


def on_record(uow: UnitOfWork, seen: Looked) -> list[EvidenceDifference]:
    """What is on record, and not mended, of the rows that were looked at."""
    known = uow.evidence_differences.having_any("object_key", seen.names)
    return [one for one in known if one.mended_at is None]


def mend_removed(uow: UnitOfWork) -> None:
    """Close what is on record as a row that the trail does not know, once there is no such row."""
    opened = uow.evidence_differences.having(difference=Difference.ROW_UNKNOWN, mended_at=None)
    gone = _gone(uow, [one.object_key for one in opened])
    for one in opened:
        if one.object_key in gone:
            integrity.close(uow, one)


def _of(uow: UnitOfWork, table: KeptTable) -> EntityRows[Any]:
    rows: EntityRows[Any] = getattr(uow, table.value)
    return rows


def _rows(uow: UnitOfWork, table: KeptTable, ids: Iterable[str]) -> tuple[dict[str, Any], set[str]]:
    rows, unreadable = _of(uow, table).readable("id", ids)
    return {row.id: row for row in rows}, unreadable


def _gone(uow: UnitOfWork, names: Iterable[str]) -> set[str]:
    asked: dict[KeptTable, set[str]] = defaultdict(set)
    for name in names:
        table, id_ = name.split("/", 1)
        asked[KeptTable(table)].add(id_)
    gone = set[str]()
    for kept, ids in asked.items():
        held, unreadable = _rows(uow, kept, ids)
        gone |= {name_of(kept, id_) for id_ in ids - held.keys() - unreadable}
    return gone


def _found(table: KeptTable, line: AuditLine, difference: Difference, detail: str | None = None) -> Found:
    kept = KEPT[table]
    id_ = kept.id_in(line)
    visit_id = line.subject_id if kept.kind == "visit" else line.detail.get("visit_id")
    about = _evidence(table, id_, line)
    return Found(about, name_of(table, id_), difference, detail, None if visit_id is None else str(visit_id))


def _evidence(table: KeptTable, id_: str, line: AuditLine | None) -> str | None:
    """The file that a row is about."""
    if table is KeptTable.EVIDENCE_ITEMS:
        return id_
    item_id = None if line is None else line.detail.get("item_id")
    return None if item_id is None else str(item_id)


def _lists(
    uow: UnitOfWork, born: Mapping[str, AuditLine], manifests: Mapping[str, CaptureManifest]
) -> tuple[int, list[Found]]:
    """How many rows the manifests list, and what of them differs, told with each manifest and file."""
    captures, senseless = _listed(uow.captures, manifests)
    gaps, senseless_gaps = _listed(uow.recording_gaps, manifests)
    found = list[Found]()
    for id_, manifest in manifests.items():
        wrong: dict[str | None, list[str]] = defaultdict(list)
        if id_ in senseless | senseless_gaps:
            wrong[None].append("captures or recording_gaps: a value without sense")
        else:
            for item_id, words in listed_differing(
                manifest, born[id_], captures.get(id_, []), gaps.get(id_, [])
            ):
                wrong[item_id].append(words)
        name = name_of(KeptTable.CAPTURE_MANIFESTS, id_)
        for item_id, told in wrong.items():
            detail = "; ".join([*told[:_MOST_NAMED], *(["…"] if told[_MOST_NAMED:] else [])])
            found.append(Found(item_id, name, Difference.ROW_DIFFERS, detail, born[id_].subject_id))
    return sum(map(len, captures.values())) + sum(map(len, gaps.values())), found


def _listed(
    rows: EntityRows[_Listed], manifest_ids: Iterable[str]
) -> tuple[dict[str, list[_Listed]], set[str]]:
    """By manifest the rows it lists; and those manifests of whose rows one cannot be read."""
    found: dict[str, list[_Listed]] = defaultdict(list)
    held, unreadable = rows.readable("manifest_id", manifest_ids)
    for row in held:
        found[row.manifest_id].append(row)
    return found, unreadable
