"""Words of the search and of a case's own page."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "search.title": ("搜索结果", "Search results"),
    "search.none": ("没有找到", "Nothing found"),
    "search.none_what": (
        "只在您可以查看的范围内查找：案件号和姓名按开头，电话、身份证号、卡号按全号或后四位，地址按其中任意一段，"
        "外访按编号。",
        "Only what you may see is searched: case numbers and names by their beginning, telephones, ID and card numbers "
        "whole or by the last four, addresses by any part, visits by their number.",
    ),
    "search.too_short": ("请至少输入两个字符。", "Type two characters at least."),
    "search.more": ("还有更多，请多输入几个字。", "There are more: type some more."),
    "search.moves": ("↑ ↓ 选择，回车打开，Esc 关闭", "↑ ↓ to choose, Enter opens, Esc closes"),
    "search.close": ("关闭搜索结果", "Close what was found"),
    "Sought.case": ("案件号", "Case number"),
    "Sought.name": ("姓名", "Name"),
    "Sought.number": ("电话或证件号", "Telephone or ID"),
    "Sought.address": ("地址", "Address"),
    "Sought.visit": ("外访", "Visit"),
    "case_page.taken_back": ("已撤回", "Taken back"),
    "case_page.taken_back_what": (
        "该案件随导入文件 {filename} 整份撤回，不再出现在任何列表和查询中，也不计入任何统计。",
        "It was taken back with the imported file {filename}; no list or search shows it, and it counts for nothing.",
    ),
    "case_page.taken_back_file": ("导入文件", "Imported file"),
    "case_page.ended": ("{day} 已退案", "ended on {day}"),
    "case_page.repaid": ("已回款", "Repaid"),
    "case_page.card": ("卡号", "Card"),
    "case_page.phones": ("电话", "Telephones"),
    "case_page.no_phones": ("没有登记电话", "No telephone on file"),
    "case_page.blocked": ("禁止呼叫", "do not call"),
    "case_page.emergency": ("紧急联系人", "emergency contact"),
    "case_page.requests": ("报外访", "Requests"),
    "case_page.no_requests": ("没有报过外访", "No request yet"),
    "case_page.visits": ("外访", "Visits"),
    "case_page.no_visits": ("还没有外访", "No visit yet"),
    "case_page.confirmed": ("{by} {day} 确认", "confirmed by {by} on {day}"),
    "case_page.hold": ("停催", "Stop this case"),
    "case_page.hold_what": (
        "停止后，未开始的外访立即停止，外访员、法务和经理会收到通知。",
        "Visits that have not begun stop at once; agents, collector and managers are told.",
    ),
    "case_page.hold_reason": ("原因", "Why"),
    "case_page.hold_note": ("说明（选填）", "Note (optional)"),
    "case_page.hold_now": ("立即停催", "Stop now"),
    "case_page.on_hold": ("已停催：{reason}，{at}", "Stopped: {reason}, {at}"),
    "case_page.lead": ("主管", "Supervisor"),
    "case_page.no_lead": ("未安排主管", "no supervisor yet"),
    "case_page.assign": ("安排", "Appoint"),
    "case_page.reported": ("{at} 已报备甲方", "client told {at}"),
    "case_page.not_reported": ("未报备甲方", "client not told yet"),
    "case_page.report": ("登记已报备甲方", "Mark client told"),
    "case_page.release": ("解除停催", "Release"),
    "case_page.choose": ("请选择", "Choose"),
}
