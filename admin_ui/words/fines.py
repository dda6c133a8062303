"""Words of fines and incidents (F4, F5, F7)."""

from __future__ import annotations

from server.domain.adverse import FINDING_WORDS
from server.domain.incident_matrix import Consequence, FoundHow
from server.domain.policy.edition_words import CODES


def _of_policy(prefix: str, *codes: str) -> dict[str, tuple[str, str]]:
    """What the policy calls these, as a label."""
    return {f"{prefix}.{code}": (CODES[code][0], CODES[code][1].capitalize()) for code in codes}


WORDS: dict[str, tuple[str, str]] = {
    "place.fines": ("罚款", "Fines"),
    "place.incidents": ("合规事件", "Incidents"),
    "fine_tab.all": ("全部", "All"),
    "fine_entry.address_errors": ("发信、外访地址错误", "Wrong addresses"),
    "fine_entry.incident": ("合规事件处罚", "Consequence of an incident"),
    "fine.enter": ("登记罚款", "Enter a fine"),
    "fine.who": ("人员", "Person"),
    "fine.entry": ("项目", "Entry"),
    "fine.count": ("条数", "How many"),
    "fine.found_on": ("发现日期", "Found on"),
    "fine.note": ("说明", "Note"),
    "fine.errors": (
        "一个月的地址错误：{free} 条以内不罚，超出每条 {amount}",
        "Wrong addresses of a month: {free} are free, each further one {amount}",
    ),
    "fine.enter_errors": ("按月登记", "Enter the month's"),
    "fine.due_on": ("应缴日", "Due on"),
    "fine.owed": ("今日应缴", "Owed today"),
    "fine.overdue": ("逾期，加倍", "overdue, doubled"),
    "fine.received": ("已收 {amount}", "{amount} received"),
    "fine.next": ("办理", "Next"),
    "fine.own": ("本人的不能办理", "your own: somebody else decides"),
    "fine.verify": ("核实", "Verify"),
    "fine.holds": ("是否属实", "Does it hold"),
    "fine.holds_yes": ("属实，通知本人当天缴", "It holds: told and due today"),
    "fine.holds_no": ("不属实，撤销", "It does not: dropped"),
    "fine.receive": ("已收到 {amount}", "Received {amount}"),
    "fine.none": ("没有罚款", "No fines"),
    "fine.none_what": (
        "在您的范围内没有符合条件的罚款。监督责任人按目录登记，核实后当天应缴，逾期加倍。",
        "Within what you may see there are none. Supervisors enter them by the catalogue; "
        "verified ones are due the same day and double after it.",
    ),
    "fine.catalogue": ("罚款目录（现行制度）", "Catalogue of the policy in force"),
    "fine.each": ("每条", "Each"),
    "fine.supervised": ("监督责任人", "Supervised by"),
    "incident_tab.all": ("全部", "All"),
    "incident_tab.open": ("未关闭", "open"),
    "incident_tab.closed": ("已关闭", "closed"),
    "incident_kind.evidence_voided": ("证据作废", "Evidence voided"),
    "incident_kind.evidence_damaged": ("证据文件异常", "Evidence damaged"),
    **{f"incident_kind.{code}": told for code, told in FINDING_WORDS.items()},
    "incident_kind.cash": ("收取现金", "Cash was taken"),
    "incident_kind.complaint": ("投诉", "Complaint"),
    "incident.title": ("合规事件", "Incident"),
    "incident.all": ("全部事件", "All incidents"),
    "incident.opened": ("上报时间", "Opened"),
    "incident.what": ("事由", "What happened"),
    "incident.about": ("涉及人员", "About"),
    "incident.by": ("上报人", "Reported by"),
    "incident.system": ("系统", "the system"),
    "incident.self_reported": ("本人主动上报", "self-reported"),
    "incident.visit": ("外访", "Visit"),
    "incident.open_visit": ("打开外访", "Open the visit"),
    "incident.none": ("没有合规事件", "No incidents"),
    "incident.none_what": (
        "在您的范围内没有符合条件的事件。任何人都可以上报；证据作废、时段外呼叫等由系统登记。",
        "Within what you may see there are none. Anybody may report one; the system enters voided evidence too.",
    ),
    "incident.matrix": ("手册奖惩表", "The handbook's matrix"),
    "incident.found": ("如何发现", "Found how"),
    "incident.fault": ("责任", "Fault"),
    "incident.fault_true": ("有责", "at fault"),
    "incident.fault_false": ("无责", "not at fault"),
    "incident.pacified": ("安抚", "Pacified"),
    "incident.pacified_true": ("已安抚", "pacified"),
    "incident.pacified_false": ("未安抚", "not pacified"),
    "incident.consequence": ("处理", "Consequence"),
    "incident.as_matrix": ("按奖惩表", "as the matrix says"),
    "incident.proposed": ("奖惩表建议：", "the matrix proposes:"),
    "incident.amount": ("金额（奖励或处罚，元）", "Amount, yuan (reward or fine)"),
    "incident.decide": ("作出处理", "Decide"),
    "incident.decide_what": (
        "处理为最终结果并通知本人；处罚当天应缴，计入当月合规系数。",
        "Final, and told; a fine is due the same day, a fault counts in the month's compliance factor.",
    ),
    "incident.sure": ("处理为最终结果，确定提交？", "A decision is final. Go on?"),
    "incident.decided": ("{by} 于 {at} 对 {name} 作出处理：", "{by} decided on {at} for {name}:"),
    "incident.close": ("关闭事件", "Close the incident"),
    "incident.waits": ("由经理作出处理后关闭。", "A manager decides on it, then it is closed."),
    "incident.closing_note": ("关闭说明（必填）", "Closing note (required)"),
    **_of_policy("fine_entry", "false_case_state", "sensitive_call_note", "sales_recording"),
    **_of_policy("FoundHow", *FoundHow),
    **_of_policy("Consequence", *Consequence),
}
