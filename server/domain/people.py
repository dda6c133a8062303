"""People: accounts (S1, S23), passwords (S2), locking (S3), certificates of field agents (V11).

Pure rules over frozen values. Hashing a password is a port's work; here stands what a password must be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.domain.access import Post
from server.domain.problems import Category, Finding, kind

AGREEMENT_MISSING = kind(
    "agreement_missing",
    Category.REFUSED,
    "没有保密协议签订日期，不能开通账号",
    "No account without the date of the signed confidentiality agreement",
    remedy=("请先签订保密协议并登记日期。", "Have the agreement signed and record its date."),
    clause="S23",
)
USERNAME_TAKEN = kind(
    "username_taken",
    Category.CONFLICT,
    "用户名 {username} 已被使用过，不得再次使用",
    "The user name {username} has been used before and is never used again",
    remedy=("请另选用户名。", "Choose another name."),
    clause="S1",
)
PASSWORD_WEAK = kind(
    "password_weak",
    Category.REFUSED,
    "密码必须由字母和数字组成，至少 {minimum} 位",
    "A password consists of letters and digits, at least {minimum} characters",
    remedy=("请换一个同时含字母和数字的密码。", "Choose one with both letters and digits."),
    clause="S2",
)
PASSWORD_REUSED = kind(
    "password_reused",
    Category.REFUSED,
    "每个更新周期后须更换不同的密码，此密码用过",
    "Each period needs a different password; this one was used before",
    remedy=("请换一个没有用过的密码。", "Choose one that was not used before."),
    clause="S2",
)
PASSWORD_EXPIRED = kind(
    "password_expired",
    Category.FORBIDDEN,
    "密码已到更新周期（{days} 天），须先更换",
    "The password is over its period of {days} days and must be changed first",
    remedy=("请用原密码更换新密码后登录。", "Change it with the old password, then sign in."),
    clause="S2",
)
WRONG_CREDENTIALS = kind(
    "wrong_credentials",
    Category.UNAUTHENTICATED,
    "用户名或密码不正确",
    "User name or password is wrong",
    remedy=(
        "请核对后重试；连续第三次错误将锁定 30 分钟。",
        "Check and try again; the third wrong try in a row locks for 30 minutes.",
    ),
    clause="S3",
)
ACCOUNT_LOCKED = kind(
    "account_locked",
    Category.LOCKED,
    "账号已锁定至 {until}",
    "The account is locked until {until}",
    remedy=("请等待解锁，或由 IT 说明原因后解锁。", "Wait, or have IT unlock it with a reason."),
    clause="S3",
)
ACCOUNT_CLOSED = kind(
    "account_closed",
    Category.FORBIDDEN,
    "账号已注销",
    "The account has been closed",
    remedy=("如有疑问请联系人事部。", "Ask personnel."),
    clause="S1",
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch (分公司) and the prefecture-level division whose area is its own city (R16)."""

    id: str
    name: str
    city_code: str
    city_name: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team of collectors (法务组) under one lead."""

    id: str
    branch_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account. `left_on` set: closed for ever, records stay (S1). `version` grows with each edit."""

    id: str
    username: str
    display_name: str
    posts: tuple[Post, ...]
    employee_number: str
    branch_id: str | None
    team_id: str | None
    project_id: str | None
    telephone: str | None
    agreement_signed_on: date
    password_hash: str
    password_changed_at: datetime | None
    wrong_tries: int
    locked_until: datetime | None
    left_on: date | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """V11: a score of at least the pass mark with the general manager's approval, and the last monthly test."""

    id: str
    account_id: str
    score: int
    approved_by: str
    approved_on: date
    tested_on: date | None
    test_passed: bool
    valid_until: date
    version: int


_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def username_text(text: str) -> str:
    """A user name, or ValueError; the same form that the API asks for."""
    if _USERNAME.fullmatch(text) is None:
        raise ValueError("lower-case letters, digits, . _ - (2 to 40)")
    return text


CERTIFICATE_PASS_SCORE = 80  # V11: 满分(100)达到(80)分


def certificate_in_force(certificate: Certificate | None, on: date) -> bool:
    """V11: approved, scored, the monthly test passed and within its validity on that day."""
    return (
        certificate is not None
        and certificate.score >= CERTIFICATE_PASS_SCORE
        and certificate.approved_on <= on
        and certificate.tested_on is not None
        and certificate.test_passed
        and certificate.tested_on <= on <= certificate.valid_until
    )


def password_findings(password: str, *, minimum: int, field: str = "new_password") -> list[Finding]:
    """S2: letters and digits, at least `minimum` characters. Other characters may stand beside them."""
    letters = any(c.isascii() and c.isalpha() for c in password)
    digits = any(c.isascii() and c.isdigit() for c in password)
    if letters and digits and len(password) >= minimum:
        return []
    return [Finding(PASSWORD_WEAK, field, {"minimum": minimum})]


def password_expired(account: Account, *, now: datetime, days: int) -> bool:
    """S2: the period of `days` is over, or the password was set by somebody else. `days` 0: no period (demo)."""
    if account.password_changed_at is None:
        return True
    return days > 0 and now - account.password_changed_at >= timedelta(days=days)


def locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and now < account.locked_until


def after_wrong_try(
    account: Account, now: datetime, *, lock_after: int, lock_minutes: int
) -> tuple[int, datetime | None]:
    """S3: the counter and the lock after one more wrong try. A lock that has run out starts the count anew."""
    tries = (
        0 if account.locked_until is not None and now >= account.locked_until else account.wrong_tries
    ) + 1
    if tries >= lock_after:
        return tries, now + timedelta(minutes=lock_minutes)
    return tries, None
