"""Imports by file: opened by one who may, watched, confirmed by QA (S20); the work itself is in `importing`."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from server.domain.access import Actor, Permission, Post, Scope, reach, require
from server.domain.audit import AuditEntry
from server.domain.import_problems import TURNED_DOWN, ProblemList
from server.domain.imports import (
    NOT_OF_DISPATCH,
    NOT_OF_QA,
    ImportFile,
    ImportKind,
    ImportState,
    two_people_findings,
)
from server.domain.people import Account
from server.domain.problems import NOT_FOUND, WRONG_STATE, problem, refuse_if
from server.services import notices
from server.services.importing.kinds import permission_for
from server.services.ports.unit_of_work import UnitOfWork

RUN_JOB = "imports.run"
LARGEST_FILE = 50 << 20
_DONE = frozenset({ImportState.CHECKED, ImportState.APPLIED})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file whose bytes are stored under `object_key`; a file of the command line has none and stays where it is."""

    kind: ImportKind
    filename: str
    sha256: str
    size: int
    dry_run: bool
    object_key: str | None


def require_kind(actor: Actor, kind: ImportKind) -> None:
    """S4: who may bring in this kind."""
    require(actor, permission_for(kind))


def open_import(
    uow: UnitOfWork, received: ReceivedFile, *, uploaded_by: str, branch_id: str | None
) -> ImportFile:
    """Put the file on record. One that was applied before changes nothing and says so."""
    twin = uow.import_files.applied_twin(received.kind, received.sha256)
    file = ImportFile(
        id=uow.new_id(),
        kind=received.kind,
        filename=_UNPRINTABLE.sub("", received.filename)[-200:],
        sha256=received.sha256,
        size=received.size,
        state=ImportState.CHECKING if twin is None else ImportState.UNCHANGED,
        dry_run=received.dry_run,
        branch_id=branch_id,
        object_key=received.object_key,
        rows=0 if twin is None else twin.rows,
        problems={},
        result={} if twin is None else {"applied_before": twin.id},
        job_id=None,
        uploaded_by=uploaded_by,
        uploaded_at=uow.now,
        confirmed_by=None,
        confirmed_at=None,
        finished_at=None if twin is None else uow.now,
        destroyed_at=None,
        undo_reason=None,
        undo_asked_by=None,
        undo_asked_at=None,
        undone_by=None,
        undone_at=None,
        version=1,
    )
    detail = {"kind": file.kind, "sha256": file.sha256, "size": file.size, "dry_run": file.dry_run}
    uow.audit(AuditEntry("import.uploaded", "import_file", file.id, detail))
    if received.object_key is not None:
        file = dataclasses.replace(file, job_id=_enqueue(uow, file.id))
    return uow.import_files.add(file)


def import_within(uow: UnitOfWork, actor: Actor, import_id: str, permission: Permission) -> ImportFile:
    """S13: the file if it is within reach; otherwise it is not found."""
    file = uow.import_files.get(import_id)
    if file is not None and _within(actor, file, permission):
        return file
    raise problem(NOT_FOUND, what=f"import {import_id}")


def seen_by(actor: Actor, file: ImportFile) -> bool:
    """Whether a page may lead to the file."""
    return actor.may(Permission.IMPORTS_READ) and _within(actor, file, Permission.IMPORTS_READ)


def _within(actor: Actor, file: ImportFile, permission: Permission) -> bool:
    reached = reach(actor, permission)
    return (
        reached.scope is Scope.ALL
        or file.uploaded_by == actor.account_id
        or (reached.scope is Scope.BRANCH and file.branch_id == reached.branch_id is not None)
    )


def progress_of(uow: UnitOfWork, file: ImportFile) -> tuple[int, int]:
    """How far it has come, in steps of all; the job's own last word follows the commit that ended the file."""
    job = None if file.job_id is None else uow.jobs.get(file.job_id)
    if job is None:
        return 0, 0
    return (job.all_steps if file.state in _DONE else job.done_steps), job.all_steps


def confirm(uow: UnitOfWork, file: ImportFile, *, confirmed_by: str) -> ImportFile:
    """S20: QA confirms what a dispatcher uploaded; then it is applied."""
    if file.state is not ImportState.WAITING:
        raise problem(WRONG_STATE, state=file.state, verb_zh="确认", verb_en="confirmed")
    refuse_if(two_people_findings(file.uploaded_by, confirmed_by))
    job_id = _enqueue(uow, file.id) if file.object_key is not None else file.job_id
    confirmed = uow.import_files.save(
        dataclasses.replace(
            file,
            state=ImportState.APPLYING,
            confirmed_by=confirmed_by,
            confirmed_at=uow.now,
            job_id=job_id,
        )
    )
    uow.audit(AuditEntry("import.confirmed", "import_file", file.id, {"sha256": file.sha256}))
    return confirmed


def turn_down(uow: UnitOfWork, file: ImportFile, reason: str) -> ImportFile:
    """S20: QA does not confirm. Nothing is applied, and the bytes are destroyed as after every import."""
    if file.state is not ImportState.WAITING:
        raise problem(WRONG_STATE, state=file.state, verb_zh="退回", verb_en="turned down")
    told = ProblemList()
    told.add(1, None, TURNED_DOWN, reason=reason)
    turned_down = uow.import_files.save(
        dataclasses.replace(
            file,
            state=ImportState.REFUSED,
            problems=dict(told.told()),
            finished_at=uow.now,
            job_id=_enqueue(uow, file.id) if file.object_key is not None else file.job_id,
        )
    )
    detail = {"sha256": file.sha256, "reason": reason}
    uow.audit(AuditEntry("import.turned_down", "import_file", file.id, detail))
    params = {"filename": file.filename, "rows": file.rows}
    notices.tell(uow, [file.uploaded_by], "import_refused", params, f"/imports/{file.id}")
    return turned_down


def confirm_beforehand(uow: UnitOfWork, file: ImportFile, *, confirmed_by: str) -> ImportFile:
    """S20 on the command line: both are named before the file is read, so it need not wait."""
    refuse_if(two_people_findings(file.uploaded_by, confirmed_by))
    uow.audit(
        AuditEntry("import.confirmed", "import_file", file.id, {"sha256": file.sha256, "by": confirmed_by})
    )
    return uow.import_files.save(dataclasses.replace(file, confirmed_by=confirmed_by, confirmed_at=uow.now))


def named_uploader(uow: UnitOfWork, username: str, kind: ImportKind) -> Account:
    """Somebody whom the command line names as the one who uploads."""
    account = _in_service(uow, username)
    if account is None or not _granted(uow, account, permission_for(kind)):
        raise problem(NOT_OF_DISPATCH, username=username)
    return account


def named_confirmer(uow: UnitOfWork, username: str) -> Account:
    """Somebody of QA whom the command line names as the one who confirms (S20)."""
    account = _in_service(uow, username)
    if account is None or not _granted(uow, account, Permission.IMPORTS_CONFIRM):
        raise problem(NOT_OF_QA, username=username)
    return account


def _in_service(uow: UnitOfWork, username: str) -> Account | None:
    account = uow.accounts.by_username(username)
    return None if account is None or account.left_on is not None else account


def _granted(uow: UnitOfWork, account: Account, permission: Permission) -> bool:
    table = uow.grants.table()
    return any(permission in table[Post(post)] for post in account.posts)


def _enqueue(uow: UnitOfWork, import_id: str) -> str:
    return uow.enqueue(RUN_JOB, {"import_id": import_id})
