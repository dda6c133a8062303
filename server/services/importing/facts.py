"""Promises, referrals to the police and call notes in by file. A row that is on file already changes nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from server.domain.calendar import local_day
from server.domain.import_cells import (
    COUNT,
    DAY,
    FLAG,
    INSTANT,
    LONG,
    POSITIVE_MONEY,
    SHORT,
    TELEPHONE,
    choice_cell,
)
from server.domain.import_problems import DATES_CONTRADICT, DAY_AHEAD, PHONE_OWNER_NEEDED
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.placements import CallNote, Direction, PoliceReferral, Promise, Source
from server.services.importing.contacts import OWNERS, Contacts
from server.services.importing.outcome import Importer, Outcome, Task
from server.services.importing.references import CASE_COLUMNS, Cases, accounts_by_number, unknown
from server.services.ports.unit_of_work import UnitOfWork

DIRECTIONS = {
    "呼出": Direction.OUT,
    "呼入": Direction.IN,
    **{direction.value: direction for direction in Direction},
}
PROMISES = Sheet(
    *CASE_COLUMNS,
    ImportColumn("made_on", "承诺日期", "made on", DAY, True, "2026-03-01"),
    ImportColumn("due_on", "承诺还款日期", "due on", DAY, True, "2026-03-15"),
    ImportColumn("amount", "承诺金额", "amount", POSITIVE_MONEY, True, "500.00"),
    ImportColumn("by_phone", "电话承诺", "by phone", FLAG, True, "是"),
    ImportColumn("judged_able", "有能力还款", "judged able", FLAG, True, "是"),
)
POLICE_REFERRALS = Sheet(
    *CASE_COLUMNS,
    ImportColumn("referred_on", "报经侦日期", "referred on", DAY, True, "2026-03-01"),
    ImportColumn("early_explanation", "提前说明", "early explanation", LONG),
)
CALL_NOTES = Sheet(
    *CASE_COLUMNS,
    ImportColumn("number", "电话", "telephone", TELEPHONE, True, "13800001234", ("电话号码",)),
    ImportColumn("owner", "机主", "owner", choice_cell(OWNERS), aliases=("号码归属",)),
    ImportColumn("called_at", "通话时间", "called at", INSTANT, True, "2026-03-01 10:20", ("时间",)),
    ImportColumn("answered", "是否接通", "answered", FLAG, True, "是", ("接通",)),
    ImportColumn("direction", "呼叫方向", "direction", choice_cell(DIRECTIONS), default=Direction.OUT),
    ImportColumn("seconds", "通话秒数", "seconds", COUNT, default=0),
    ImportColumn("caller", "呼叫人工号", "caller", SHORT),
)


def not_ahead(uow: UnitOfWork, row: ImportRow, column: ImportColumn, outcome: Outcome) -> bool:
    """What is said to have happened has happened."""
    value: date | datetime = row[column.key]
    ahead = value > uow.now if isinstance(value, datetime) else value > local_day(uow.now)
    if ahead:
        outcome.problems.add(row.number, column.zh, DAY_AHEAD, header_zh=column.zh, header_en=column.en)
    return not ahead


class _Known:
    """What is on file, by what makes two rows the same one; a row that comes again is counted, not written."""

    def __init__(self, outcome: Outcome, keys: set[tuple[Any, ...]]) -> None:
        self._outcome = outcome
        self._keys = keys

    def has(self, *key: Any) -> bool:
        if key in self._keys:
            self._outcome.unchanged += 1
            return True
        self._keys.add(key)
        return False


def _resolve_promises(uow: UnitOfWork, task: Task) -> Outcome:
    outcome = Outcome()
    cases = Cases(uow, task, PROMISES)
    held = uow.promises.having_any("placement_id", (placement.id for placement in cases.all()))
    known = _Known(outcome, {(p.placement_id, p.made_on, p.due_on, p.amount_fen) for p in held})
    made, due = PROMISES.column("made_on"), PROMISES.column("due_on")
    for row in task.rows:
        placement = cases.find(row, outcome.problems, row["made_on"])
        if row["due_on"] < row["made_on"]:
            words = {"header_zh": due.zh, "header_en": due.en, "other_zh": made.zh, "other_en": made.en}
            outcome.problems.add(row.number, due.zh, DATES_CONTRADICT, **words)
        if not not_ahead(uow, row, made, outcome) or placement is None:
            continue
        if known.has(placement.id, row["made_on"], row["due_on"], row["amount"]):
            continue
        outcome.new["promises"].append(
            Promise(
                id=uow.new_id(),
                placement_id=placement.id,
                made_on=row["made_on"],
                due_on=row["due_on"],
                amount_fen=row["amount"],
                by_phone=row["by_phone"],
                judged_able=row["judged_able"],
                recorded_at=uow.now,
                recorded_by=task.uploaded_by,
                import_id=task.import_id,
            )
        )
    return outcome


def _resolve_referrals(uow: UnitOfWork, task: Task) -> Outcome:
    """W6: an explanation in the file is one that was given; a dispatcher accepts it afterwards."""
    outcome = Outcome()
    cases = Cases(uow, task, POLICE_REFERRALS)
    held = uow.police_referrals.having_any("placement_id", (placement.id for placement in cases.all()))
    known = _Known(outcome, {(referral.placement_id, referral.referred_on) for referral in held})
    for row in task.rows:
        placement = cases.find(row, outcome.problems, row["referred_on"])
        if not not_ahead(uow, row, POLICE_REFERRALS.column("referred_on"), outcome) or placement is None:
            continue
        if known.has(placement.id, row["referred_on"]):
            continue
        outcome.touched.add(placement.id)
        outcome.new["police_referrals"].append(
            PoliceReferral(
                id=uow.new_id(),
                placement_id=placement.id,
                referred_on=row["referred_on"],
                early_explanation=row["early_explanation"],
                early_accepted_by=None,
                recorded_at=uow.now,
                recorded_by=task.uploaded_by,
                version=1,
                import_id=task.import_id,
            )
        )
    return outcome


def _resolve_call_notes(uow: UnitOfWork, task: Task) -> Outcome:
    """A number that is not on file yet is added to the case (V19), so it must say whose it is."""
    outcome = Outcome()
    cases = Cases(uow, task, CALL_NOTES)
    contacts = Contacts(uow, (placement.debtor_id for placement in cases.all()), task, outcome)
    callers = accounts_by_number(uow, (row["caller"] for row in task.rows))
    held = uow.call_notes.having_any("placement_id", (placement.id for placement in cases.all()))
    known = _Known(outcome, {(note.placement_id, note.phone_id, note.at, note.direction) for note in held})
    for row in task.rows:
        placement = cases.find(row, outcome.problems, local_day(row["called_at"]))
        fits = not_ahead(uow, row, CALL_NOTES.column("called_at"), outcome)
        if row["caller"] is not None and row["caller"] not in callers:
            unknown(outcome.problems, row, CALL_NOTES.column("caller"), row["caller"])
            fits = False
        if placement is None or not fits:
            continue
        phone = contacts.phone(placement.debtor_id, row["number"])
        if phone is None and row["owner"] is None:
            outcome.problems.add(row.number, CALL_NOTES.column("owner").zh, PHONE_OWNER_NEEDED)
            continue
        if phone is None:
            phone = contacts.add_phone(placement.debtor_id, row["number"], row["owner"])
        if known.has(placement.id, phone.id, row["called_at"], row["direction"]):
            continue
        outcome.touched.add(placement.id)
        caller = callers.get(row["caller"])
        outcome.new["call_notes"].append(
            CallNote(
                id=uow.new_id(),
                placement_id=placement.id,
                phone_id=phone.id,
                at=row["called_at"],
                answered=row["answered"],
                direction=row["direction"],
                seconds=row["seconds"],
                account_id=caller.id if caller else None,
                visit_id=None,
                recording_offset_ms=None,
                source=Source.IMPORT,
                recorded_at=uow.now,
                import_id=task.import_id,
            )
        )
    return outcome


PROMISE_IMPORTER = Importer(PROMISES, _resolve_promises)
REFERRAL_IMPORTER = Importer(POLICE_REFERRALS, _resolve_referrals)
CALL_NOTE_IMPORTER = Importer(CALL_NOTES, _resolve_call_notes)
