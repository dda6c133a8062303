"""The consent of staff to being recorded and located on shift: versioned, given by each person, withdrawable.

Owns the text and its version. It refuses a consent to a text that is not the present one: nobody consents to what they
have not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

# Raised with every change of the words below; whoever consented to an older one is asked anew.
CONSENT_VERSION = 1
# A phone follows the server's clock to two seconds; less is the line's.
PHONE_CLOCK = timedelta(seconds=2)
CONSENT_ZH = (
    "外访期间，从签到到签退，本机全程录音并记录所在位置；签到前、签退后不录音、不定位。录音和位置只用于证明外访过程、"
    "计算外访业绩、处理投诉和争议，按制度保存，查听须登记用途。您可以随时在设置中撤回同意；撤回后不能再开始外访，"
    "此前的记录按制度保存。"
)
CONSENT_EN = (
    "During a visit, from check-in to check-out, this phone records sound and where it is; before and after it does "
    "neither. Recordings and places serve to prove the course of visits, to work out credit and to settle complaints "
    "and disputes; they are kept as the policy says, and whoever listens states the purpose. You may withdraw at any "
    "time in the settings; you then begin no further visit, and what was recorded before is kept as the policy says."
)

CONSENT_OUTDATED = kind(
    "consent_outdated",
    Category.CONFLICT,
    "同意书已更新为第 {version} 版",
    "The text of the consent is now version {version}",
    remedy=("请更新后阅读新的文本再同意。", "Refresh, read the new text, then consent."),
)
CONSENT_NOT_GIVEN = kind(
    "consent_not_given",
    Category.CONFLICT,
    "没有可撤回的同意",
    "There is no consent to withdraw",
    remedy=("无需撤回。", "There is nothing to withdraw."),
)

CONSENT_MISSING = kind(
    "consent_missing",
    Category.REFUSED,
    "{name} 没有有效的录音和定位同意",
    "{name} has no consent to recording and place in force",
    remedy=(
        "请在手机设置中阅读并同意后再签到；不同意的，请外访客服换人。",
        "Read and give it in the phone's settings, then check in; who does not want to is replaced by the dispatcher.",
    ),
    clause="V2",
)


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's consent to one version of the text."""

    id: str
    account_id: str
    consent_version: int
    given_at: datetime
    device_id: str | None
    withdrawn_at: datetime | None
    version: int


def covers(consent: Consent, at: datetime) -> bool:
    """Whether it was in force at that moment of a phone's clock: from when it was given until it was withdrawn."""
    return consent.given_at <= at + PHONE_CLOCK and (
        consent.withdrawn_at is None or at < consent.withdrawn_at
    )


@part_of("V2", codes=("consent_missing",))
def check_in_findings(held: Sequence[Consent], at: datetime, *, happened: bool, name: str) -> list[Finding]:
    """Nobody is recorded without having consented: asked of this moment, or of that at which it has `happened`."""
    if any(covers(one, at) if happened else one.withdrawn_at is None for one in held):
        return []
    return [Finding(CONSENT_MISSING, None, {"name": name})]


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """The text as it stands, and when this person consented to it; None: not, or not any more."""

    version: int
    zh: str
    en: str
    given_at: datetime | None
