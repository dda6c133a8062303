"""The form by which a file comes in, of the API and of the desk: its kind, whether it is a dry run, its bytes (S20).

Owns the reading of the form; the file is stored before the transaction begins and never held whole. Refuses what the
form does not name, and a kind that the sender may not bring in.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from server.domain.access import Actor
from server.domain.imports import ImportKind
from server.domain.problems import BODY_TOO_LARGE, INVALID_INPUT, Problem, problem
from server.services import imports
from server.services.house import House
from server.services.imports import LARGEST_FILE, ReceivedFile
from server.services.ports.objects import ObjectTooLarge

LARGEST_FORM = LARGEST_FILE + (1 << 16)  # with what stands around the file in a form
_FIELDS = frozenset({"kind", "dry_run", "file"})


def receive(house: House, actor: Actor, also: Collection[str] = ()) -> ReceivedFile:
    """The form with its file stored; `also` are further fields that the form may carry."""
    request.max_content_length = LARGEST_FORM
    try:
        file, form = request.files.get("file"), request.form
    except RequestEntityTooLarge as error:
        raise problem(BODY_TOO_LARGE, "file", limit=LARGEST_FILE) from error
    kind = _kind(form.get("kind", ""))
    imports.require_kind(actor, kind)
    dry_run = form.get("dry_run", "false")
    if dry_run not in ("true", "false"):
        raise _invalid("dry_run", "must be true or false")
    unknown = sorted((form.keys() | request.files.keys()) - _FIELDS - set(also))
    if unknown:
        raise _invalid(unknown[0], "unknown field")
    if file is None or not file.filename:
        raise _invalid("file", "must be a file with a name")
    return _store(house, file, kind, dry_run == "true")


def _store(house: House, file: FileStorage, kind: ImportKind, dry_run: bool) -> ReceivedFile:
    try:
        stored = house.objects.write(f"imports/{uuid.uuid4()}", file.stream, limit=LARGEST_FILE)  # type: ignore[arg-type]
    except ObjectTooLarge as error:
        raise problem(BODY_TOO_LARGE, "file", limit=LARGEST_FILE) from error
    return ReceivedFile(kind, file.filename or "", stored.sha256, stored.size, dry_run, stored.key)


def _kind(text: str) -> ImportKind:
    if text not in list(ImportKind):
        raise _invalid("kind", "must be one of " + ", ".join(ImportKind))
    return ImportKind(text)


def _invalid(field: str, detail: str) -> Problem:
    return problem(INVALID_INPUT, field, field_zh=field, field_en=field, detail=detail)
