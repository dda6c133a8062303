"""The one-time code by which a phone is enrolled: made where the device is handed out, typed on the phone (V20, S1).

Whoever hands a device out says by it that this phone is that device. Eight of 32 signs are 10¹² codes; one holds for
ten minutes and only for whoever has the device, so that tries need not be counted. Refuses a code that was used, ran
out, was made for another device or while another person had it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_uppercase, digits

from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

_MIXED_UP = "01IO"
ALPHABET = "".join(sign for sign in digits + ascii_uppercase if sign not in _MIXED_UP)
LENGTH = 8
LIFETIME = timedelta(minutes=10)
_ASK_ANEW = (
    "请发放设备的人在设备页上重新生成登记码。",
    "Have whoever hands the device out make a new code on the device's page.",
)

CODE_UNKNOWN = kind(
    "enrolment_code_unknown",
    Category.REFUSED,
    "登记码不对，或不是为这台设备生成的",
    "The code is wrong, or was made for another device",
    remedy=("请核对登记码和所选的设备。", "Check the code, and which device was chosen."),
    clause="V20",
)
CODE_USED = kind(
    "enrolment_code_used",
    Category.REFUSED,
    "这个登记码已经用过，每个只能用一次",
    "This code has been used; each is good for one enrolment",
    remedy=_ASK_ANEW,
    clause="V20",
)
CODE_OVER = kind(
    "enrolment_code_over",
    Category.REFUSED,
    "登记码已失效（有效 {minutes} 分钟，重新生成后前一个作废）",
    "The code has run out: it holds for {minutes} minutes, or until another is made",
    remedy=_ASK_ANEW,
    clause="V20",
)
CODE_OF_ANOTHER = kind(
    "enrolment_code_of_another",
    Category.REFUSED,
    "登记码是设备在另一人名下时生成的",
    "The code was made while somebody else had the device",
    remedy=_ASK_ANEW,
    clause="V20",
)


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code for one device in one person's hands; `key_id` is the key that was enrolled by it."""

    id: str
    device_id: str
    account_id: str
    code: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    superseded_at: datetime | None
    used_at: datetime | None
    key_id: str | None
    version: int

    def open_at(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and self.superseded_at is None and now < self.expires_at


def plain(typed: str) -> str:
    """As it was made: people type small letters, and the dash that it is shown with."""
    return "".join(sign for sign in typed.upper() if sign not in "- ")


def matching(codes: Iterable[EnrolmentCode], typed: str) -> EnrolmentCode | None:
    """The code of the device that was typed."""
    return next((one for one in codes if one.code == plain(typed)), None)


@part_of(
    "V20",
    codes=(
        "enrolment_code_unknown",
        "enrolment_code_used",
        "enrolment_code_over",
        "enrolment_code_of_another",
    ),
)
def code_findings(found: EnrolmentCode | None, holder_id: str, now: datetime) -> list[Finding]:
    """Why a device is not enrolled by what was typed; `found` is the code of this device that it matches."""
    if found is None:
        return [Finding(CODE_UNKNOWN, "code")]
    if found.used_at is not None:
        return [Finding(CODE_USED, "code")]
    if found.account_id != holder_id:
        return [Finding(CODE_OF_ANOTHER, "code")]
    if not found.open_at(now):
        return [Finding(CODE_OVER, "code", {"minutes": LIFETIME // timedelta(minutes=1)})]
    return []
