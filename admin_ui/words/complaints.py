"""Words of complaints and of the list for the gate."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "place.complaints": ("投诉与停催", "Complaints"),
    "complaint_tab.open": ("停催中", "In force"),
    "complaint_tab.released": ("已解除", "Released"),
    "complaint.how": (
        "在案件页点「停催」即登记投诉：外访立即停止，手机和法务同时收到；随后指派主管级负责人，报备甲方并计时。",
        "Stop a case on its page to record a complaint: visits stop at once and everybody is told; then a supervisor "
        "leads it and the report to the client is timed.",
    ),
    "complaint.what": ("事由", "What"),
    "complaint.taken": ("停催时间", "Stopped"),
    "complaint.client": ("报备甲方", "Client told"),
    "complaint.findings": ("外访发现", "Findings"),
    "complaint.act": ("处理", "Act"),
    "complaint.no_lead": ("未指派", "nobody yet"),
    "complaint.told_after": ("用时 {hours} 小时 {minutes} 分", "after {hours} h {minutes} min"),
    "complaint.not_told_for": (
        "未报备，已过 {hours} 小时 {minutes} 分",
        "not told for {hours} h {minutes} min",
    ),
    "complaint.never_told": ("解除时仍未报备", "never told"),
    "complaint.none": ("没有投诉", "No complaints"),
    "complaint.none_for.open": (
        "您范围内没有因投诉停催的案件。",
        "Within what you may see no case is stopped for a complaint.",
    ),
    "complaint.none_for.released": (
        "您范围内没有已解除的投诉。",
        "Within what you may see no complaint was released.",
    ),
    "place.out": ("外出名单", "Who is out"),
    "out.title": ("外出名单 {day}", "Out on {day}"),
    "out.before": ("前一天", "Day before"),
    "out.after": ("后一天", "Day after"),
    "out.csv": ("下载 CSV", "Take as CSV"),
    "out.number": ("工号", "Number"),
    "out.name": ("姓名", "Name"),
    "out.role": ("组内角色", "Role"),
    "out_role.lead": ("组长", "lead"),
    "out_role.partner": ("搭档", "partner"),
    "out_role.trainee": ("实习", "trainee"),
    "out.hours": ("外出时段", "Hours"),
    "out.where": ("前往区县", "Where"),
    "out.none": ("这一天没有已发布的外访", "Nobody is out by a published plan"),
    "out.none_what": (
        "名单来自已发布的计划；计划发布后即出现。",
        "The list comes from published plans and shows once one is published.",
    ),
    "visit.last_time": (
        "此地址上次外访：{day}（{days} 天前），{outcome}",
        "Last visit here: {day} ({days} {days:day|days} ago), {outcome}",
    ),
    "visit.last_failed": ("未能外访", "not done"),
}
