"""Posts to group robots: allow-listed hosts, no redirects, no proxies of the environment, time and size limits.

Words of failures never hold an address, for its query is the key to the group: exceptions of the HTTP library are
told by their kind alone. The library comes in with the first post: a web process sends none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from server.domain.messages import Webhook
from server.domain.robots import address_findings
from server.notify.formats import refusal, robot_request
from server.services.ports.robots import RobotFailed

if TYPE_CHECKING:
    from requests import Response

_ANSWER_BYTES = 64 * 1024
_TIMEOUTS = (5.0, 10.0)  # seconds to connect, seconds between two pieces of the answer


class HttpRobots:
    """The adapter of `RobotSender`. `public_url` is the product's own address, put before links; empty: no links."""

    def __init__(
        self, allowed: Sequence[str], public_url: str = "", timeouts: tuple[float, float] = _TIMEOUTS
    ) -> None:
        self._allowed = tuple(allowed)
        self._public_url = public_url.rstrip("/")
        self._timeouts = timeouts

    @property
    def allowed(self) -> Sequence[str]:
        return self._allowed

    def send(self, webhook: Webhook, text: str, link: str | None, at: datetime) -> None:
        for finding in address_findings(webhook.url, self._allowed):
            raise RobotFailed(finding.en(), again=False)
        if link is not None and self._public_url:
            text = f"{text}\n{self._public_url}{link}"
        asked = robot_request(webhook.flavour, webhook.url, webhook.secret, text, at)
        refused = refusal(webhook.flavour, self._post(asked.url, json.dumps(asked.body).encode()))
        if refused is not None:
            raise RobotFailed(refused)

    def _post(self, url: str, body: bytes) -> object:
        import requests

        with requests.Session() as session:
            session.trust_env = False  # no proxy and no netrc of the machine sees what goes out
            try:
                with session.post(
                    url,
                    data=body,
                    headers={"Content-Type": "application/json; charset=utf-8"},
                    timeout=self._timeouts,
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    if answer.status_code != requests.codes.ok:
                        raise RobotFailed(f"answered with status {answer.status_code}")
                    return json.loads(_limited(answer))
            except requests.RequestException as error:
                raise RobotFailed(f"not reached: {type(error).__name__}") from None
            except ValueError:
                raise RobotFailed("not an answer of a robot") from None


def _limited(answer: Response) -> bytes:
    held = b""
    for piece in answer.iter_content(8192):
        held += piece
        if len(held) > _ANSWER_BYTES:
            raise RobotFailed("an answer too long for a robot")
    return held
