"""What each kind of group robot wants to be sent, and what its answer means.

Owns the three formats as their makers document them. Pure: the time and the secret are arguments.

- WeCom: the key stands in the address; a text of at most 2,048 bytes; the answer has `errcode`.
- DingTalk: `timestamp` in milliseconds and `sign` in the address, HMAC-SHA256 keyed with the secret over
  "timestamp\\nsecret", Base64, percent-encoded; the answer has `errcode`.
- Feishu: `timestamp` in seconds and `sign` in the body, HMAC-SHA256 keyed with "timestamp\\nsecret" over nothing,
  Base64; the answer has `code`, and `StatusCode` from older robots.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from server.domain.messages import RobotFlavour

_CODES: Mapping[RobotFlavour, tuple[tuple[str, str], ...]] = {
    RobotFlavour.WECOM: (("errcode", "errmsg"),),
    RobotFlavour.DINGTALK: (("errcode", "errmsg"),),
    RobotFlavour.FEISHU: (("code", "msg"), ("StatusCode", "StatusMessage")),
}
_WORDS = 200


@dataclass(frozen=True, slots=True)
class RobotRequest:
    """What is posted where. `url` holds keys: it is neither logged nor shown."""

    url: str
    body: Mapping[str, Any]


def robot_request(
    flavour: RobotFlavour, url: str, secret: str | None, text: str, at: datetime
) -> RobotRequest:
    """The request that makes a robot say a text; signed where there is a secret."""
    match flavour:
        case RobotFlavour.WECOM:
            return RobotRequest(url, {"msgtype": "text", "text": {"content": text}})
        case RobotFlavour.DINGTALK:
            body = {"msgtype": "text", "text": {"content": text}}
            return RobotRequest(url if secret is None else _signed_address(url, secret, at), body)
        case RobotFlavour.FEISHU:
            said: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if secret is not None:
                stamp = str(int(at.timestamp()))
                key = f"{stamp}\n{secret}".encode()
                said = {"timestamp": stamp, "sign": _base64_hmac(key, b""), **said}
            return RobotRequest(url, said)


def refusal(flavour: RobotFlavour, answer: Any) -> str | None:
    """Why the robot did not take it, in its own words; None when it did. An answer needs a code to be a robot's."""
    if not isinstance(answer, dict):
        return "not an answer of a robot"
    known = [(code, words) for code, words in _CODES[flavour] if code in answer]
    if not known:
        return "not an answer of a robot"
    for code, words in known:
        if answer[code] != 0:
            return f"{code} {str(answer[code])[:20]}: {_plain(answer.get(words, ''))}"
    return None


def _signed_address(url: str, secret: str, at: datetime) -> str:
    stamp = str(int(at.timestamp() * 1000))
    sign = _base64_hmac(secret.encode(), f"{stamp}\n{secret}".encode())
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}timestamp={stamp}&sign={quote(sign, safe='')}"


def _base64_hmac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _plain(words: Any) -> str:
    return "".join(c for c in str(words)[:_WORDS] if c.isprintable())
