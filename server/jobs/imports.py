"""Jobs of imports: a stored file is copied to the local disk, run, and destroyed once it has come to its end."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from server.domain.imports import FINAL, ImportFile
from server.jobs.runner import JobFailed, Progress
from server.services.house import House
from server.services.importing.runs import destroy_bytes, run
from server.services.ports.objects import ObjectDamaged, ObjectKeyDestroyed, ObjectMissing

_PIECE = 1 << 20


def run_import(house: House, payload: Mapping[str, Any], progress: Progress) -> None:
    """Check, and apply where nothing stands against it; a second run goes on where the first one stopped."""
    with house.units.read() as uow:
        file = uow.import_files.need(payload["import_id"])
    if file.object_key is None:
        return
    if file.state not in FINAL:
        file = _run_copy(house, file, file.object_key, progress)
    if file.state in FINAL:
        destroy_bytes(house, file.id)


def _run_copy(house: House, file: ImportFile, object_key: str, progress: Progress) -> ImportFile:
    with NamedTemporaryFile(dir=house.receiving, prefix="import-", suffix=".part") as copy:
        try:
            with house.objects.open(object_key) as source:
                shutil.copyfileobj(source, copy, _PIECE)
        except (ObjectMissing, ObjectKeyDestroyed, ObjectDamaged) as error:
            raise JobFailed(f"the bytes of import {file.id} are gone: {error}") from error
        copy.flush()
        return run(house, file, Path(copy.name), progress)
