"""Flags on evidence: what leads a person to look at it, with what shows it (V1, V8, X1, S10).

Owns the codes, their sentences and how a flag goes from raised over answered to decided. It refuses to be a verdict: a
flag excludes nothing and blocks nothing; an agent answers it, a manager decides, and only the voiding of V8 excludes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.domain.capture_words import CHAIN_WORDS
from server.domain.policy.registry import part_of
from server.domain.problems import Category, Finding, kind

_NAMES = uuid.UUID("6f1f8a52-7f0e-5c1c-9a53-3f6f0d1f8b11")


class FlagCode(StrEnum):
    SAME_BYTES = "same_bytes"
    PHOTO_ALIKE = "photo_alike"
    SOUND_ALIKE = "sound_alike"
    RECORDING_SILENT = "recording_silent"
    RECORDING_CLIPPED = "recording_clipped"
    PHOTO_SCREENSHOT = "photo_screenshot"
    PHOTO_RESAVED = "photo_resaved"
    PHOTO_EDITED = "photo_edited"
    CAPTURE_TIME_DIFFERS = "capture_time_differs"
    CAPTURE_PLACE_DIFFERS = "capture_place_differs"
    CAPTURE_IN_FUTURE = "capture_in_future"
    CAPTURE_OUTSIDE_VISIT = "capture_outside_visit"
    SPEED_IMPOSSIBLE = "speed_impossible"
    OUTSIDE_FENCE = "outside_fence"
    TEAM_APART = "team_apart"
    COORDINATES_FROZEN = "coordinates_frozen"
    COORDINATES_REPEATED = "coordinates_repeated"
    MANIFEST_MISSING = "manifest_missing"
    VOID_PROPOSED = "void_proposed"  # by QA, who looked (S12)
    # of the capture chain, named as its findings are
    MANIFEST_UNREADABLE = "manifest_unreadable"
    UNKNOWN_KEY = "unknown_key"
    REVOKED_KEY = "revoked_key"
    KEY_OF_ANOTHER = "key_of_another"
    BAD_SIGNATURE = "bad_signature"
    WRONG_VISIT = "wrong_visit"
    WRONG_NONCE = "wrong_nonce"
    SEQ_MISSING = "seq_missing"
    REPEATED_SEQ = "repeated_seq"
    OUT_OF_ORDER = "out_of_order"
    BROKEN_LINK = "broken_link"
    CLOCK_BACKWARDS = "clock_backwards"
    CLOCK_JUMPED = "clock_jumped"
    CLOCK_AHEAD = "clock_ahead"
    ITEM_MISSING = "item_missing"
    ITEM_NOT_LISTED = "item_not_listed"
    ITEM_ELSEWHERE = "item_elsewhere"
    KIND_DIFFERS = "kind_differs"
    DIGEST_DIFFERS = "digest_differs"
    SEGMENT_GAP = "segment_gap"
    SEGMENT_OVERLAP = "segment_overlap"
    SEGMENT_CUT = "segment_cut"


class FlagState(StrEnum):
    RAISED = "raised"
    ANSWERED = "answered"
    DECIDED = "decided"


class FlagDecision(StrEnum):
    UPHELD = "upheld"
    DISMISSED = "dismissed"


# zh-CN, English; over the evidence of the flag. The capture chain has its own words.
SENTENCES: Mapping[FlagCode, tuple[str, str]] = {
    FlagCode.SAME_BYTES: (
        "该文件与另一次外访的文件逐字节相同",
        "The file is, byte for byte, one of another visit",
    ),
    FlagCode.PHOTO_ALIKE: (
        "照片与另一次外访的照片为同一画面（吻合度 {agreement}），可能经压缩、缩放、旋转、镜像或裁剪",
        "The photo is the same picture as one of another visit (agreement {agreement}): perhaps re-encoded, resized, "
        "turned, mirrored or cropped",
    ),
    FlagCode.SOUND_ALIKE: (
        "录音有 {seconds} 秒与另一次外访的录音相同（本段自第 {at} 秒，对方自第 {known_at} 秒）",
        "{seconds} s of the recording also stand in another visit's (from second {at} here, {known_at} there)",
    ),
    FlagCode.RECORDING_SILENT: (
        "录音有 {percent}% 完全无声",
        "{percent}% of the recording is without any sound",
    ),
    FlagCode.RECORDING_CLIPPED: (
        "录音过载失真，{percent}% 的采样到顶",
        "The recording is overdriven: {percent}% of its samples are at full scale",
    ),
    FlagCode.PHOTO_SCREENSHOT: (
        "照片疑似屏幕截图（{width}×{height}，无相机信息）",
        "The photo looks like a screenshot ({width}×{height}, no camera named)",
    ),
    FlagCode.PHOTO_RESAVED: (
        "照片疑似由通讯软件转存（{sign}），不是设备原始文件",
        "The photo looks like one saved from a messenger ({sign}), not the file that the device made",
    ),
    FlagCode.PHOTO_EDITED: (
        "照片由编辑软件保存（{sign}）",
        "The photo was saved by editing software ({sign})",
    ),
    FlagCode.CAPTURE_TIME_DIFFERS: (
        "文件自带的拍摄时间与手机上报的时间不符",
        "The time within the file is not the one that the phone said",
    ),
    FlagCode.CAPTURE_PLACE_DIFFERS: (
        "文件自带的定位与手机上报的定位不符",
        "The place within the file is not the one that the phone said",
    ),
    FlagCode.CAPTURE_IN_FUTURE: (
        "文件的拍摄时间晚于服务器收到它的时间，设备时钟不准",
        "The file was made after the server received it: the clock of the device is wrong",
    ),
    FlagCode.CAPTURE_OUTSIDE_VISIT: (
        "文件的拍摄时间在本次外访的签到与签退之外，相差 {minutes} 分钟",
        "The file was made {minutes} minutes outside the visit, from check-in to check-out",
    ),
    FlagCode.SPEED_IMPOSSIBLE: (
        "{minutes} 分钟内移动 {km} 公里（约 {kmh} 公里/小时），不可能",
        "{km} km in {minutes} minutes (about {kmh} km/h) is not possible",
    ),
    FlagCode.OUTSIDE_FENCE: (
        "定位距外访地址约 {distance_m} 米（已扣除定位误差）",
        "About {distance_m} m from the visited address, after allowing for the accuracy of both places",
    ),
    FlagCode.TEAM_APART: (
        "两人的定位相距 {distance_m} 米（已扣除定位误差），上限 {limit_m} 米",
        "The two were {distance_m} m apart, after allowing for their accuracy; {limit_m} m are allowed",
    ),
    FlagCode.COORDINATES_FROZEN: (
        "{minutes} 分钟内 {count} 个定位的坐标完全相同，疑似虚拟定位",
        "{count} places within {minutes} minutes have exactly the same coordinates: perhaps not those of a receiver",
    ),
    FlagCode.COORDINATES_REPEATED: (
        "签到坐标与另一地址的外访签到坐标完全相同",
        "The check-in has exactly the coordinates of one at another address",
    ),
    FlagCode.MANIFEST_MISSING: (
        "手机上传了 {files} 个文件，但在规定时间内没有上传采集清单",
        "A phone sent {files} files, and no manifest of them within the hours",
    ),
    FlagCode.VOID_PROPOSED: (
        "品管抽查后建议作废：{note}",
        "QA looked at it and proposes to void it: {note}",
    ),
    **{FlagCode(code): words for code, words in CHAIN_WORDS.items()},
}

FLAG_DECIDED = kind(
    "flag_already_decided",
    Category.CONFLICT,
    "该疑点已由经理作出结论",
    "A manager has decided this flag already",
    remedy=(
        "无需再次处理；如结论有误请另报事件。",
        "Nothing is left to do; report an incident if it was wrong.",
    ),
    clause="V8",
)
FLAG_NOT_OF_TEAM = kind(
    "flag_not_of_team",
    Category.FORBIDDEN,
    "您不是该外访小组的成员，不能答复其疑点",
    "You are not on the team of this visit, so you cannot answer its flags",
    remedy=("请由该外访的外访员答复。", "Let one of its agents answer."),
    clause="V8",
)
FLAG_OF_OWN_VISIT = kind(
    "flag_of_own_visit",
    Category.FORBIDDEN,
    "不能对本人参加的外访的疑点作结论",
    "Nobody decides a flag of a visit that was their own",
    remedy=("请由另一名经理作结论。", "Let another manager decide."),
    clause="V8",
)
VOID_NEEDS_UPHELD = kind(
    "flag_void_needs_upheld",
    Category.INVALID,
    "只有认定属实的疑点才能作废外访",
    "Only an upheld flag may void the visit",
    remedy=("请改为认定属实，或不勾选作废。", "Uphold the flag, or do not void."),
    clause="V8",
)


@dataclass(frozen=True, slots=True)
class Raised:
    """What a rule found: of one item or of the visit as a whole, perhaps against another one; `score` from 0 to 1."""

    code: FlagCode
    score: float
    item_id: str | None = None
    other_item_id: str | None = None
    other_visit_id: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceFlag:
    """A flag on a visit, raised once for a visit, an item, a code and another item. `evidence` fills its sentence."""

    id: str
    visit_id: str
    item_id: str | None
    code: FlagCode
    other_item_id: str | None
    other_visit_id: str | None
    score: float
    evidence: Mapping[str, Any]
    state: FlagState
    raised_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    decision: FlagDecision | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    version: int


def flag_of(visit_id: str, raised: Raised, at: datetime) -> EvidenceFlag:
    """The flag as it is first kept; its id says what it is about, so that a job that runs twice raises one."""
    about = (visit_id, raised.item_id, raised.code, raised.other_item_id)
    return EvidenceFlag(
        id=str(uuid.uuid5(_NAMES, "/".join(str(each) for each in about))),
        visit_id=visit_id,
        item_id=raised.item_id,
        code=raised.code,
        other_item_id=raised.other_item_id,
        other_visit_id=raised.other_visit_id,
        score=round(min(1.0, max(0.0, raised.score)), 3),
        evidence=dict(raised.evidence),
        state=FlagState.RAISED,
        raised_at=at,
        answer=None,
        answered_by=None,
        answered_at=None,
        decision=None,
        decided_by=None,
        decided_at=None,
        decision_reason=None,
        version=1,
    )


@part_of("V8", codes=("flag_not_of_team", "flag_already_decided"))
def v8_answer_findings(flag: EvidenceFlag, *, of_team: bool) -> list[Finding]:
    """V8 「外访录音必须真实有效」: who made the evidence answers for it, until a manager has decided."""
    if not of_team:
        return [Finding(FLAG_NOT_OF_TEAM)]
    return [Finding(FLAG_DECIDED)] if flag.state is FlagState.DECIDED else []


@part_of("V8", codes=("flag_of_own_visit", "flag_already_decided", "flag_void_needs_upheld"))
def v8_decision_findings(
    flag: EvidenceFlag, decision: FlagDecision, *, of_team: bool, void: bool
) -> list[Finding]:
    """V8 「外访录音必须真实有效」: decided once, by a manager who was not there; what is dismissed voids nothing."""
    if of_team:
        return [Finding(FLAG_OF_OWN_VISIT)]
    if flag.state is FlagState.DECIDED:
        return [Finding(FLAG_DECIDED)]
    return [Finding(VOID_NEEDS_UPHELD, "void")] if void and decision is not FlagDecision.UPHELD else []


def sentences(flag: EvidenceFlag) -> tuple[str, str]:
    """What the flag says, zh-CN and English."""
    zh, en = SENTENCES[flag.code]
    return zh.format(**flag.evidence), en.format(**flag.evidence)
