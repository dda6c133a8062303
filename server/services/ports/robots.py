"""The port to group robots: one text to one robot, or the words of why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from server.domain.messages import Webhook


class RobotFailed(Exception):
    """The robot did not take the message. `words` hold no address and no secret; `again` says whether trying helps."""

    def __init__(self, words: str, *, again: bool = True) -> None:
        super().__init__(words)
        self.words = words
        self.again = again


@dataclass(frozen=True, slots=True)
class RobotAnswer:
    """What became of one message that somebody waits for: `status` None where nothing answered.

    `refusal` are the words of why it was not taken, None when it was; `beginning` are the first characters of the
    answer, without the address, which is a key.
    """

    status: int | None
    milliseconds: int
    beginning: str
    refusal: str | None


class RobotSender(Protocol):
    """Sends to allow-listed hosts alone (S15)."""

    @property
    def allowed(self) -> Sequence[str]:
        """The hosts, each as `host` or `host:port`."""

    def send(self, webhook: Webhook, text: str, link: str | None, at: datetime) -> None:
        """Have the robot say the text. `link` is a path of the product. Raises RobotFailed."""

    def try_out(self, webhook: Webhook, text: str, at: datetime) -> RobotAnswer:
        """The same, once and now, with everything that the robot answered."""
