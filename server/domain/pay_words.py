"""A payslip in words, in both languages: why each figure is what it is (F1 to F3, F6).

Owns the sentences. It refuses to compute: figures come from `server.domain.pay`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from server.domain.money import shown_fen
from server.domain.pay import PartKind, Pay, PayWarning
from server.domain.policy.editions import Edition

Words = Mapping[str, str]

PART_WORDS: Mapping[PartKind, Words] = {
    PartKind.AGENT: {"zh": "外访业绩份额（F2）", "en": "the share of a credited visit (F2)"},
    PartKind.COLLECTOR: {"zh": "本人案件回款（F1）", "en": "a repayment of their own case (F1)"},
    PartKind.MOVED_OUT: {
        "zh": "报经侦后外访，提成归外访员（A3）",
        "en": "visited after a referral: the commission goes to the team (A3)",
    },
    PartKind.MOVED_IN: {
        "zh": "报经侦后外访，法务提成转入（A3）",
        "en": "visited after a referral: the collector's commission (A3)",
    },
}
WARNING_WORDS: Mapping[PayWarning, Words] = {
    PayWarning.NO_TARGET: {
        "zh": "当月任务尚未设定，没有完成率，不计提成（F1）",
        "en": "No target is set for the month: there is no completion and no commission (F1)",
    },
    PayWarning.RESTS_ON_AMOUNTS: {
        "zh": "合规系数与一票否决尚未生效，薪酬仅与回款金额挂钩（F6，《商业银行信用卡业务监督管理办法》第六十六条）",
        "en": "Neither a compliance factor nor a veto has effect: pay rests on recovered amounts alone "
        "(F6, Card Measures art. 66)",
    },
}


def percent(value: Decimal | Fraction) -> str:
    """A part of one as a percentage with at most two decimals, cut."""
    hundredths = int(Fraction(value) * 10_000)
    sign, hundredths = ("-" if hundredths < 0 else ""), abs(hundredths)
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"{sign}{text}%"


def completion_of(pay: Pay) -> str | None:
    """The month's completion as a percentage; None without a target."""
    return None if pay.target_fen is None else percent(Fraction(pay.achieved_fen, pay.target_fen))


def trace_of(pay: Pay, edition: Edition) -> list[Words]:
    """The sentences of a payslip, from base to total."""
    told = [_base(pay, edition), _commission(pay)]
    for fen, zh, en in (
        (pay.moved_in_fen, "其中由法务转入 {}（A3）", "{} of it came from collectors (A3)"),
        (pay.moved_out_fen, "另有 {} 转归外访员（A3）", "{} more went to the teams (A3)"),
    ):
        if fen:
            told.append({"zh": zh.format(shown_fen(fen)), "en": en.format(shown_fen(fen))})
    told.append(_compliance(pay))
    told += _further(pay)
    total = shown_fen(pay.total_fen)
    told.append({"zh": f"应发合计 {total}", "en": f"{total} in all"})
    return told + [WARNING_WORDS[warning] for warning in pay.warnings]


def _further(pay: Pay) -> list[Words]:
    """Rewards, fines that are overdue, and what finance is asked to deduct."""
    said = (
        (pay.rewards_fen, "合规奖励 {}（F7）", "Compliance rewards: {} (F7)"),
        (
            pay.overdue_fines_fen,
            "逾期罚款 {}，未从应发中扣除（F5）",
            "Overdue fines: {}, not taken off (F5)",
        ),
        (pay.proposed_deduction_fen, "建议财务扣除 {}（F5）", "{} is proposed to finance to deduct (F5)"),
    )
    return [{"zh": zh.format(shown_fen(fen)), "en": en.format(shown_fen(fen))} for fen, zh, en in said if fen]


def _base(pay: Pay, edition: Edition) -> Words:
    base, subsidy = shown_fen(pay.base_fen), shown_fen(pay.subsidy_fen)
    since = edition.effective_from.isoformat()
    return {
        "zh": f"底薪 {base}，攻坚补贴 {subsidy}（F2，{since} 版）",
        "en": f"Base {base}, subsidy {subsidy} (F2, edition of {since})",
    }


def _commission(pay: Pay) -> Words:
    achieved = shown_fen(pay.achieved_fen)
    if pay.rate is None or pay.target_fen is None:
        return {"zh": f"当月业绩 {achieved}（F1）", "en": f"{achieved} reached in the month (F1)"}
    target, rate, earned = shown_fen(pay.target_fen), percent(pay.rate), shown_fen(pay.commission_fen)
    reached = completion_of(pay)
    return {
        "zh": f"当月业绩 {achieved}，任务 {target}，完成率 {reached}，提成比例 {rate}，提成 {earned}（F1）",
        "en": f"{achieved} of a target of {target} is {reached}: the rate is {rate}, the commission {earned} (F1)",
    }


def _compliance(pay: Pay) -> Words:
    paid = shown_fen(pay.paid_fen)
    if pay.vetoed:
        return {"zh": "合规一票否决，提成不发（F6）", "en": "The compliance veto takes the commission (F6)"}
    return {
        "zh": f"合规系数 {pay.factor}，实计提成 {paid}（F6）",
        "en": f"Compliance factor {pay.factor}: {paid} is paid of the commission (F6)",
    }
