"""The job of the outbox: one message to one robot, outside any transaction, for a robot may be slow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.group_texts import guard
from server.jobs.runner import JobFailed, Progress
from server.services import outbox
from server.services.house import House
from server.services.ports.jobs import Job
from server.services.ports.robots import RobotFailed
from server.services.ports.unit_of_work import UnitOfWork


def send_outbox_message(house: House, payload: Mapping[str, Any], _progress: Progress) -> None:
    """Send what waits; what fails raises, so that the runner brings it back later and later."""
    message_id = str(payload["outbox_message_id"])
    with house.units.write() as uow:
        begun = outbox.begin(uow, message_id)
        uow.commit()
    if begun is None:
        return
    message, webhook = begun
    guard(message.text)  # once more: a row may come from an older version that guarded less
    try:
        house.robots.send(webhook, message.text, message.link, house.clock.now())
    except RobotFailed as failure:
        with house.units.write() as uow:
            outbox.attempt_failed(uow, message_id, failure.words)
            uow.commit()
        if not failure.again:
            raise JobFailed(failure.words) from None
        raise
    with house.units.write() as uow:
        outbox.sent(uow, message_id)
        uow.commit()


def outbox_given_up(uow: UnitOfWork, job: Job, words: str) -> None:
    """After the last attempt, in the transaction that ends the job."""
    outbox.give_up(uow, str(job.payload["outbox_message_id"]), words)
