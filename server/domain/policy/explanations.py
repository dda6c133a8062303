"""Owns the words of a decision in zh-CN and English: a sentence a code, and the telling of a whole trace.

Refuses to decide or to quote the handbook by heart: the sentence of a clause is read from the register.
"""

from collections.abc import Mapping
from typing import Any, Literal

from server.domain.policy.registry import CLAUSES

Language = Literal["zh-CN", "en"]

# code -> (zh-CN, English). The names in braces are facts of the step or its visit (trace_facts.py).
SENTENCES: dict[str, tuple[str, str]] = {
    "met": (
        "当面见到借款人或其直系亲属，并有沟通",
        "the borrower or a direct relative was met and spoken to",
    ),
    "nobody_met": (
        "没有当面见到并沟通借款人或其直系亲属",
        "neither the borrower nor a direct relative was met and spoken to",
    ),
    "phoned_on_site": (
        "在外访地电话联系到借款人或其直系亲属，并有沟通",
        "the borrower or a direct relative was reached by telephone from the place",
    ),
    "nobody_phoned": (
        "没有在外访地电话联系到借款人或其直系亲属",
        "neither the borrower nor a direct relative was reached by telephone from the place",
    ),
    "relayed": (
        "找到愿意且有能力转告的联系人，并按期转告",
        "another contact was willing and able, and passed the word on in time",
    ),
    "relay_not_confirmed": (
        "联系人愿意且有能力转告，但 {relay_until} 前（含当日）没有转告到的确认",
        "a contact was willing and able, but no relay is confirmed up to {relay_until}",
    ),
    "nobody_to_relay": (
        "没有既愿意又有能力转告的其他联系人",
        "there was no other contact both willing and able to pass the word on",
    ),
    "letter_acknowledged": (
        "留函后对方回电确认收到信函，转为一个月外访",
        "the letter was acknowledged by a call back, which opens the month",
    ),
    "letter_not_acknowledged": (
        "{acknowledge_until} 前（含当日）没有确认收到信函的回电",
        "no call back acknowledged the letter up to {acknowledge_until}",
    ),
    "letter_not_counted": ("没有有效的留函可供确认", "there is no counted letter to acknowledge"),
    "letter_five_days": (
        "有效留函，电话和短信均已完成，{letter_days} 天内回款计入",
        "a counted letter, with the calls and the message made: {letter_days} days are open",
    ),
    "letter_not_proven": (
        "留函缺少地址和留置方式的照片，或留存联没有带回",
        "the letter lacks its photos or its counterfoil",
    ),
    "no_letter": ("没有留函", "no letter was left"),
    "no_effect": (
        "没有见到、联系到或可转告的人，也没有有效留函",
        "nobody was met, reached or able to relay, and no letter counts",
    ),
    "voided": ("外访证据已作废", "the evidence was voided"),
    "not_two_present": (
        "到场 {present} 人，应到 {team_size} 人",
        "{present} present where {team_size} are needed",
    ),
    "no_photo_or_recording": (
        "照片 {photos} 张、录音 {recordings} 段，证据不全",
        "{photos} photos and {recordings} recordings: the evidence is incomplete",
    ),
    "superseded": (
        "已去往新地址外访 {superseded_by}，本次仍为电催成绩",
        "superseded by the follow-up {superseded_by} at the new address",
    ),
    "promise_pending": (
        "承诺还款日 {promise_due_on} 当日或之前外访，且无经认可的书面说明",
        "visited on or before the promised day {promise_due_on} without an accepted explanation",
    ),
    "debtor_gone": (
        "债务人已离职、搬离或拆迁，且当地无人与其联系",
        "the debtor is gone and nobody there is in touch",
    ),
    "letter_wrong_place": (
        "留函地址既非户籍地，也未经确认",
        "the letter was left neither at the household registration nor at a confirmed address",
    ),
    "phones_not_called": (
        "可联电话 {phones_uncalled} 没有拨打",
        "reachable phones were not called: {phones_uncalled}",
    ),
    "message_not_sent": (
        "没有向债务人的电话 {phones_of_debtor} 发送短信",
        "no message was sent to a phone of the debtor: {phones_of_debtor}",
    ),
    "contact_restored_by_collector": (
        "法务已于 {contact_restored_on} 自行恢复联系，此后回款不归留函",
        "the collector restored contact on {contact_restored_on}; from then on it is not the letter's",
    ),
    "window_passed": (
        "回款日 {paid_on} 晚于有效期末日 {last}",
        "paid on {paid_on}, after the last covered day {last}",
    ),
    "half_reached": (
        "一个月内回款 {covered}，达到 {base} 的 {ratio}，委案期内回款均有效",
        "{covered} came back within the month, {ratio} of {base} is reached: the whole placement is covered",
    ),
    "half_not_reached": (
        "一个月内回款 {covered}，未达到 {base} 的 {ratio}",
        "{covered} came back within the month, {ratio} of {base} is not reached",
    ),
    "after_placement": (
        "回款日 {paid_on} 晚于委案期末日 {placement_end}",
        "paid on {paid_on}, after the placement ended on {placement_end}",
    ),
    "before_visit": ("回款早于外访开始", "paid before the visit began"),
    "after_police_referral": (
        "回款日 {paid_on} 晚于报经侦的截止日 {police_cut}",
        "paid on {paid_on}, after the police referral took effect on {police_cut}",
    ),
    "covered": ("回款在有效期内", "the repayment is covered"),
    "credited": ("计入外访 {visit}", "credited to visit {visit}"),
    "nearer_visit": (
        "离还款更近的外访 {credited_visit} 已覆盖该回款",
        "the nearer visit {credited_visit} covers the repayment",
    ),
    "not_asked": (
        "按本版制度只看最近一次有效外访，而其未覆盖该回款",
        "only the nearest visit is asked under its edition, and it does not cover the repayment",
    ),
    "no_visit": ("回款之前没有外访", "no visit began before the repayment"),
    "normal": ("法务提成照常", "the collector's commission is as usual"),
    "to_visit": (
        "外访前已于 {referred_on} 报经侦，法务提成归外访",
        "referred to the police on {referred_on}, before the visit: the commission goes to the team",
    ),
    "none": (
        "自 {promising_from} 起按电催有望收回的案件处理，不计法务业绩",
        "hopeful by phone, marked from {promising_from} on: nothing for the collector",
    ),
}

_COVERAGE = ("外访 {visit}（{visited_on}）", "visit {visit} of {visited_on}")
_WINDOW = ("有效期 {from} 至 {last}", "covers {from} to {last}")


def say(step: Mapping[str, Any], language: Language, facts: Mapping[str, Any] | None = None) -> str:
    """One step of a trace in words, its clause behind it: "no letter was left (C4)".

    `facts` are those of the step's visit; the outcome and the commission have their own.
    """
    shown = _readable(step["facts"] if facts is None else facts, language)
    sentence = SENTENCES[step["code"]][_index(language)].format_map(shown)
    return f"{sentence}（{step['clause']}）" if language == "zh-CN" else f"{sentence} ({step['clause']})"


def tell(trace: Mapping[str, Any], language: Language) -> list[str]:
    """A trace as sentences: the outcome, the collector's commission, then each visit with why or why not."""
    lines = [say(trace["outcome"], language), say(trace["commission"], language)]
    for visit in trace["visits"]:
        parts = [_COVERAGE[_index(language)].format_map(visit)]
        steps = [visit["exclusion"] or visit["basis"]]
        if visit["window"] is not None:
            parts.append(_WINDOW[_index(language)].format_map(visit["window"]))
            steps += [visit["window"]["half"]] if visit["window"]["half"] is not None else []
            steps.append(visit["coverage"])
        parts += [say(step, language, visit["facts"]) for step in steps]
        lines.append("；".join(parts) if language == "zh-CN" else "; ".join(parts))
    return lines


def handbook_sentence(clause_id: str) -> str:
    """The handbook's words for a clause; empty when the clause is ours or is kept elsewhere."""
    known = CLAUSES.get(clause_id)
    return known.sentence if known is not None else ""


def _index(language: Language) -> int:
    return 0 if language == "zh-CN" else 1


def _readable(facts: Mapping[str, Any], language: Language) -> dict[str, Any]:
    separator = "、" if language == "zh-CN" else ", "
    return {
        name: separator.join(map(str, value)) if isinstance(value, list) else value
        for name, value in facts.items()
    }
