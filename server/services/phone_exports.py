"""A phone's sealed file, opened by IT (S19): records and captures that the server did not take over the line.

Owns the order of what is opened and the line in the trail. It refuses whoever is not IT, before it opens anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from server.domain.access import Permission, Scope
from server.domain.audit import AuditEntry
from server.domain.people import Account
from server.domain.phone_custody import SEAL_BROKEN
from server.domain.phone_exports import MAGIC, MOST_HEAD, ExportedPart, ExportHead, read_head, unreadable
from server.domain.problems import FORBIDDEN, problem
from server.services.ports.phone_seals import PhoneSeals
from server.services.ports.unit_of_work import UnitOfWork


def head_of(source: BinaryIO) -> ExportHead:
    """The head of the file; afterwards `source` stands at its first part."""
    if source.read(len(MAGIC)) != MAGIC:
        raise unreadable("first line")
    line = source.readline(MOST_HEAD + 1)
    if not line.endswith(b"\n") or len(line) > MOST_HEAD:
        raise unreadable("head")
    return read_head(line)


def named_it(uow: UnitOfWork, username: str) -> Account:
    """Somebody of IT, in service, whom the command line names as the one who opens."""
    account = uow.accounts.by_username(username)
    if account is None or account.left_on is not None or not _is_it(uow, account):
        raise problem(FORBIDDEN, permission=Permission.DEVICES_ENROL)
    return account


def open_export(uow: UnitOfWork, seals: PhoneSeals, head: ExportHead, reason: str) -> bytes:
    """The key of the vault that the file's parts lie under, with a line that says who opened what and why."""
    device = uow.devices.need(head.device_id)
    key = seals.open(head.sealed, device.id, head.account_id)
    if key is None:
        raise problem(SEAL_BROKEN, "sealed")
    ids = sorted(item.id for item in head.items)
    detail = {"account_id": head.account_id, "items": ids, "reason": reason}
    uow.audit(AuditEntry("device.export_opened", "device", device.id, detail))
    return key


def opened_parts(
    seals: PhoneSeals, key: bytes, head: ExportHead, source: BinaryIO
) -> Iterator[tuple[ExportedPart, bytes | None]]:
    """Each part with its bytes in clear, in the order of the head; None where it does not open."""
    for part in head.parts:
        yield part, seals.open_part(key, part.name, part.iv, source.read(part.size))


def _is_it(uow: UnitOfWork, account: Account) -> bool:
    """IT's reach is all devices; an agent's are those in the own hands."""
    return uow.grants.of(account.posts).get(Permission.DEVICES_ENROL) is Scope.ALL
