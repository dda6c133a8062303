"""The job of uploads: what was abandoned is closed and salvaged, what was left whole becomes evidence."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services.house import House
from server.services.upload_finishing import salvage
from server.services.uploads import abandoned

_MOST = 500
_log = logging.getLogger("fieldvisit.uploads")


def close_abandoned(house: House, _payload: Mapping[str, Any], progress: Progress) -> None:
    """One after the other, the longest idle first: a later run goes on with what this one did not come to.

    One that cannot be salvaged must not keep the others from it; all that failed are told at the end.
    """
    with house.units.read() as uow:
        waiting = abandoned(house, uow, _MOST)
    ends: Counter[str] = Counter()
    failed: list[Exception] = []
    for done, upload in enumerate(waiting, 1):
        try:
            ends[salvage(house, upload)] += 1
        except Exception as error:  # whatever the store or the disk raises concerns this one file
            _log.warning("upload %s is not salvaged: %s", upload.id, error)
            failed.append(error)
        progress(done, len(waiting))
    if ends:
        _log.info("abandoned uploads: %s", dict(ends))
    if failed:
        raise failed[0]
