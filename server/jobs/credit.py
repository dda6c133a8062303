"""Jobs of credit: placements whose facts changed are scored again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from server.jobs.runner import Progress
from server.services.credit import (
    AT_ONCE,
    PLACEMENT_JOB,
    Scoring,
    fact_changed,
    score,
    with_other_placements,
)
from server.services.house import House
from server.services.month_figures import touch

_log = logging.getLogger("fieldvisit.jobs")


def score_placement(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Score the placement of this job, and with it those of all jobs of its kind that wait.

    A busy hour leaves hundreds of jobs; one by one each would cost three turns of the writer. What is taken along is
    marked done in the transaction that does it: when that fails, all of them wait again, and those that had begun once
    run alone, so that one bad case does not keep the others.
    """
    with house.units.write() as uow:
        due = [payload, *(job.payload for job in uow.jobs.take(PLACEMENT_JOB, uow.now, AT_ONCE - 1))]
        by_cause: dict[str, set[str]] = {}
        for one in due:
            by_cause.setdefault(str(one["cause"]), set()).add(str(one["placement_id"]))
        for cause, placement_ids in by_cause.items():
            touched = with_other_placements(uow, placement_ids)
            score(uow, touched, cause, second=house.second_scorer)
            touch(uow, touched)
        uow.commit()


def score_placements(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Score the placements that one act touched, an import or an edition, a thousand in a turn of the writer.

    What a power cut must not take is the file with its jobs, whose commit waited for the disk before anybody was told
    that it is applied (S20); the lines follow from it, and are lost only together with the job's end, so it runs again.
    Where some fail, each of these waits in a job of its own, so that one bad case does not keep the others.
    """
    cause = str(payload["cause"])
    with house.units.read() as uow:
        touched = with_other_placements(uow, payload["placement_ids"])
    with house.second_scorer.share() as share:
        scoring = Scoring(touched, cause, share)
        while scoring.goes_on:
            try:
                with house.units.write(durable=False) as uow:
                    touch(uow, scoring.take_turn(uow))
                    uow.commit()
            except Exception as error:  # whatever one case raises; its own job keeps it and tells IT
                failed = scoring.leave_out()
                if not failed:
                    raise
                _log.warning("%d placements are scored one by one: %s", len(failed), type(error).__name__)
                with house.units.write() as uow:
                    for placement_id in failed:
                        fact_changed(uow, placement_id, cause)
                    uow.commit()
