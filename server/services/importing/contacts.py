"""Phones and addresses in by file: added to their debtor, duplicates hidden (V19), confirmations on file (R6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.domain.address_records import address_place, resolved
from server.domain.addresses import AddressVerdict
from server.domain.calendar import local_day
from server.domain.import_cells import DAY, FLAG, LONG, NAME, SHORT, TELEPHONE, choice_cell
from server.domain.import_problems import (
    ADDRESS_UNRESOLVED,
    CONFIRMATION_INCOMPLETE,
    DAY_AHEAD,
)
from server.domain.import_sheets import ImportColumn, ImportRow, Sheet
from server.domain.new_information import Origin, new_address, new_phone
from server.domain.placements import (
    Address,
    AddressConfirmation,
    AddressKind,
    Phone,
    PhoneOwner,
    Source,
)
from server.services.house import House
from server.services.importing.outcome import Importer, Outcome, Task, Tell
from server.services.importing.references import CASE_COLUMNS, Cases
from server.services.ports.unit_of_work import UnitOfWork

OWNERS: Mapping[str, PhoneOwner] = {
    "债务人": PhoneOwner.DEBTOR,
    "本人": PhoneOwner.DEBTOR,
    "亲属": PhoneOwner.RELATIVE,
    "其他": PhoneOwner.OTHER,
    **{owner.value: owner for owner in PhoneOwner},
}
KINDS: Mapping[str, AddressKind] = {
    "户籍": AddressKind.HOUSEHOLD,
    "家庭": AddressKind.HOME,
    "单位": AddressKind.WORK,
    "其他": AddressKind.OTHER,
    **{kind.value: kind for kind in AddressKind},
}
PHONES = Sheet(
    *CASE_COLUMNS,
    ImportColumn("number", "电话", "telephone", TELEPHONE, True, "13800001234", ("电话号码",)),
    ImportColumn("owner", "机主", "owner", choice_cell(OWNERS), True, "亲属", ("号码归属",)),
    ImportColumn("owner_name", "机主姓名", "owner name", NAME, default=""),
    ImportColumn("relation", "与债务人关系", "relation", NAME, default="", aliases=("关系",)),
    ImportColumn("emergency_contact", "紧急联系人", "emergency contact", FLAG, default=False),
)
ADDRESSES = Sheet(
    *CASE_COLUMNS,
    ImportColumn("kind", "地址类型", "kind", choice_cell(KINDS), True, "家庭"),
    ImportColumn("text", "地址", "address", LONG, True, "河南省新乡市原阳县福宁集镇建设路1号"),
    ImportColumn("confirmed_by", "确认人", "confirmed by", SHORT),
    ImportColumn("confirmed_on", "确认日期", "confirmed on", DAY),
    ImportColumn("confirmed_how", "确认方式", "confirmed how", SHORT),
)


def check_texts(house: House, texts: Iterable[str], tell: Tell) -> dict[str, AddressVerdict]:
    """The verdict of each text, asked once for each; by far the slowest part of an import, so outside its turn."""
    verdicts: dict[str, AddressVerdict] = {}
    for done, text in enumerate(texts):
        if text not in verdicts:
            verdicts[text] = house.addresses.check(text)
        if done % 500 == 0:
            tell(done)
    return verdicts


class Contacts:
    """The phones and addresses of some debtors, those on file and those that this file brings."""

    def __init__(self, uow: UnitOfWork, debtor_ids: Iterable[str], task: Task, outcome: Outcome) -> None:
        self._uow = uow
        self._task = task
        self._outcome = outcome
        self._origin = Origin(Source.IMPORT, uow.now, task.uploaded_by, import_id=task.import_id)
        ids = set(debtor_ids)
        self._phones = {
            (phone.debtor_id, phone.number): phone
            for phone in uow.phones.having_any("debtor_id", ids)
            if phone.duplicate_of_id is None
        }
        self._addresses = {
            _place_key(address.debtor_id, address.kind, address.normalized): address
            for address in uow.addresses.having_any("debtor_id", ids)
            if address.duplicate_of_id is None
        }

    def phone(self, debtor_id: str, number: str) -> Phone | None:
        """The phone on file of that number."""
        return self._phones.get((debtor_id, number))

    def add_phone(
        self,
        debtor_id: str,
        number: str,
        owner: PhoneOwner,
        owner_name: str = "",
        relation: str = "",
        *,
        emergency_contact: bool = False,
    ) -> Phone:
        original = self.phone(debtor_id, number)
        phone = new_phone(
            self._uow.new_id(),
            debtor_id,
            number,
            owner,
            self._origin,
            original,
            owner_name=owner_name,
            relation=relation,
            emergency_contact=emergency_contact,
        )
        self._phones.setdefault((debtor_id, number), phone)
        self._outcome.new["phones"].append(phone)
        return original or phone

    def add_address(
        self, row: ImportRow, column: ImportColumn, debtor_id: str, kind: AddressKind, text: str
    ) -> Address:
        """A text that names no county is kept too, with a warning: a request for it will be refused (R2, R3)."""
        verdict: AddressVerdict = self._task.prepared["verdicts"][text]
        if not resolved(verdict):
            self._outcome.warnings.add(
                row.number, column.zh, ADDRESS_UNRESOLVED, verdict=verdict.verdict, message_zh=verdict.message
            )
        place = address_place(text, verdict)
        key = _place_key(debtor_id, kind, place["normalized"])
        original = self._addresses.get(key)
        address = new_address(self._uow.new_id(), debtor_id, kind, place, self._origin, original)
        self._addresses.setdefault(key, address)
        self._outcome.new["addresses"].append(address)
        return original or address


def _place_key(debtor_id: str, kind: AddressKind, normalized: str) -> tuple[str, bool, str]:
    """A household registration stands for itself: hidden behind a home it would need a confirmation (R6)."""
    return debtor_id, kind is AddressKind.HOUSEHOLD, normalized


def _resolve_phones(uow: UnitOfWork, task: Task) -> Outcome:
    outcome = Outcome()
    cases = Cases(uow, task, PHONES)
    contacts = Contacts(uow, (placement.debtor_id for placement in cases.all()), task, outcome)
    for row in task.rows:
        placement = cases.find(row, outcome.problems)
        if placement is not None:
            contacts.add_phone(
                placement.debtor_id,
                row["number"],
                row["owner"],
                row["owner_name"],
                row["relation"],
                emergency_contact=row["emergency_contact"],
            )
    return outcome


def _resolve_addresses(uow: UnitOfWork, task: Task) -> Outcome:
    outcome = Outcome()
    cases = Cases(uow, task, ADDRESSES)
    contacts = Contacts(uow, (placement.debtor_id for placement in cases.all()), task, outcome)
    confirmed: set[str] = set()
    for row in task.rows:
        placement = cases.find(row, outcome.problems)
        if placement is None or not _confirmation_is_whole(uow, row, outcome):
            continue
        address = contacts.add_address(
            row, ADDRESSES.column("text"), placement.debtor_id, row["kind"], row["text"]
        )
        if row["confirmed_on"] is not None:
            outcome.new["address_confirmations"].append(_confirmation(uow, task, row, address))
            confirmed.add(placement.debtor_id)
    if confirmed:
        others = uow.placements.having_any("debtor_id", confirmed)
        outcome.touched |= {placement.id for placement in others}
    return outcome


def _confirmation_is_whole(uow: UnitOfWork, row: ImportRow, outcome: Outcome) -> bool:
    """R6 asks who confirmed, when and how; two of the three are no confirmation."""
    given = [row[key] is not None for key in ("confirmed_by", "confirmed_on", "confirmed_how")]
    if any(given) and not all(given):
        outcome.problems.add(row.number, ADDRESSES.column("confirmed_by").zh, CONFIRMATION_INCOMPLETE)
        return False
    if row["confirmed_on"] is not None and row["confirmed_on"] > local_day(uow.now):
        column = ADDRESSES.column("confirmed_on")
        outcome.problems.add(row.number, column.zh, DAY_AHEAD, header_zh=column.zh, header_en=column.en)
        return False
    return True


def _confirmation(uow: UnitOfWork, task: Task, row: ImportRow, address: Address) -> AddressConfirmation:
    return AddressConfirmation(
        id=uow.new_id(),
        address_id=address.id,
        confirmed_by=row["confirmed_by"],
        confirmed_on=row["confirmed_on"],
        how=row["confirmed_how"],
        recorded_at=uow.now,
        recorded_by=task.uploaded_by,
        import_id=task.import_id,
    )


def _prepare_addresses(house: House, rows: Sequence[ImportRow], tell: Tell) -> Mapping[str, Any]:
    return {"verdicts": check_texts(house, (row["text"] for row in rows), tell)}


PHONE_IMPORTER = Importer(PHONES, _resolve_phones)
ADDRESS_IMPORTER = Importer(ADDRESSES, _resolve_addresses, _prepare_addresses)
