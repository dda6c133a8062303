"""What each parameter of the policy is called, in both languages, and how its values are told (section 9).

Owns the names. It refuses a parameter without one: a test walks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from server.domain.money import format_fen
from server.domain.policy.policy_documents import PARAMETERS, plain_value
from server.domain.value_words import WORDS

NAMES: Mapping[str, tuple[str, str]] = {
    "relay_days": ("转告期限（天）", "days for a relay"),
    "letter_days": ("留函有效期（天）", "days of a letter's window"),
    "half_ratio": ("延至委案期末的回款比例", "ratio that extends the window"),
    "police_referral_wait_days": ("外访后报经侦须间隔（天）", "days from a visit to a referral"),
    "recall_blackout_days": ("退案前不得报外访（天）", "days before the recall without requests"),
    "team_size": ("外访人数", "agents of a visit"),
    "reachable_days": ("可联电话的时限（天）", "days in which a phone counts as reachable"),
    "month_end": ("一个月的末日", "last day of the month window"),
    "half_base": ("比例的基数", "base of the ratio"),
    "c4_needs": ("留函五天的条件", "what the five days need"),
    "letter_opens_month": ("留函回款后转一个月", "a letter's repayment opens the month"),
    "nearest_must_cover": ("最近一次外访须覆盖回款", "the nearest visit must cover"),
    "window_stops_at_placement_end": ("有效期止于委案期末", "windows stop at the placement's end"),
    "promise_excludes_visit": ("承诺还款日前的外访不计", "a promise excludes the visit"),
    "relay_must_be_confirmed": ("转告须经确认", "a relay must be confirmed"),
    "evidence_required": ("所需证据", "evidence that is required"),
    "supersede_keeps_contact": ("见到本人的前次外访仍计", "a superseded visit with contact counts"),
    "visit_hours": ("外访和电话时段", "hours of visits and calls"),
    "daily_calls_reached": ("已接通客户每日主动呼出上限", "calls a day to a debtor who was reached"),
    "daily_calls_unreached": ("未接通客户每日主动呼出上限", "calls a day to a debtor who was not"),
    "presence_metres": ("两人签到的最大距离（米）", "metres between both check-ins"),
    "presence_minutes": ("两人签到的最大间隔（分钟）", "minutes between both check-ins"),
    "upload_hours": ("上传期限（小时）", "hours for uploads"),
    "counterfoil_days": ("留存联期限（天）", "days for a counterfoil"),
    "objection_days": ("异议期（天）", "days for objections"),
    "publish_days": ("月初公布期限（天）", "days for the publication"),
    "evidence_hold_days": ("补证期限（天）", "days for missing evidence"),
    "collector_may_object": ("法务可提出异议", "collectors may object"),
    "free_address_errors": ("每月不罚的地址错误（条）", "address errors that are free"),
    "address_error_fine": ("地址错误每条罚款（元）", "fine for an address error, yuan"),
    "commission_tiers": ("提成档位", "tiers of the commission"),
    "collector_when_visit_credited": (
        "计入外访的回款法务如何计",
        "what collectors have of a credited repayment",
    ),
    "base_pay": ("底薪（元）", "base pay, yuan"),
    "field_subsidy": ("攻坚补贴（元）", "subsidy of field agents, yuan"),
    "compliance_factors": ("合规系数", "compliance factors"),
    "compliance_veto": ("合规一票否决", "compliance veto"),
    "fine_deduction": ("建议财务扣除逾期罚款", "overdue fines are proposed for deduction"),
    "fine_catalogue": ("罚款目录", "catalogue of fines"),
    "incident_matrix": ("合规奖惩表", "matrix of incidents"),
    "password_min_length": ("密码最短长度", "shortest password"),
    "password_days": ("密码更新周期（天）", "days of a password"),
    "password_history": ("不得重复的历史密码数（0 为全部）", "former passwords that may not return (0: all)"),
    "lock_after": ("错误几次后锁定", "wrong tries until the lock"),
    "lock_minutes": ("锁定时长（分钟）", "minutes of the lock"),
    "retention_years": ("录音保存年限", "years that recordings are kept"),
    "idle_lock_desk_seconds": ("办公端屏保（秒）", "idle seconds of the desk"),
    "idle_lock_phone_seconds": ("手机端屏保（秒）", "idle seconds of the phone"),
}
_VALUES: Mapping[str, tuple[str, str]] = {
    "day_before": ("次月对日的前一天", "the day before the same day"),
    "same_day": ("次月对日", "the same day"),
    "placed_amount": ("委案金额", "the placed amount"),
    "outstanding_at_visit": ("外访时欠款", "what was outstanding at the visit"),
    "letter_and_message": ("留函且发短信", "letter and message"),
    "letter": ("留函", "letter"),
    "either": ("任一", "either"),
    "photo_and_recording": ("照片和录音", "photo and recording"),
    "full": ("全额", "in full"),
    "none": ("不计", "none"),
}
# The codes of a fine, and of the axes and consequences of an incident.
CODES: Mapping[str, tuple[str, str]] = {
    "false_case_state": ("标记虚假案件状态", "false state of a case"),
    "sensitive_call_note": ("敏感催记", "sensitive call note"),
    "sales_recording": ("推销性质的录音", "recording of a sale"),
    "self_reported": ("主动反馈", "self-reported"),
    "inspection": ("检查发现", "found by inspection"),
    "concealed": ("故意隐瞒", "concealed"),
    "no_fault": ("无责", "not at fault"),
    "at_fault": ("有责", "at fault"),
    "pacified": ("已安抚", "pacified"),
    "not_pacified": ("未安抚", "not pacified"),
    "none": ("不处理", "nothing"),
    "exempt": ("免责", "exempt"),
    "reward": ("奖励", "reward"),
    "fine": ("处罚", "fine"),
    "suspend_and_transfer": ("停案调离", "suspended and transferred"),
    "dismissal": ("清退", "dismissal"),
}


def say_value(name: str, value: Any, language: str) -> str:
    """A value as a person reads it: flags, choices, steps and rows in words, numbers as a document writes them."""
    zh = language == "zh"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    kind = PARAMETERS[name].metadata["kind"]
    if kind == "choice":
        return _VALUES[value][0 if zh else 1]
    if kind in _ROWS:
        return ("；" if zh else "; ").join(_ROWS[kind](name, row, zh=zh) for row in value)
    plain = plain_value(name, value)
    if not isinstance(plain, list):
        return str(plain)
    return ("–" if zh else " to ").join(plain)


def _step(name: str, row: tuple[Decimal, Decimal], *, zh: bool) -> str:
    """F1, F6: a tier of the commission from a completion on, a compliance factor from a number of faults on."""
    if name == "compliance_factors":
        start, factor = row
        return f"有责 {start:f} 次起 {factor:f}" if zh else f"from {start:f} faults: {factor:f}"
    start_at, rate = map(_percent, row)
    return f"{start_at} 起 {rate}" if zh else f"from {start_at}: {rate}"


def _fine(_: str, row: tuple[str, int, str, tuple[str, ...]], *, zh: bool) -> str:
    code, fen, clause, posts = row
    by = [WORDS[f"Post.{post}"][0 if zh else 1] for post in posts]
    amount = format_fen(fen)
    if zh:
        return f"{_code(code, zh=zh)}每条 {amount} 元（{clause}，监督：{'、'.join(by)}）"
    return f"{_code(code, zh=zh)} {amount} yuan each ({clause}, supervised by {', '.join(by)})"


def _outcome(_: str, row: tuple[str, str, str, str, int], *, zh: bool) -> str:
    *case, consequence, fen = row
    amount = "" if not fen else f" {format_fen(fen)} {'元' if zh else 'yuan'}"
    told = ("、" if zh else ", ").join(_code(one, zh=zh) for one in case)
    return f"{told}{'：' if zh else ': '}{_code(consequence, zh=zh)}{amount}"


def _code(code: str, *, zh: bool) -> str:
    """What a code is called; a firm's own entry of the catalogue is called as it calls it."""
    return CODES[code][0 if zh else 1] if code in CODES else code


def _percent(part: Decimal) -> str:
    return f"{(part * 100).normalize():f}%"


_ROWS: Mapping[str, Any] = {"tiers": _step, "catalogue": _fine, "matrix": _outcome}
