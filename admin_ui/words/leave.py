"""Words of leave."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "place.leave": ("请假", "Leave"),
    "leave_tab.to_come": ("当前和以后", "Today and to come"),
    "leave_tab.past": ("已过去", "Past"),
    "leave_tab.withdrawn": ("已撤销", "Withdrawn"),
    "leave.enter": ("登记请假", "Enter leave"),
    "leave.number": ("工号", "Employee number"),
    "leave.first": ("从", "From"),
    "leave.last": ("到（含当日）", "To (included)"),
    "leave.kind": ("类别", "Kind"),
    "leave.note": ("备注", "Note"),
    "leave.person": ("姓名", "Name"),
    "leave.days": ("日期", "Days"),
    "leave.entered": ("登记", "Entered"),
    "leave.planned": ("已排外访", "Planned meanwhile"),
    "leave.to_swap": ("{day} 在外访小组，需换人", "stands in a team on {day}: swap"),
    "leave.now": ("请假中", "away today"),
    "leave.withdraw": ("撤销", "Withdraw"),
    "leave.withdrawn": ("{at} 撤销：{reason}", "withdrawn {at}: {reason}"),
    "leave.away": ("请假至 {day}", "on leave until {day}"),
    "leave.away_on_team": ("{name} 当天请假，请换人", "{name} is on leave that day: swap"),
    "leave.none": ("没有请假", "No leave"),
    "leave.none_what": (
        "登记请假后，排程时会看到谁不在；小组里有人请假的，当天的计划不能发布。",
        "Once leave is entered, the dispatcher sees who is away; a plan with an absent person is not published.",
    ),
    "LeaveKind.annual": ("年假", "annual"),
    "LeaveKind.personal": ("事假", "personal"),
    "LeaveKind.sick": ("病假", "sick"),
    "LeaveKind.family": ("婚、产、丧假", "family"),
    "LeaveKind.training": ("培训", "training"),
    "LeaveKind.other": ("其他", "other"),
}
