"""What phones signed, held against the pack: signature, nonce, order, and that the files are those listed (V2, V8).

Owns the reading of a phone's text with eyes of its own. It refuses to call altered what was known when the pack was
made: a finding of that day is shown beside the result, and what no finding explains is a fault.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.verify.contents import Listed, Told
from server.verify.faults import Fault
from server.verify.signed import Entry, Signed, Text, fits, read_text, stock_key, stock_signature

_MANIFEST, _RECORDING, _ATTACHMENT = "manifest_unreadable", "recording", "attachment"

# A manifest of which this was known tells no order that could be held against it.
_NO_CHAIN = {"bad_signature", "unknown_key", _MANIFEST}


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of an item whose digest a phone signed; `size` None: all of it."""

    offset: int
    size: int | None
    sha256: str
    manifest_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class _Listing:
    """An entry, with the manifest that it stands on."""

    entry: Entry
    signed: Signed


@dataclass(slots=True)
class _Visit:
    """What phones signed of one visit."""

    id: str
    signed: Sequence[Signed]
    awaited: frozenset[str]
    read: list[tuple[Signed, Text]] = field(default_factory=list)

    def known(self, codes: Iterable[str], item_id: str, seq: int | None = None) -> bool:
        """Whether one of the findings was on record for the item, and where `seq` is said, for that place."""
        return any(
            one.code in codes and one.item_id == item_id and seq in (None, one.seq)
            for signed in self.signed
            for one in signed.findings
        )


def check_captures(
    told: Told, text_of: Callable[[str], bytes | None], tell: Callable[[Fault], None]
) -> dict[str, list[Piece]]:
    """Every fault that shows without an item's bytes; by item the ranges that have still to be digested."""
    pieces: dict[str, list[Piece]] = defaultdict(list)
    in_order = sorted(told.signed, key=lambda one: one.visit_id)
    for visit_id, group in itertools.groupby(in_order, key=lambda one: one.visit_id):
        visit = _Visit(visit_id, list(group), told.awaited.get(visit_id, frozenset()))
        for fault in itertools.chain(_texts(visit, text_of), _chains(visit)):
            tell(fault)
        listings = list(_each_once(visit))
        for fault in _files(visit, listings, told.listed, pieces):
            tell(fault)
    return pieces


def _texts(visit: _Visit, text_of: Callable[[str], bytes | None]) -> Iterator[Fault]:
    for signed in visit.signed:
        text = text_of(signed.path)
        if text is None:
            continue
        if not fits(signed, text) and not signed.codes & {"bad_signature", "unknown_key"}:
            yield Fault(signed.path, "signature_bad")
        for path, wanted in (
            (signed.signature_path, stock_signature(signed)),
            (signed.key_path, stock_key(signed)),
        ):
            if path is not None and (held := text_of(path)) is not None and held != wanted:
                yield Fault(path, "stock_differs", {"manifest": signed.path})
        said = read_text(text)
        visit.read.append((signed, said))
        if not said.whole and _MANIFEST not in signed.codes:
            yield Fault(signed.path, "capture_unreadable")
        if said.readable and said.nonce != signed.nonce and "wrong_nonce" not in signed.codes:
            yield Fault(signed.path, "nonce_differs")
        if said.readable and said.visit_id != signed.visit_id and "wrong_visit" not in signed.codes:
            yield Fault(signed.path, "visit_differs")


def _chains(visit: _Visit) -> Iterator[Fault]:
    """The manifests of one key are one chain: a later one goes on, or tells all of it again."""
    in_order = sorted(visit.read, key=lambda one: one[0].key_id)
    for _, group in itertools.groupby(in_order, key=lambda one: one[0].key_id):
        chain = [(signed, said) for signed, said in group if not signed.codes & _NO_CHAIN]
        by_seq: dict[int, _Listing] = {}
        for signed, said in chain:
            yield from _order(visit, signed, said, by_seq)
        yield from _links(visit, [by_seq[seq] for seq in sorted(by_seq)])


def _order(visit: _Visit, signed: Signed, said: Text, by_seq: dict[int, _Listing]) -> Iterator[Fault]:
    before = 0
    for entry in said.entries:
        held = by_seq.setdefault(entry.seq, _Listing(entry, signed)).entry
        differs = held != entry
        if (differs or entry.seq <= before) and not visit.known(
            {"repeated_seq", "out_of_order"}, entry.item_id, entry.seq
        ):
            code = "chain_repeated" if differs else "chain_order"
            yield Fault(signed.path, code, {"seq": entry.seq})
        before = max(before, entry.seq)


def _links(visit: _Visit, listings: Sequence[_Listing]) -> Iterator[Fault]:
    """Each entry names the digest before it, the first one that of the server's nonce."""
    last: Entry | None = None
    for one in listings:
        entry = one.entry
        follows = 1 if last is None else last.seq + 1
        before = one.signed.root if last is None else last.sha256
        fitting = entry.seq == follows and entry.previous == before
        if not fitting and not visit.known({"seq_missing", "broken_link"}, entry.item_id, entry.seq):
            yield Fault(one.signed.path, "chain_broken", {"seq": entry.seq})
        last = entry


def _each_once(visit: _Visit) -> Iterator[_Listing]:
    """A phone that tells its chain again lists each capture again."""
    seen: set[Entry] = set()
    for signed, said in visit.read:
        for entry in said.entries:
            if entry not in seen:
                seen.add(entry)
                yield _Listing(entry, signed)


def _files(
    visit: _Visit, listings: Sequence[_Listing], listed: Sequence[Listed], pieces: dict[str, list[Piece]]
) -> Iterator[Fault]:
    items = {one.id: one for one in listed if one.id is not None}
    runs: dict[str, list[_Listing]] = defaultdict(list)
    for one in listings:
        entry, item = one.entry, items.get(one.entry.item_id)
        facts: dict[str, object] = {"manifest": one.signed.id, "seq": entry.seq, "file": entry.item_id}
        if item is None:
            on_record = visit.known({"item_missing", "item_elsewhere"}, entry.item_id)
            if entry.item_id not in visit.awaited and not on_record:
                yield Fault(one.signed.path, "capture_missing", facts)
        elif item.visit_id != visit.id:
            if not visit.known({"item_elsewhere"}, entry.item_id):
                yield Fault(item.path, "capture_elsewhere", facts)
        elif (item.kind == _RECORDING) is not (entry.size is not None):
            if not visit.known({"kind_differs"}, entry.item_id):
                yield Fault(item.path, "capture_kind", facts)
        else:
            if entry.size is not None:
                runs[item.path].append(one)
            unread = {"digest_differs", "segment_overlap", "segment_cut"}
            if not visit.known(unread, entry.item_id, entry.seq):
                piece = Piece(entry.offset, entry.size, entry.sha256, one.signed.id, entry.seq)
                pieces[entry.item_id].append(piece)
    for path, run in runs.items():
        yield from _run(visit, items[run[0].entry.item_id].size, path, run)
    yield from _unlisted(visit, {one.entry.item_id for one in listings}, items)


def _run(visit: _Visit, size: int, path: str, run: Sequence[_Listing]) -> Iterator[Fault]:
    """The file of a run is its segments, one behind the other, from its first byte to its last."""
    ranges = sorted((one.entry.offset, one.entry.offset + (one.entry.size or 0)) for one in run)
    item_id, reached = run[0].entry.item_id, 0
    for begins, ends in [*ranges, (size, size)]:
        if min(begins, size) > reached and not visit.known({"segment_gap"}, item_id):
            yield Fault(path, "capture_uncovered", {"first": reached, "last": min(begins, size) - 1})
        if ends > size and not visit.known({"segment_cut"}, item_id):
            yield Fault(path, "capture_cut", {"first": max(begins, size), "last": ends - 1})
        reached = max(reached, ends)


def _unlisted(visit: _Visit, named: set[str], items: Mapping[str, Listed]) -> Iterator[Fault]:
    """A phone that signs lists all that it sent, or has it on record that it did not."""
    signing = {signed.account_id for signed in visit.signed}
    for id_, item in items.items():
        of_phone = item.source == "phone" and item.kind != _ATTACHMENT and item.account_id in signing
        if item.visit_id != visit.id or not of_phone or id_ in named or id_ in visit.awaited:
            continue
        if not visit.known({"item_not_listed"}, id_):
            yield Fault(item.path, "capture_unlisted")
