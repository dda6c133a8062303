"""Group robots: where a webhook may point (S15). Pure; the hosts that a firm allows are its setting.

An address is read by one strict form: what a parser of another library could read as another host is no address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain.messages import RobotFlavour
from server.domain.problems import Category, Finding, kind

WEBHOOK_HOST_NOT_LISTED = kind(
    "webhook_host_not_listed",
    Category.REFUSED,
    "主机 {host} 不在外发白名单内",
    "The host {host} is not on the list of hosts that messages may go to",
    remedy=(
        "请由 IT 把该主机加入 FIELDVISIT_WEBHOOK_HOSTS 后重启，或改用白名单内的机器人。",
        "Have IT add it to FIELDVISIT_WEBHOOK_HOSTS and restart, or use a robot at a listed host.",
    ),
    clause="S15",
)
WEBHOOK_URL_REFUSED = kind(
    "webhook_url_refused",
    Category.REFUSED,
    "机器人地址不能使用：{why}",
    "The address of the robot cannot be used: {why}",
    remedy=(
        "请从群机器人的设置页复制完整的 https 地址。",
        "Copy the whole https address from the robot's settings.",
    ),
    clause="S15",
)
ROBOT_HAS_NO_SECRET = kind(
    "robot_has_no_secret",
    Category.REFUSED,
    "企业微信群机器人没有签名密钥",
    "WeCom robots have no signing secret",
    remedy=("请把密钥留空。", "Leave the secret empty."),
)

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,39}\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>(?:/[A-Za-z0-9._~%/-]*)?(?:\?[A-Za-z0-9._~%&=+-]*)?)"
)
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "[::1]"))


def webhook_findings(
    flavour: RobotFlavour, url: str, secret: str | None, allowed: Sequence[str]
) -> list[Finding]:
    """What stands against a robot: an address that is none, is not encrypted, or leads to a host not on the list."""
    found = address_findings(url, allowed)
    if flavour is RobotFlavour.WECOM and secret is not None:
        found.append(Finding(ROBOT_HAS_NO_SECRET, "secret"))
    return found


def address_findings(url: str, allowed: Sequence[str]) -> list[Finding]:
    """Asked when a webhook is saved and again when a message is sent: the list may have changed in between.

    An entry of the list is `host`, which means its port of https, or `host:port`.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        return [Finding(WEBHOOK_URL_REFUSED, "url", {"why": "not https://host/path?query"})]
    host = parts["host"].lower()
    if parts["scheme"] == "http" and host not in _LOOPBACK:
        return [Finding(WEBHOOK_URL_REFUSED, "url", {"why": "http is not encrypted"})]
    port = parts["port"] or ("443" if parts["scheme"] == "https" else "80")
    listed = {entry.strip().lower() for entry in allowed}
    if f"{host}:{port}" in listed or (port == "443" and host in listed):
        return []
    return [Finding(WEBHOOK_HOST_NOT_LISTED, "url", {"host": host if port == "443" else f"{host}:{port}"})]


def host_of(url: str) -> str:
    """The host of a saved address, which may be shown; the rest of it is a key to the group."""
    parts = _URL.fullmatch(url)
    return "" if parts is None else parts["host"].lower()


_FAILURES = (
    (re.compile(r"answered with status (?P<a>[0-9]+)"), "应答状态码 {a}"),
    (re.compile(r"not reached: (?P<a>[A-Za-z]+)"), "连接不上（{a}）"),
    (re.compile(r"not an answer of a robot"), "不是群机器人的应答"),
    (re.compile(r"an answer too long for a robot"), "应答过长，不是群机器人"),
    (re.compile(r"the robot is switched off"), "机器人已暂停"),
    (re.compile(r"(?P<a>(?:errcode|code|StatusCode) .*)", re.DOTALL), "机器人拒收（{a}）"),
)


def failure_in_chinese(words: str) -> str:
    """Why a message was not taken, as it was kept in English; what a later release says stays as it is."""
    for pattern, chinese in _FAILURES:
        found = pattern.fullmatch(words)
        if found is not None:
            return chinese.format(**found.groupdict())
    return words
