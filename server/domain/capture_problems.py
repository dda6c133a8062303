"""Why a key is not enrolled: each with its words and what to do next."""

from __future__ import annotations

from server.domain.problems import Category, kind

KEY_MALFORMED = kind(
    "key_malformed",
    Category.INVALID,
    "公钥无效：不是 P-256 曲线上的点",
    "The public key is no point of the curve P-256",
    remedy=("请在设备上重新生成密钥后再登记。", "Make a new key on the device and enrol that."),
)
KEY_TAKEN = kind(
    "key_taken",
    Category.CONFLICT,
    "该公钥已登记过",
    "This public key is enrolled already",
    remedy=("请在设备上重新生成密钥后再登记。", "Make a new key on the device and enrol that."),
    clause="S1",
)
