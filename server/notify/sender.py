"""Posts to group robots: allow-listed hosts, no redirects, no proxies of the environment, time and size limits.

Words of failures never hold an address, for its query is the key to the group: exceptions of the HTTP library are
told by their kind alone. The library comes in with the first post: a web process sends none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

from server.domain.messages import Webhook
from server.domain.robots import address_findings
from server.notify.formats import refusal, robot_request
from server.services.ports.robots import RobotAnswer, RobotFailed

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")
_ANSWER_BYTES = 64 * 1024
_SHOWN = 200
_OK = 200
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

    def try_out(self, webhook: Webhook, text: str, at: datetime) -> RobotAnswer:
        for finding in address_findings(webhook.url, self._allowed):
            return RobotAnswer(None, 0, "", finding.en())
        asked = robot_request(webhook.flavour, webhook.url, webhook.secret, text, at)
        begun = perf_counter()
        try:
            status, content = self._ask(asked.url, json.dumps(asked.body).encode(), _as_it_came)
        except RobotFailed as failure:
            return RobotAnswer(None, _since(begun), "", failure.words)
        taken = _since(begun)
        return RobotAnswer(status, taken, _beginning(content, asked.url), _refusal(webhook, status, content))

    def _post(self, url: str, body: bytes) -> object:
        try:
            return self._ask(url, body, _answered)
        except ValueError:
            raise RobotFailed("not an answer of a robot") from None

    def _ask(self, url: str, body: bytes, read: Callable[[Response], T]) -> T:
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
                    return read(answer)
            except requests.RequestException as error:
                raise RobotFailed(f"not reached: {type(error).__name__}") from None


def _answered(answer: Response) -> object:
    if answer.status_code != _OK:
        raise RobotFailed(f"answered with status {answer.status_code}")
    return json.loads(_limited(answer))


def _as_it_came(answer: Response) -> tuple[int, bytes]:
    return answer.status_code, _limited(answer)


def _refusal(webhook: Webhook, status: int, content: bytes) -> str | None:
    if status != _OK:
        return f"answered with status {status}"
    try:
        return refusal(webhook.flavour, json.loads(content))
    except ValueError:
        return "not an answer of a robot"


def _beginning(content: bytes, url: str) -> str:
    """What a reader may see of an answer: a server that tells what it was asked tells the key to the group."""
    text = content.decode("utf-8", "replace")
    parts = urlsplit(url)
    for key in sorted(
        {url, parts.path, *(value for _, value in parse_qsl(parts.query))}, key=len, reverse=True
    ):
        if len(key) > 1:
            text = text.replace(key, "***")
    return "".join(letter if letter.isprintable() else " " for letter in text[:_SHOWN]).strip()


def _since(begun: float) -> int:
    return round((perf_counter() - begun) * 1000)


def _limited(answer: Response) -> bytes:
    held = b""
    for piece in answer.iter_content(8192):
        held += piece
        if len(held) > _ANSWER_BYTES:
            raise RobotFailed("an answer too long for a robot")
    return held
