"""The words of notices in both languages; the texts for groups pass `group_texts` (S15).

A helper of a noun adds its kinds here. Params are JSON: ids, days (ISO), codes and case numbers, never a debtor's data.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.calendar import SHANGHAI, parse_day
from server.domain.group_texts import group_params, guard
from server.domain.jobs import WORDS as JOB_WORDS
from server.domain.policy.registry import clause


@dataclass(frozen=True, slots=True)
class Notice:
    """Templates over the params in both languages; `group` is the text for a group robot, where there is one."""

    zh: str
    en: str
    group: str | None = None


NOTICES: dict[str, Notice] = {
    "evidence_damaged": Notice(
        "证据文件与登记不符，新发现 {count} 处，其一：证据 {evidence}（{damage}）。请立即检查存储，清单见证据完整性",
        "{count} new differences between evidence and its record, one of them evidence {evidence} ({damage}): "
        "check the store at once; the list of evidence integrity names them all",
    ),
    "evidence_orphans": Notice(
        "存储中有 {count} 个文件没有登记，已停止清理；请核对数据库是否由备份恢复",
        "{count} stored files have no record; nothing was swept: was the database restored from a backup?",
    ),
    "pack_proposed": Notice(
        "证据包待另一岗位确认（S16）：{purpose}", "An evidence pack waits for the other post (S16): {purpose}"
    ),
    "pack_declined": Notice("证据包未获确认（{reason}）", "The evidence pack was declined ({reason})"),
    "pack_ready": Notice(
        "证据包已生成；文件与密码请分别由两人、经不同渠道传递（S11）",
        "The evidence pack is ready; send file and password by different people and channels (S11)",
    ),
    "pack_failed": Notice(
        "证据包未能生成（{reason}），请联系 IT", "The evidence pack could not be made ({reason}): ask IT"
    ),
    "list_exported": Notice(
        "已导出 {file}（{rows} 行）。解压密码见下，请经文件以外的渠道告知接收人，30 天内使用（S11）",
        "{file} was exported ({rows} rows). Its password stands below: pass it on by another channel, within 30 days "
        "(S11)",
    ),
    "evidence_flagged": Notice(
        "您的外访证据有 {count} 处疑点，请查看并答复（V8）",
        "{count} points about the evidence of your visit need an answer (V8)",
    ),
    "plan_published": Notice(
        "计划外访 {day}，共 {visits} 件：\n{list}",
        "Planned visits on {day}, {visits} in all:\n{list}",
        group="【计划外访】{day} 共 {visits} 件\n{list}",
    ),
    "visit_list": Notice(
        "预访名单 {day}，共 {visits} 件：\n{list}",
        "Visits to come on {day}, {visits} in all:\n{list}",
        group="【预访名单】{day} 共 {visits} 件\n{list}",
    ),
    "statement_published": Notice(
        "{month} 外访业绩已公布，共 {lines} 笔回款；如有异议，请在 {until_on} 前（含当日）提出（M1、M2）",
        "The statement of {month} is published, {lines} repayments; object until {until_on}, that day included",
        group="【外访业绩】{month}外访业绩已公布，请外访员登录系统查看；如有异议，请在{until_on}前（含当日）向经理提出",
    ),
    "dispute_withdrawn": Notice(
        "{month} 外访业绩异议已撤回：案件 {case_number}（M2）",
        "An objection to the statement of {month} was withdrawn: case {case_number} (M2)",
    ),
    "dispute_filed": Notice(
        "{month} 外访业绩有异议：案件 {case_number}，请裁决（M2）",
        "An objection to the statement of {month}: case {case_number}, to be ruled (M2)",
    ),
    "dispute_ruled": Notice(
        "{month} 外访业绩异议已裁决：{ruling}（{reason}），裁决为最终结果（M3）",
        "An objection to the statement of {month} was ruled: {ruling} ({reason}); it is final (M3)",
    ),
    "policy_proposed": Notice(
        "制度文件待批准（{reason}，M5）", "A policy document waits for approval ({reason}; M5)"
    ),
    "policy_published": Notice(
        "制度已公布，自 {effective_on} 起有差别，请阅读（M5）",
        "A policy was published that differs from {effective_on} on; please read it (M5)",
    ),
    "fine_due": Notice(
        "罚款 {entry} {amount} 元已核对无误，请于 {due_on} 交给监督责任人，逾期加倍（F5）",
        "A fine of {amount} yuan ({entry}) was verified; it is due on {due_on}, double after that (F5)",
    ),
    "incident_decided": Notice(
        "合规事件处理结果：{ruling}（{reason}，F7）", "An incident was decided: {ruling} ({reason}; F7)"
    ),
    "attendance_list": Notice("外出名单 {day}：\n{list}", "Out of the office on {day}:\n{list}"),
    "team_swapped": Notice(
        "外访换人 {day}：{leaves} 换为 {joins}（{cases}）", "Swap on {day}: {joins} for {leaves} ({cases})"
    ),
    "visit_withdrawn": Notice(
        "外访撤回：案件 {case_number}，{day}（{reason}）",
        "Visit withdrawn: case {case_number}, {day} ({reason})",
    ),
    "visit_waits_again": Notice(
        "外访待重新排程：案件 {case_number}", "A visit waits to be planned again: case {case_number}"
    ),
    "travel_asked": Notice(
        "外出审批：{day} 计划前往 {cities}（{reason}）", "Travel to approve: {day} to {cities} ({reason})"
    ),
    "travel_noticed": Notice(
        "已电话告知外出：{day} 前往 {cities}，请事后补办手续（{reason}）",
        "Notice by phone: {day} to {cities}, to be made good afterwards ({reason})",
    ),
    "travel_granted": Notice("外出已批准：{day}（{reason}）", "Travel approved: {day} ({reason})"),
    "travel_declined": Notice("外出未批准：{day}（{reason}）", "Travel not approved: {day} ({reason})"),
    "visit_held": Notice(
        "外访暂停：案件 {case_number}（{reason}）", "Visit on hold: case {case_number} ({reason})"
    ),
    "import_waiting": Notice(
        "委案文件 {filename}（{rows} 行）等待品管确认（S20）",
        "Placements in {filename} ({rows} rows) wait for QA (S20)",
    ),
    "import_applied": Notice("文件 {filename} 已导入 {rows} 行", "{filename}: {rows} rows imported"),
    "import_refused": Notice(
        "文件 {filename} 未导入，请查看问题清单", "{filename} was not imported; see the list of problems"
    ),
    "import_undo_asked": Notice(
        "有人申请撤回已导入的文件 {filename}（{rows} 行），等待品管确认（S20）",
        "The undoing of {filename} ({rows} rows) is asked for and waits for QA (S20)",
    ),
    "import_undo_turned_down": Notice(
        "文件 {filename} 的撤回申请未获确认，没有任何改变",
        "The undoing of {filename} was turned down; nothing changed",
    ),
    "import_undone": Notice(
        "文件 {filename} 已整份撤回，{rows} 行不再计入",
        "{filename} was undone as a whole; its {rows} rows count no more",
    ),
    "import_unchanged": Notice(
        "文件 {filename} 此前已导入，没有任何改变", "{filename} was imported before; nothing changed"
    ),
    "case_stopped": Notice(
        "案件 {case_number} 已停催（{reason}），请安排主管级员工并报备甲方（V13）",
        "Case {case_number} is stopped ({reason}): assign a supervisor and tell the client (V13)",
    ),
    "hold_lead": Notice(
        "停催案件 {case_number} 由您负责处理（V13）",
        "The stopped case {case_number} is yours to settle (V13)",
    ),
    "placement_assigned": Notice(
        "案件 {case_number} 已转给 {collector}", "Case {case_number} is now with {collector}"
    ),
    "placement_ended": Notice(
        "案件 {case_number} 委案结束，未完成的外访申请已取消（R14）",
        "Case {case_number} has ended; its open visit requests are cancelled (R14)",
    ),
    "papers_due_back": Notice(
        "案件 {case_number} 委案结束，还有 {papers} 份书面资料未交回（R14）",
        "Case {case_number} has ended; {papers} papers are not back yet (R14)",
    ),
    "visit_released": Notice("外访恢复：案件 {case_number}", "Visit released: case {case_number}"),
    "visit_outcome": Notice(
        "外访结果：案件 {case_number}（{outcome}），请查看沟通情况",
        "Visit done: case {case_number} ({outcome}); see what was said",
    ),
    "follow_up_started": Notice(
        "案件 {case_number} 就地追加外访（{district}），无计划，请核查（V7）",
        "Case {case_number}: a follow-up began on the spot ({district}), without a plan; please check (V7)",
    ),
    "alert_asked_to_leave": Notice(
        "案件 {case_number}：外访员报告被请离开，请立即联系（V17）",
        "Case {case_number}: the agents report that they were asked to leave; call them now (V17)",
    ),
    "alert_unsafe": Notice(
        "案件 {case_number}：外访员报告现场不安全，请立即联系（V17）",
        "Case {case_number}: the agents report that it is not safe there; call them now (V17)",
    ),
    "alert_recording_refused": Notice(
        "案件 {case_number}：对方拒绝录音，请立即联系外访员（V2）",
        "Case {case_number}: the recording was refused; call the agents now (V2)",
    ),
    "visit_failed": Notice(
        "案件 {case_number} 的外访未能完成，请重新排程",
        "The visit of case {case_number} could not be made; please plan it again",
    ),
    "counterfoil_overdue": Notice(
        "案件 {case_number} 的留存联逾期未交回（V6）",
        "Case {case_number}: the counterfoil of the letter is overdue (V6)",
    ),
    "text_message_failed": Notice(
        "案件 {case_number} 的短信未能发出（{reason}）",
        "A text message of case {case_number} was not sent ({reason})",
    ),
    "outbox_failed": Notice(
        "群机器人“{robot}”的消息多次发送失败，已停止重试",
        "A message to the group robot {robot} failed too often and is given up",
    ),
    "job_failed": Notice(
        "后台任务 {job} 失败，已停止重试", "The background job {job} failed and is given up"
    ),
    "webhook_test": Notice("测试消息", "Test message", group="【测试】外访系统群消息测试，请忽略。"),
    "request_filed": Notice(
        "报外访待审批：案件 {case_number}", "A visit request was filed: case {case_number}"
    ),
    "request_withdrawn": Notice(
        "报外访已撤回：案件 {case_number}", "A visit request was withdrawn: case {case_number}"
    ),
    "request_accepted": Notice(
        "报外访已同意：案件 {case_number}", "Your visit request was accepted: case {case_number}"
    ),
    "request_returned": Notice(
        "报外访退回修改：案件 {case_number}（{reason}）",
        "Your visit request was returned: case {case_number} ({reason})",
    ),
    "request_refused": Notice(
        "报外访被拒绝：案件 {case_number}（{reason}）",
        "Your visit request was refused: case {case_number} ({reason})",
    ),
    "request_marked_promising": Notice(
        "案件 {case_number} 被标记为电催有望收回（{reason}）",
        "Case {case_number} was marked as likely to be recovered by telephone ({reason})",
    ),
    "waiver_asked": Notice(
        "报外访例外待处理：案件 {case_number}",
        "An exception for a visit request waits for you: case {case_number}",
    ),
    "waiver_granted": Notice(
        "报外访例外已批准：案件 {case_number}（{reason}）",
        "Your exception was granted: case {case_number} ({reason})",
    ),
    "waiver_declined": Notice(
        "报外访例外未批准：案件 {case_number}（{reason}）",
        "Your exception was declined: case {case_number} ({reason})",
    ),
}

# Codes among the params as people read them. A reason that a person wrote is shown as it stands.
CODES: Mapping[str, tuple[str, str]] = {
    "bytes_missing": ("文件丢失", "the file is missing"),
    "size_differs": ("大小不符", "another size"),
    "digest_differs": ("摘要不符", "another digest"),
    "frame_damaged": ("内容损坏", "damaged"),
    "key_gone": ("密钥丢失", "its key is gone"),
    "key_damaged": ("密钥损坏", "its key is damaged"),
    "bytes_without_row": ("有文件而无登记", "a file without its record"),
    "row_differs": ("登记与日志不符", "its record differs from the trail"),
    "row_missing": ("登记缺失", "its record is missing"),
    "row_unknown": ("登记来历不明", "a record that the trail does not know"),
    "upheld": ("支持", "upheld"),
    "partly": ("部分支持", "upheld in part"),
    "dismissed": ("驳回", "dismissed"),
    "none": ("无", "none"),
    "address_errors": ("发信、外访地址错误", "wrong addresses"),
    "false_case_state": ("标记虚假案件状态", "a false state of a case"),
    "sensitive_call_note": ("敏感催记", "a call note with forbidden words"),
    "sales_recording": ("推销性质的录音", "a recording in which something was sold"),
    "incident": ("合规事件", "an incident"),
    "exempt": ("免责", "exempt"),
    "reward": ("奖励", "a reward"),
    "fine": ("处罚", "a fine"),
    "suspend_and_transfer": ("停案调离", "cases stopped and transferred"),
    "dismissal": ("清退", "dismissal"),
    "complaint": ("投诉倾向", "complaint"),
    "do_not_contact": ("要求不得联系", "do not contact"),
    "repaid": ("已还清", "repaid in full"),
    "ended": ("委案结束", "the case has ended"),
    "not_mobile": ("不是手机号码", "not a mobile number"),
    "template_retired": ("短信模板已停用", "the template was retired"),
    "address_withdrawn": ("地址已撤回", "address withdrawn"),
    "found": ("找到本人或亲属", "debtor or relative found"),
    "nobody": ("无人", "nobody there"),
    "moved": ("已搬离", "moved away"),
    "demolished": ("已拆迁", "demolished"),
    "wrong": ("地址错误", "wrong address"),
    "refused": ("拒绝沟通", "refused"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def words(kind: str, params: Mapping[str, Any], language: str = "zh") -> str:
    """The notice in words, days and instants in the reader's form; one of a kind no longer known shows its kind."""
    notice = NOTICES.get(kind)
    if notice is None:
        return kind
    template = notice.zh if language == "zh" else notice.en
    return template.format_map(_Shown({k: shown(k, v, language) for k, v in params.items()}))


def complete(kind: str, params: Mapping[str, Any]) -> None:
    """Raises ValueError for a kind without words, or params that do not fill them: asked where a notice is written."""
    if kind not in NOTICES:
        raise ValueError(f"notices of kind {kind} have no words")
    notice = NOTICES[kind]
    missing = (_names(notice.zh) | _names(notice.en)) - params.keys()
    if missing:
        raise ValueError(f"a notice of kind {kind} needs {sorted(missing)}")
    for language in ("zh", "en"):
        words(kind, params, language)


@clause("R10")
def r10_outcome_told(case_number: str, outcome: str | None) -> tuple[str, dict[str, str]]:
    """The notice of an outcome to the collector of the case: kind and params.

    「外访员需将外访沟通情况告知法务」
    """
    return "visit_outcome", {"case_number": case_number, "outcome": outcome or "nobody"}


def group_text(kind: str, params: Mapping[str, Any]) -> str:
    """The text for a group robot; a kind without one may not leave the house, nor may what S15 forbids."""
    template = NOTICES[kind].group
    if template is None:
        raise ValueError(f"notices of kind {kind} have no words for a group")
    return guard(template.format_map(group_params(params, _names(template))))


def shown(name: str, value: Any, language: str) -> str:
    """A param as a reader sees it: `day`, `…_on` a day, `…_at` in Shanghai's time, codes of `reason`,
    `outcome` and `damage`, kinds of a `job`."""
    zh = language == "zh"
    text = str(value)
    if name == "day" or name.endswith("_on"):
        day = parse_day(text)
        return (
            f"{day.year}年{day.month}月{day.day}日"
            if zh
            else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        )
    if name.endswith("_at"):
        at = datetime.fromisoformat(text).astimezone(SHANGHAI)
        return f"{shown('day', at.date().isoformat(), language)} {at:%H:%M}"
    if name in ("reason", "outcome", "damage", "ruling", "entry") and text in CODES:
        return CODES[text][0 if zh else 1]
    if name == "job":
        return JOB_WORDS.get(f"JobKind.{text}", (text, text))[0 if zh else 1]
    return text


class _Shown(dict[str, str]):
    """A param that an older message does not have shows as its name."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
