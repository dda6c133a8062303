"""Jobs of credit: placements whose facts changed are scored again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services.credit import AT_ONCE, PLACEMENT_JOB, score, with_other_placements
from server.services.house import House


def score_placement(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Score the placement of this job, and with it those of all jobs of its kind that wait.

    An import of thousands of repayments leaves as many jobs; one by one each would cost three turns of the writer. What
    is taken along is marked done in the transaction that does it: when that fails, all of them wait again, and those
    that had begun once run alone, so that one bad case does not keep the others.
    """
    with house.units.write() as uow:
        due = [payload, *(job.payload for job in uow.jobs.take(PLACEMENT_JOB, uow.now, AT_ONCE - 1))]
        by_cause: dict[str, set[str]] = {}
        for one in due:
            by_cause.setdefault(str(one["cause"]), set()).add(str(one["placement_id"]))
        for cause, placement_ids in by_cause.items():
            score(uow, with_other_placements(uow, placement_ids), cause)
        uow.commit()
